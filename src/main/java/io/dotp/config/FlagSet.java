package io.dotp.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line as it was typed: text, unchecked, null where a flag is absent. Names are those
 * of the long flags.
 */
public record FlagSet(
    List<String> host,
    @Nullable String port,
    List<String> domain,
    @Nullable String ipv4Prefix,
    @Nullable String ipv6Prefix,
    List<String> upstreamHost,
    @Nullable String upstreamPort,
    @Nullable String stateDir,
    @Nullable String natTtl,
    @Nullable String fakeTtl,
    @Nullable String quarantine,
    @Nullable String nftTable,
    @Nullable String nftBackend,
    boolean dryRun,
    List<String> allowClients,
    @Nullable String logLevel,
    boolean daemonize) {
  public FlagSet {
    host = List.copyOf(host);
    domain = List.copyOf(domain);
    upstreamHost = List.copyOf(upstreamHost);
    allowClients = List.copyOf(allowClients);
  }
}
