package io.dotp.dns.server;

import io.dotp.name.WireName;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Another side that asks nobody. */
enum NoUpstream implements UpstreamSide {
  INSTANCE;

  @Override
  public boolean isOwnSocket(InetSocketAddress source) {
    return false;
  }

  @Override
  public boolean isAsking(InetAddress source, WireName qname, int qtype, int qclass) {
    return false;
  }
}
