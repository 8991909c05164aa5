package io.dotp.config;

import io.dotp.ip.IpAddress;
import java.util.List;

/**
 * One group of upstream servers, asked in this order.
 *
 * @param servers at least one
 * @param port of every server
 */
public record UpstreamConfig(List<IpAddress> servers, int port) {
  public UpstreamConfig {
    servers = List.copyOf(servers);
  }
}
