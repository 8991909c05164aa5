package io.dotp.cli;

import io.dotp.config.FlagSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The flags, as text: {@link io.dotp.config.ConfigBuilder} checks them, so that all mistakes are
 * reported at once and in one voice. The first eight are those of the C program.
 */
@Command(
    name = "dotp",
    customSynopsis = DotpCommand.USAGE,
    description = {
      "",
      "DNS server for a Linux gateway: answers listed names with fake addresses and"
          + " programs nftables so that traffic to them reaches the real ones.",
      ""
    },
    sortOptions = false,
    sortSynopsis = false,
    usageHelpAutoWidth = true)
final class DotpCommand {
  /** Said above the help, and above every mistake. */
  static final String USAGE =
      "Usage: dotp -H ADDR [-p PORT] -d NAME [-4 PREFIX] [-6 PREFIX] --upstream-host ADDR"
          + " [OPTION...]";

  @Option(
      names = {"-H", "--host"},
      paramLabel = "ADDR",
      description = "Address to answer DNS on, UDP and TCP, IPv4 or IPv6. Repeatable. Required.")
  private final List<String> host = new ArrayList<>();

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "Port to answer on. Default: 53.")
  private @Nullable String port;

  @Option(
      names = {"-d", "--domain"},
      paramLabel = "NAME",
      description = "Name to steer, with everything below it. Repeatable. Required.")
  private final List<String> domain = new ArrayList<>();

  @Option(
      names = {"-4", "--ipv4-prefix"},
      paramLabel = "PREFIX",
      description =
          "Pool of fake IPv4 addresses, length at most 30. Without it listed names have no IPv4"
              + " address.")
  private @Nullable String ipv4Prefix;

  @Option(
      names = {"-6", "--ipv6-prefix"},
      paramLabel = "PREFIX",
      description =
          "Pool of fake IPv6 addresses, length at most 64. Without it listed names have no IPv6"
              + " address. At least one of -4 and -6 is required.")
  private @Nullable String ipv6Prefix;

  @Option(
      names = "--upstream-host",
      paramLabel = "ADDR",
      description = "DNS server to ask, IPv4 or IPv6. Repeatable, asked in order. Required.")
  private final List<String> upstreamHost = new ArrayList<>();

  @Option(
      names = "--upstream-port",
      paramLabel = "PORT",
      description = "Port of the upstream servers. Default: 53.")
  private @Nullable String upstreamPort;

  @Option(
      names = "--daemonize",
      description = "Detach once DNS is answered; the exit code tells whether it is.")
  private boolean daemonize;

  @Option(
      names = "--state-dir",
      paramLabel = "DIR",
      description =
          "Directory of pool key and lock. Default: /var/lib/dotp, for an ordinary user"
              + " $XDG_STATE_HOME/dotp.")
  private @Nullable String stateDir;

  @Option(
      names = "--nat-ttl",
      paramLabel = "SECONDS",
      description =
          "Life of a mapping after the last answer that carried it, 90 or more. Default: 120.")
  private @Nullable String natTtl;

  @Option(
      names = "--fake-ttl",
      paramLabel = "SECONDS",
      description = "Longest TTL of a rewritten answer. Default: 60.")
  private @Nullable String fakeTtl;

  @Option(
      names = "--quarantine",
      paramLabel = "SECONDS",
      description =
          "Rest of a fake before it may stand for another address, 120 or more. Default: 3600.")
  private @Nullable String quarantine;

  @Option(
      names = "--nft-table",
      paramLabel = "NAME",
      description =
          "nftables table (family inet). One that exists and is not ours is used as it is. Default:"
              + " dotp.")
  private @Nullable String nftTable;

  @Option(
      names = "--nft-backend",
      paramLabel = "NAME",
      description = "Who writes elements: auto, libnftables, none. Default: auto.")
  private @Nullable String nftBackend;

  @Option(
      names = "--dry-run",
      description =
          "Answer as usual, but only log what nftables would be told; needs no privilege.")
  private boolean dryRun;

  @Option(
      names = "--allow-clients",
      paramLabel = "PREFIX",
      description =
          "Who may ask. Repeatable. Default: attached networks, RFC 1918, fc00::/7, link-local,"
              + " loopback.")
  private final List<String> allowClients = new ArrayList<>();

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace. Default: info.")
  private @Nullable String logLevel;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Print this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      description = "Print the versions of dotp, JDK, Netty and the libnftables file in use.")
  private boolean version;

  boolean help() {
    return help;
  }

  boolean version() {
    return version;
  }

  FlagSet flags() {
    return new FlagSet(
        host,
        port,
        domain,
        ipv4Prefix,
        ipv6Prefix,
        upstreamHost,
        upstreamPort,
        stateDir,
        natTtl,
        fakeTtl,
        quarantine,
        nftTable,
        nftBackend,
        dryRun,
        allowClients,
        logLevel,
        daemonize);
  }
}
