package io.dotp.config;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where dotp itself answers: an upstream there would answer every query with itself.
 *
 * @param hosts of the listener
 * @param port of the listener
 * @param pools of all routes
 */
record OwnPlaces(List<IpAddress> hosts, int port, List<IpPrefix> pools) {
  /** Why a server at this place is none, null when it may be one. */
  @Nullable String fault(IpAddress server, int serverPort) {
    if (server.high() == 0 && server.low() == 0) {
      return server + " is no address of a server";
    }
    if (serverPort == port && hosts.contains(server)) {
      return server + " port " + port + " is our own listener";
    }
    return poolFault(server);
  }

  /** Why {@code address} can be nobody's, null when it can. */
  @Nullable String poolFault(IpAddress address) {
    for (IpPrefix pool : pools) {
      if (pool.contains(address)) {
        return address + " lies in the fake pool " + pool;
      }
    }
    return null;
  }
}
