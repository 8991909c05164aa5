package io.dotp.net;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The gateway's addresses at one moment.
 *
 * @param addresses every address of every interface
 * @param networks the attached networks, one per address
 */
public record OwnAddresses(Set<IpAddress> addresses, List<IpPrefix> networks) {
  public OwnAddresses {
    addresses = Set.copyOf(addresses);
    networks = List.copyOf(networks);
  }

  /**
   * Asks the kernel; takes about a millisecond.
   *
   * @throws SocketException when the interfaces cannot be listed
   */
  public static OwnAddresses read() throws SocketException {
    Set<IpAddress> addresses = new HashSet<>();
    List<IpPrefix> networks = new ArrayList<>();
    for (NetworkInterface link : NetworkInterface.networkInterfaces().toList()) {
      for (InterfaceAddress assigned : link.getInterfaceAddresses()) {
        IpAddress address = IpAddress.of(assigned.getAddress());
        addresses.add(address);
        if (assigned.getNetworkPrefixLength() > 0) {
          networks.add(new IpPrefix(address, assigned.getNetworkPrefixLength()));
        }
      }
    }
    return new OwnAddresses(addresses, networks);
  }

  /** Whether a client on a directly attached network has this address. */
  public boolean isAttached(IpAddress client) {
    for (int i = 0; i < networks.size(); i++) {
      if (networks.get(i).contains(client)) {
        return true;
      }
    }
    return false;
  }
}
