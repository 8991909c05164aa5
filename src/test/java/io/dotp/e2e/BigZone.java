package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * A zone with more than 2,000 RRsets of every common type, made anew from one seed: plain ones, big
 * ones, chains, wildcards, delegations, odd labels.
 */
final class BigZone {
  static final String ORIGIN = "zone.example.net.";
  static final int TTL = 7_200;

  /** Types that not every zone tool can read by name; written as RFC 3597 has it. */
  private static final Set<Integer> GENERIC = Set.of(Type.HTTPS, Type.SVCB, 65_280);

  private static final List<String> COMMON =
      List.of(
          "A",
          "AAAA",
          "MX",
          "SRV",
          "TXT",
          "CAA",
          "NAPTR",
          "SSHFP",
          "TLSA",
          "HTTPS",
          "SVCB",
          "PTR",
          "LOC",
          "HINFO",
          "TYPE65280");

  private static final List<String> ABSENT = List.of("TXT", "AAAA", "SPF", "NAPTR", "TYPE65281");
  private static final int HOSTS = 1_000;

  private final Random random = new Random(20_240_601);
  private final StringBuilder text = new StringBuilder();
  private final Map<String, Set<String>> types = new LinkedHashMap<>();
  private final List<Asked> questions = new ArrayList<>();

  /**
   * A name and a type to ask for.
   *
   * @param name absolute, as in a zone file
   */
  record Asked(String name, String type) {}

  BigZone() {
    apex();
    for (int i = 0; i < HOSTS; i++) {
      host(i);
    }
    big();
    chains();
    wildcards();
    oddLabels();
    delegations();
    questions();
  }

  /** In the form of a zone file. */
  String text() {
    return text.toString();
  }

  /** How many RRsets it has, signatures and denials not counted. */
  int rrsets() {
    return types.values().stream().mapToInt(Set::size).sum();
  }

  /** Everything that is worth asking. */
  List<Asked> asked() {
    return List.copyOf(questions);
  }

  private void apex() {
    add("@", "SOA", "ns.zone.example.net. hostmaster.zone.example.net. 1 3600 600 864000 900");
    add("@", "NS", "ns.zone.example.net.");
    add("ns", "A", "192.0.2.3");
    add("ns", "AAAA", "2001:db8:0:1::3");
    add("@", "MX", "10 h1");
    add("@", "MX", "20 h2");
    add("@", "TXT", "\"v=spf1 -all\"");
  }

