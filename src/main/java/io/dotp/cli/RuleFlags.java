package io.dotp.cli;

/** The flags about what the kernel does with traffic, beside rewriting it. */
final class RuleFlags {
  /** Adds a flag with a value. */
  @FunctionalInterface
  interface Valued {
    void add(String label, String description, String... names);
  }

  /** Adds a switch. */
  @FunctionalInterface
  interface Switch {
    void add(String description, String... names);
  }

  private RuleFlags() {}

  static void add(Valued one, Switch on) {
    one.add(
        "MARK",
        "Packet mark of traffic to the fakes, for `ip rule add fwmark`: a number, also 0x100."
            + " Default: none.",
        "--mark");
    one.add(
        "MASK",
        "Bits of the packet mark that are written. Default: those of the mark.",
        "--mark-mask");
    one.add(
        "pmtu",
        "Limit the segments of steered TCP connections to what their way holds. Default: not.",
        "--mss");
    on.add("Reject UDP to port 443 of fakes, so that browsers use TCP.", "--block-quic");
    on.add(
        "Answer DNS of LAN clients whatever server they ask, and reject their DNS over TLS and QUIC"
            + " (port 853).",
        "--capture-dns");
    one.add(
        "MARK", "Packet mark of what tproxy inbounds take. Default: 0x10000000.", "--tproxy-mark");
    one.add("MASK", "Bits that tell such packets. Default: those of the mark.", "--tproxy-mask");
    one.add(
        "NUMBER", "Routing table that keeps them on this host. Default: 10053.", "--tproxy-table");
  }
}
