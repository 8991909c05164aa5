package io.dotp.config;

import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import java.util.List;

/**
 * The DNS front end.
 *
 * @param hosts addresses to listen on, UDP and TCP each
 * @param port 1 to 65535
 * @param allowClients who may ask; attached networks are allowed besides when {@code
 *     attachedClients} is set
 * @param attachedClients whether every directly attached network may ask
 * @param rateLimit queries a second that one client may ask, 0 for any number
 */
public record DnsConfig(
    List<IpAddress> hosts,
    int port,
    AccessList allowClients,
    boolean attachedClients,
    int rateLimit) {
  public DnsConfig {
    hosts = List.copyOf(hosts);
  }
}
