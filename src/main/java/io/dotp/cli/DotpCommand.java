package io.dotp.cli;

import io.dotp.config.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The flags, as text: {@link io.dotp.config.ConfigBuilder} checks them, so that all mistakes are
 * reported at once and in one voice. The first eight are those of the C program.
 */
final class DotpCommand {
  private static final String SYNOPSIS =
      "dotp -H ADDR [-p PORT] -d NAME [-4 PREFIX] [-6 PREFIX] --upstream-host ADDR"
          + " [OPTION...]";

  /** Said above every mistake. */
  static final String USAGE = "Usage: " + SYNOPSIS;

  /** The first word that asks for a check of all the others. */
  static final String CHECK = "check";

  /** The first word that asks for the kernel's side alone; the second says what of it. */
  static final String NFT = "nft";

  private static final String CONFIG = "--config";

  private final CommandSpec spec = CommandSpec.create().name("dotp");

  DotpCommand() {
    spec.usageMessage()
        .customSynopsis(SYNOPSIS)
        .description(
            "",
            "DNS server for a Linux gateway: answers listed names with fake addresses and"
                + " programs nftables so that traffic to them reaches the real ones.",
            "",
            "dotp check OPTION... says what is wrong or unfortunate about a configuration, and starts"
                + " nothing.",
            "dotp nft print|install|remove OPTION... shows the rules, installs them, or removes"
                + " table, routing rule and route, while no dotp runs.",
            "dotp status|reload|lists are commands for the one that runs; dotp status --help says more.",
            "@FILE in place of arguments stands for those in FILE; SIGHUP reads them again.",
            "")
        .sortOptions(false)
        .sortSynopsis(false)
        .autoWidth(true);
    addCFlags();
    one(
        "FILE",
        "Configuration file (TOML), and conf.d/*.toml beside it; its keys are the long flags, which"
            + " have the last word. Default: $DOTP_CONFIG, or none.",
        "-c",
        CONFIG);
    addKernelFlags();
    addPoolFlags();
    addDnsFlags();
    addUpstreamFlags();
    RuleFlags.add(this::one, this::on);
    on("Print this help.", "-h", "--help");
    on(
        "Print the versions of dotp, JDK, Netty and the libnftables file in use.",
        "-V",
        "--version");
  }

  private void addCFlags() {
    many(
        "ADDR",
        "Address to answer DNS on, UDP and TCP, IPv4 or IPv6. Repeatable. Required.",
        "-H",
        "--host");
    one("PORT", "Port to answer on. Default: 53.", "-p", "--port");
    many(
        "NAME", "Name to steer, with everything below it. Repeatable. Required.", "-d", "--domain");
    one(
        "PREFIX",
        "Pool of fake IPv4 addresses, length at most 30. Without it listed names have no IPv4"
            + " address.",
        "-4",
        "--ipv4-prefix");
    one(
        "PREFIX",
        "Pool of fake IPv6 addresses, length at most 64. Without it listed names have no IPv6"
            + " address. At least one of -4 and -6 is required.",
        "-6",
        "--ipv6-prefix");
    many(
        "ADDR",
        "DNS server to ask: an address, ADDR:PORT, tls://HOST#NAME or https://HOST/PATH."
            + " Repeatable, asked in order. Required.",
        "--upstream-host");
    one("PORT", "Port of the upstream servers. Default: 53.", "--upstream-port");
    on("Detach once DNS is answered; the exit code tells whether it is.", "--daemonize");
  }

  private void addKernelFlags() {
    one(
        "DIR",
        "Directory of pool key and lock. Default: /var/lib/dotp, for an ordinary user"
            + " $XDG_STATE_HOME/dotp.",
        "--state-dir");
    one(
        "FILE",
        "Unix socket for the commands reload, status and lists. Default: /run/dotp/control.sock, for an"
            + " ordinary user $XDG_RUNTIME_DIR/dotp/control.sock.",
        "--control-socket");
    one(
        "SECONDS",
        "Life of a mapping after the last answer that carried it, 90 or more. Default: 120.",
        "--nat-ttl");
    one(
        "SECONDS",
        "How long after that answer traffic keeps a mapping alive. Default: 86400.",
        "--max-lease");
    one("SECONDS", "Longest TTL of a rewritten answer. Default: 60.", "--fake-ttl");
    one(
        "SECONDS",
        "Rest of a fake before it may stand for another address, 120 or more. Default: 3600.",
        "--quarantine");
    one(
        "MILLISECONDS",
        "Longest that an answer waits for the kernel to take its mappings. Default: 250.",
        "--commit-deadline");
    one(
        "NAME",
        "nftables table (family inet). One that exists and is not ours is used as it is. Default:"
            + " dotp.",
        "--nft-table");
    one(
        "NAME",
        "Who writes elements: auto (the kernel's messages where they work, else libnftables),"
            + " libnftables, netlink, none. Default: auto.",
        "--nft-backend");
    on(
        "Answer as usual, but only log what nftables would be told; needs no privilege.",
        "--dry-run");
  }

