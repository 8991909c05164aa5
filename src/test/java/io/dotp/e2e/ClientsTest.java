package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs that people have resolve names through dotp and reach the sites behind them. */
@Tag("netns")
class ClientsTest {
  private static final String LISTED = "www.example.com";
  private static final String UNLISTED = "www.plain.example.net";
  private static final String FAKE4 = "(?s).*\\b198\\.1[89]\\.\\d+\\.\\d+\\b.*";
  private static final String FAKE6 = "(?s).*\\b2001:2:0:d07:[0-9a-f:]+.*";
  private static final String REAL4 = "(?s).*\\b203\\.0\\.113\\.40\\b.*";

  private static final String GO_LOOKUP =
      """
      package main

      import ("fmt"; "net"; "os")

      func main() {
        found, err := net.LookupHost(os.Args[1])
        fmt.Println(found, err)
        if err != nil { os.Exit(1) }
      }
      """;

  private static Lab lab;
  private static Servers servers;

  @BeforeAll
  static void start() {
    lab = Lab.up(1);
    servers = new Servers(lab);
    servers.authoritative(new BigZone().text());
    String[] flags = java.util.Arrays.copyOf(Dotp.USUAL, Dotp.USUAL.length + 2);
    flags[Dotp.USUAL.length] = "--forward";
    flags[Dotp.USUAL.length + 1] = "zone.example.net=" + Servers.AUTHORITATIVE;
    lab.dotp(flags).awaitAnswers(lab.host(Lab.CLIENT));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  /** In the client's name space, with the resolv.conf that leads to dotp. */
  private static String run(String command) {
    return lab.script("exec", Lab.CLIENT, "sh", "-c", command).expectSuccess().out();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dig +short NAME TYPE",
        "dig +short @fd77::1 NAME TYPE",
        "dig +tcp +short NAME TYPE",
        "dig +dnssec NAME TYPE",
        "kdig +short NAME TYPE",
        "kdig +tcp +keepopen NAME TYPE",
        "delv -i NAME TYPE",
        "drill NAME TYPE",
        "drill -t NAME TYPE",
        "host -t TYPE NAME",
        "nslookup -type=TYPE NAME"
      })
  void dnsTool_getsFakesOfListedAndRealOnesOfOtherNames(String command) {
    assertThat(run(fill(command, LISTED, "A"))).matches(FAKE4).doesNotContain("203.0.113");
    assertThat(run(fill(command, LISTED, "AAAA"))).matches(FAKE6).doesNotContain("2001:db8:f");
    assertThat(run(fill(command, UNLISTED, "A"))).matches(REAL4);
  }

  private static String fill(String command, String name, String type) {
    return command.replace("NAME", name).replace("TYPE", type);
  }

  @ParameterizedTest
  @CsvSource({"h0, A", "big30, A", "nothing, A", "c3-0, A", "a.wild, TXT", "zone.example.net., MX"})
  void delv_withATrustAnchorOfItsOwn_validatesThroughDotp(String name, String type) {
    String anchors =
        servers
            .shell(
                "awk '$3 == \"DNSKEY\" || $4 == \"DNSKEY\" {"
                    + " sub(/.*DNSKEY[ \\t]+/, \"\"); sub(/[ \\t]*;.*/, \"\");"
                    + " print \"trust-anchors { zone.example.net. static-key \" $1, $2, $3,"
                    + " \"\\\"\" $4 \"\\\"; };\" }' anchor")
            .out();
    String file = servers.write("delv.anchors", anchors).toString();
    String absolute = name.endsWith(".") ? name : name + ".zone.example.net.";

    String said = run("delv -a " + file + " +root=zone.example.net. " + absolute + " " + type);

    assertThat(said).contains("fully validated").doesNotContain("unsigned answer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"getent ahosts NAME", "python3 -c PYTHON NAME", "JAVA"})
  void stubResolver_getsFakesOfListedAndRealOnesOfOtherNames(String template) {
    String python =
        "'import socket,sys; [print(a[4][0]) for a in socket.getaddrinfo(sys.argv[1], 80)]'";
    String java = String.join(" ", TestProgram.commandLine(JavaLookup.class, List.of("NAME")));
    String command = template.replace("PYTHON", python).replace("JAVA", java);

    assertThat(run(command.replace("NAME", LISTED)))
        .matches(FAKE4)
        .matches(FAKE6)
        .doesNotContain("203.0.113")
        .doesNotContain("2001:db8:f");
    assertThat(run(command.replace("NAME", UNLISTED))).matches(REAL4);
  }

  /** Go asks by itself, without the C library. */
  @Test
  void goClient_getsFakesOfListedAndRealOnesOfOtherNames(@TempDir Path directory)
      throws IOException {
    Files.writeString(directory.resolve("lookup.go"), GO_LOOKUP);
    run(
        ("cd DIR && GO111MODULE=off GOCACHE=DIR/cache GOPATH=DIR CGO_ENABLED=0"
                + " go build -o lookup lookup.go")
            .replace("DIR", directory.toString()));

    assertThat(run(directory + "/lookup " + LISTED))
        .matches(FAKE4)
        .matches(FAKE6)
        .doesNotContain("203.0.113")
        .doesNotContain("2001:db8:f");
    assertThat(run(directory + "/lookup " + UNLISTED)).matches(REAL4);
  }

  @ParameterizedTest
  @CsvSource({"-4, www.example.com, 203.0.113.10", "-4, www.plain.example.net, 203.0.113.40"})
  void curl_loadsTheSite(String family, String name, String real) {
    assertThat(run("curl -sS -m 20 " + family + " http://" + name + "/"))
        .contains("real=" + real + " ")
        .contains("host=" + name);
  }

  @Test
  void curlOverIpv6_loadsTheListedSite() {
    assertThat(run("curl -sS -m 20 -6 http://" + LISTED + "/")).contains("real=2001:db8:f::10 ");
  }

  /** With its own resolver, which reads resolv.conf and asks for HTTPS records, too. */
  @ParameterizedTest
  @CsvSource({"www.example.com, ::10, 203.0.113.10", "www.plain.example.net, ::40, 203.0.113.40"})
  void chromium_loadsTheSite(String name, String ipv6, String ipv4) {
    String profile = lab.directory().resolve("chromium-" + name).toString();

    String page =
        run(
            "HOME="
                + profile
                + " timeout 60 chromium --headless --no-sandbox --disable-gpu"
                + " --disable-dev-shm-usage --no-first-run --disable-background-networking"
                + " --disable-component-update --disable-sync --enable-features=AsyncDns"
                + " --user-data-dir="
                + profile
                + " --dump-dom http://"
                + name
                + "/");

    assertThat(page)
        .containsAnyOf("real=2001:db8:f" + ipv6 + " ", "real=" + ipv4 + " ")
        .contains("host=" + name);
  }
}