  private void host(int index) {
    String name = "h" + index;
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      String type = COMMON.get((index + i * 4) % COMMON.size());
      int records = 1 + random.nextInt(3);
      for (int r = 0; r < records; r++) {
        add(name, type, data(type, r));
      }
    }
  }

  /** Random and never twice the same within an RRset, which numbers its records. */
  private String data(String type, int number) {
    int any = random.nextInt(HOSTS);
    return switch (type) {
      case "A" -> "203.0." + random.nextInt(256) + "." + (number + 4 * random.nextInt(60));
      case "AAAA" -> "2001:db8:f:" + hex(2) + "::" + (number + 1);
      case "MX" -> (number + 1) * 10 + " h" + any;
      case "SRV" -> number + " " + any + " 5060 h" + any;
      case "TXT" -> "\"" + number + "\" \"" + hex(random.nextInt(100)) + "\" \"\\000\\255\\\"\"";
      case "CAA" -> number + " issue \"ca" + any + ".example\"";
      case "NAPTR" -> number + " 10 \"u\" \"E2U+sip\" \"!^.*$!sip:a@h.example!\" .";
      case "SSHFP" -> (number + 1) + " 2 " + hex(32);
      case "TLSA" -> "3 1 " + number + " " + hex(32);
      case "HTTPS", "SVCB" ->
          (number + 1)
              + " h"
              + any
              + ".zone.example.net. alpn=h2 ipv4hint=203.0.113.7 ipv6hint=2001:db8::7";
      case "PTR" -> "h" + (number * HOSTS + any);
      case "LOC" -> "52 " + number + " 23.000 N 4 53 55.000 E -2.00m 1m 10000m 10m";
      case "HINFO" -> "\"cpu" + number + "\" \"Linux\"";
      default -> "\\# 5 " + hex(4) + "0" + number;
    };
  }

  private void big() {
    for (int size :
        new int[] {25, 28, 29, 30, 31, 32, 33, 70, 73, 74, 75, 76, 77, 78, 250, 260, 4_000}) {
      for (int i = 0; i < size; i++) {
        add("big" + size, "A", "203.0." + (i / 250) + "." + (i % 250 + 1));
      }
    }
    for (int size : new int[] {1, 4, 5, 6, 17, 200}) {
      for (int i = 0; i < size; i++) {
        add("text" + size, "TXT", "\"" + i + "\" \"" + "x".repeat(240) + "\"");
      }
    }
    for (int i = 0; i < 40; i++) {
      add("mail40", "MX", i + " h" + i);
      add("srv40", "SRV", "0 " + i + " 5060 big25");
    }
  }

  private void chains() {
    for (int length = 1; length <= 12; length++) {
      for (int i = 0; i < length; i++) {
        add("c" + length + "-" + i, "CNAME", i == length - 1 ? "h0" : "c" + length + "-" + (i + 1));
      }
    }
    add("dangling", "CNAME", "nowhere");
    add("outward", "CNAME", "www.elsewhere.example.net.");
    add("loop1", "CNAME", "loop2");
    add("loop2", "CNAME", "loop1");
    add("leaf.target", "A", "203.0.113.77");
    add("leaf.target", "AAAA", "2001:db8:f::77");
    for (int i = 1; i <= 4; i++) {
      add(
          "d" + i,
          "DNAME",
          i == 1 ? "target.zone.example.net." : "d" + (i - 1) + ".zone.example.net.");
      questions.add(absolute("leaf.d" + i, "A"));
      questions.add(absolute("LeaF.D" + i, "AAAA"));
      questions.add(absolute("none.d" + i, "A"));
    }
  }

  private void wildcards() {
    add("*.wild", "A", "203.0.113.80");
    add("*.wild", "TXT", "\"wild\"");
    add("*.wildcname", "CNAME", "h0");
    add("deep.empty.between", "A", "203.0.113.81");
    for (String name :
        List.of("a.wild", "a.b.wild", "*.wild", "A.WILD", "x.wildcname", "between")) {
      questions.add(absolute(name, "A"));
      questions.add(absolute(name, "MX"));
    }
    questions.add(absolute("empty.between", "A"));
  }

  private void oddLabels() {
    List<String> odd =
        List.of(
            "under_score",
            "UPPER.Case",
            "MiXeD",
            "x".repeat(63),
            "dot\\.inside",
            "space\\032inside",
            "nul\\000byte",
            "high\\255\\128",
            "back\\\\slash",
            "semi\\;colon",
            "at\\@sign",
            "-",
            "1",
            String.join(
                ".", List.of("l".repeat(60), "m".repeat(60), "n".repeat(60), "o".repeat(53))));
    for (String name : odd) {
      add(name, "A", "203.0.113.90");
      add(name, "TXT", "\"odd\"");
      add("to-" + types.size(), "CNAME", name);
    }
  }

  private void delegations() {
    for (int i = 0; i < 4; i++) {
      add("sub" + i, "NS", "ns1.sub" + i);
      add("ns1.sub" + i, "A", "192.0.2.3");
      add("ns1.sub" + i, "AAAA", "2001:db8:0:1::3");
      add("sub" + i, "NS", "ns.zone.example.net.");
      if (i % 2 == 0) {
        add("sub" + i, "DS", "12345 13 2 " + hex(32));
      }
      questions.add(absolute("www.sub" + i, "A"));
    }
  }

  private void questions() {
    types.forEach(
        (name, all) -> {
          Set<String> wanted = new LinkedHashSet<>(all);
          ABSENT.stream().filter(type -> !all.contains(type)).findFirst().ifPresent(wanted::add);
          wanted.forEach(type -> questions.add(absolute(name, type)));
        });
    int number = 0;
    for (String name : List.copyOf(types.keySet())) {
      if (!name.equals("@") && number++ % 8 == 0 && name.length() < 20) {
        questions.add(absolute("no." + name, COMMON.get(number % 2)));
        questions.add(absolute("nx" + number, "A"));
      }
    }
    for (String type : List.of("DNSKEY", "NSEC", "NSEC3PARAM", "RRSIG", "CDS")) {
      questions.add(absolute("@", type));
      questions.add(absolute("h0", type));
    }
    for (String name : List.of(".", "example.net.", "elsewhere.example.net.", "com.", "net.")) {
      questions.add(new Asked(name, "SOA"));
      questions.add(new Asked(name, "NS"));
    }
  }

  private static Asked absolute(String name, String type) {
    return new Asked(name.equals("@") ? ORIGIN : name + "." + ORIGIN, type);
  }

  private void add(String name, String type, String data) {
    types.computeIfAbsent(name, key -> new LinkedHashSet<>()).add(type);
    Asked owner = absolute(name, type);
    text.append(owner.name()).append(' ').append(TTL).append(" IN ");
    text.append(
        GENERIC.contains(Type.value(type, true)) ? generic(owner, data) : type + " " + data);
    text.append('\n');
  }

  private static String generic(Asked owner, String data) {
    try {
      int type = Type.value(owner.type(), true);
      Name origin = Name.fromString(ORIGIN);
      Record parsed =
          Record.fromString(Name.fromString(owner.name()), type, DClass.IN, TTL, data, origin);
      byte[] bytes = parsed.rdataToWireCanonical();
      return "TYPE" + type + " \\# " + bytes.length + " " + HexFormat.of().formatHex(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String hex(int bytes) {
    byte[] some = new byte[bytes];
    random.nextBytes(some);
    return HexFormat.of().formatHex(some);
  }
}
