package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Other people's DNS servers, run in a lab: nsd with a signed zone, unbound, dnsmasq. */
final class Servers {
  static final String AUTHORITATIVE = "192.0.2.3";
  static final String VALIDATING = "192.0.2.4";
  static final int UNBOUND_PORT = 5302;
  static final int DNSMASQ_PORT = 5303;

  private static final String ROOT =
      """
      . 7200 IN SOA ns.zone.example.net. hostmaster.zone.example.net. 1 3600 600 864000 900
      . 7200 IN NS ns.zone.example.net.
      zone.example.net. 7200 IN NS ns.zone.example.net.
      ns.zone.example.net. 7200 IN A 192.0.2.3
      www.elsewhere.example.net. 7200 IN A 203.0.113.40
      www.listed.example.org. 7200 IN A 203.0.113.10
      www.listed.example.org. 7200 IN AAAA 2001:db8:f::10
      """;

  private final Lab lab;
  private final Path directory;

  Servers(Lab lab) {
    this.lab = lab;
    this.directory = lab.directory().resolve("other");
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the trust anchor of the signed zone is, DS and DNSKEY records. */
  Path anchor() {
    return directory.resolve("anchor");
  }

  /** Signs the zone and serves it, and a small root zone above it, on {@link #AUTHORITATIVE}. */
  void authoritative(String zone) {
    write("root.zone", ROOT);
    write("big.zone", zone);
    String key = keygen("-k");
    String zoneKey = keygen();
    shell("ldns-signzone -f big.signed -o " + BigZone.ORIGIN + " big.zone " + key + " " + zoneKey);
    shell("cp " + key + ".key anchor");
    write(
        "nsd.conf",
        """
        server:
          ip-address: 192.0.2.3
          ip-address: 2001:db8:0:1::3
          server-count: 1
          username: ""
          database: ""
          zonesdir: "DIR"
          zonelistfile: "DIR/zone.list"
          xfrdfile: "DIR/xfrd.state"
          xfrdir: "DIR"
          pidfile: "DIR/nsd.pid"
          rrl-ratelimit: 0
          tcp-count: 500
          ipv4-edns-size: 4096
          ipv6-edns-size: 4096
        remote-control:
          control-enable: no
        zone:
          name: "."
          zonefile: "root.zone"
        zone:
          name: "zone.example.net"
          zonefile: "big.signed"
        """);
    start(Lab.UPSTREAM, "nsd", "nsd", "-d", "-c", path("nsd.conf"));
    await(AUTHORITATIVE, 53);
  }

  private String keygen(String... options) {
    return shell(
            "ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 "
                + String.join(" ", options)
                + " zone.example.net.")
        .out()
        .strip();
  }

  /** A resolver of its own, which asks the authoritative server and validates. */
  void validating() {
    write(
        "validating.conf",
        unbound(VALIDATING, 53, "validator iterator")
            + """
              trust-anchor-file: "DIR/anchor"
              trust-anchor-signaling: no
            stub-zone:
              name: "."
              stub-addr: 192.0.2.3
              stub-prime: no
            """);
    start(Lab.UPSTREAM, "validating", "unbound", "-d", "-c", path("validating.conf"));
    await(VALIDATING, 53);
  }

  /** Unbound as a forwarder on the gateway. */
  void unbound(String upstream) {
    String name = "forwarder-" + upstream;
    write(
        name + ".conf",
        unbound(Lab.GATEWAY_LAN, UNBOUND_PORT, "iterator")
            + """
            forward-zone:
              name: "."
              forward-addr: UPSTREAM
            """
                .replace("UPSTREAM", upstream));
    start(Lab.GATEWAY, "unbound", "unbound", "-d", "-c", path(name + ".conf"));
    await(Lab.GATEWAY_LAN, UNBOUND_PORT);
  }

  private static String unbound(String address, int port, String modules) {
    return """
        remote-control:
          control-enable: no
        server:
          interface: ADDRESS@PORT
          port: PORT
          access-control: 0.0.0.0/0 allow_snoop
          do-daemonize: no
          use-syslog: no
          chroot: ""
          username: ""
          pidfile: ""
          directory: "DIR"
          num-threads: 1
          incoming-num-tcp: 100
          outgoing-num-tcp: 100
          rrset-roundrobin: no
          qname-minimisation: no
          root-hints: "DIR/root.zone"
          msg-cache-size: 64m
          rrset-cache-size: 128m
          module-config: "MODULES"
        """
        .replace("ADDRESS", address)
        .replace("PORT", Integer.toString(port))
        .replace("MODULES", modules);
  }

  /** What dnsmasq insists on, and an ordinary user's name space forbids. */
  static boolean mayChangeGroups() {
    try {
      return Files.readString(Path.of("/proc/self/setgroups")).startsWith("allow");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void dnsmasq(String upstream) {
    start(
        Lab.GATEWAY,
        "dnsmasq",
        "dnsmasq",
        "--keep-in-foreground",
        "--conf-file=/dev/null",
        "--no-resolv",
        "--no-hosts",
        "--server=" + upstream,
        "--listen-address=" + Lab.GATEWAY_LAN,
        "--bind-interfaces",
        "--port=" + DNSMASQ_PORT,
        "--cache-size=0",
        "--user=root",
        "--group=root",
        "--pid-file=");
    await(Lab.GATEWAY_LAN, DNSMASQ_PORT);
  }

  void stop(String name) {
    lab.script("stop", name).expectSuccess();
  }

  private void start(String role, String name, String... command) {
    String[] all = new String[command.length + 3];
    all[0] = "start";
    all[1] = role;
    all[2] = name;
    System.arraycopy(command, 0, all, 3, command.length);
    lab.script(all).expectSuccess();
  }

  private void await(String address, int port) {
    String[] dig = {
      "dig",
      "+time=1",
      "+tries=1",
      "+short",
      "@" + address,
      "-p",
      "" + port,
      "h0.zone.example.net",
      "A"
    };
    Patience.until(
        () -> lab.run(Lab.CLIENT, dig).out().contains("203.0"),
        () -> "no answer from " + address + " " + port + shell("cat ../*.log").text());
  }

  Finished shell(String command) {
    return lab.run(Lab.UPSTREAM, "sh", "-c", "cd " + directory + " && " + command).expectSuccess();
  }

  String path(String file) {
    return directory.resolve(file).toString();
  }

  Path write(String file, String text) {
    try {
      return Files.writeString(directory.resolve(file), text.replace("DIR", directory.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends the lines of queries to a server and returns the answers in the same order. */
  List<String> ask(String address, int port, List<String> queries, int threads) {
    try {
      Path in = Files.write(directory.resolve("queries"), queries);
      Path out = directory.resolve("answers");
      lab.run(
              Lab.CLIENT,
              TestProgram.commandLine(
                      BulkClient.class,
                      List.of(address, "" + port, in.toString(), out.toString(), "" + threads))
                  .toArray(String[]::new))
          .expectSuccess();
      return Files.readAllLines(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