  private void addPoolFlags() {
    one(
        "KEY",
        "What has a fake of its own: address, or name-address (a fake for each name and address)."
            + " Default: address.",
        "--mapping-key");
    one(
        "HEX|@FILE",
        "Key of the hash that chooses fakes: 32 hexadecimal digits, which every user of the host"
            + " can see in the list of processes, or the file that holds them. Default: random,"
            + " kept in the state directory.",
        "--pool-key");
    many(
        "PREFIX",
        "Addresses of the pools that are never given out: a prefix or one address. Repeatable.",
        "--reserve");
    one(
        "NUMBER",
        "New fakes a minute that one client may cause; 0 for any number. Default: 4096.",
        "--max-fakes-per-client");
    one(
        "PERCENT",
        "Part of a pool that one client may hold by itself, but at least 64 fakes; 100 for all."
            + " Default: 25.",
        "--max-pool-share");
  }

  private void addDnsFlags() {
    many(
        "PREFIX",
        "Who may ask. Repeatable. Default: attached networks, RFC 1918, fc00::/7, link-local,"
            + " loopback.",
        "--allow-clients");
    one("LEVEL", "error, warn, info, debug or trace. Default: info.", "--log-level");
    one(
        "SIZE",
        "Memory for the cache of upstream responses, for example 64M; 0 for none. Default: 16M.",
        "--cache-size");
    one(
        "SECONDS",
        "How long an expired response still serves when no upstream answers; 0 for never."
            + " Default: 3600.",
        "--serve-stale");
    one(
        "MODE",
        "HTTPS and SVCB records of steered names: rewrite (hints become fakes), strip-hints,"
            + " nodata, pass. Default: rewrite.",
        "--https-records");
    many(
        "FILE",
        "Names and addresses to answer from, in the format of /etc/hosts; read again when it"
            + " changes. Repeatable.",
        "--hosts-file");
    many(
        "NAME",
        "Ask upstream for what is otherwise refused here: ddr, firefox-doh, private-relay."
            + " Repeatable.",
        "--pass-canary");
    one(
        "NUMBER",
        "Queries a second that one client may ask; 0 for any number. Default: 0.",
        "--rate-limit");
  }

  private void addUpstreamFlags() {
    many(
        "ZONE=SERVER[,SERVER]",
        "Ask other servers for a domain and all below it, for example lan=192.168.1.1."
            + " Repeatable.",
        "--forward");
    many(
        "ADDR",
        "Plain DNS server that resolves upstream servers which are given by name. Repeatable.",
        "--bootstrap-host");
    one(
        "FILE",
        "PEM file of the authorities that certify tls:// and https:// upstreams. Default: those"
            + " of the Java runtime.",
        "--upstream-ca");
    one(
        "FILE",
        "PEM file of the authorities that certify servers of lists with an https:// URL. Default:"
            + " those of the Java runtime.",
        "--list-ca");
  }

  private void one(String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(String.class)
            .paramLabel(label)
            .description(description)
            .build());
  }

  private void many(String label, String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("1")
            .paramLabel(label)
            .description(description)
            .build());
  }

  private void on(String description, String... names) {
    spec.addOption(
        OptionSpec.builder(names).type(boolean.class).arity("0").description(description).build());
  }

  /** Files of arguments are {@link Arguments}' business, which knows the lines. */
  CommandLine line() {
    return new CommandLine(spec).setExpandAtFiles(false);
  }

  /** All names of the flag that has this one; none when there is no such flag. */
  List<String> spellings(String name) {
    OptionSpec option = spec.findOption(name);
    return option == null ? List.of() : List.of(option.names());
  }

  /** Whether a switch was typed. */
  boolean isOn(String name) {
    return !spec.findOption(name).stringValues().isEmpty();
  }

  /** The file that was named, null for none. */
  @Nullable String configFile() {
    List<String> typed = spec.findOption(CONFIG).stringValues();
    return typed.isEmpty() ? null : typed.get(typed.size() - 1);
  }

  /** What was typed, by the long names of the flags. */
  Settings flags() {
    Map<String, List<String>> values = new HashMap<>();
    for (OptionSpec option : spec.options()) {
      List<String> typed = option.stringValues();
      if (!typed.isEmpty() && !option.longestName().equals(CONFIG)) {
        // picocli writes the value of a switch as `true`, which is how the flag set has it.
        values.put(option.longestName().substring(2), typed);
      }
    }
    return Settings.ofFlags(values);
  }
}
