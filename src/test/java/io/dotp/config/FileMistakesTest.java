package io.dotp.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each mistake in a file is named with its line, its column and a remedy. */
class FileMistakesTest {
  private static final String START =
      """
      host = "192.168.1.1"
      upstream-host = "9.9.9.9"
      """;

  private static final String ROUTE =
      """
      [[route]]
      name = "vpn"
      domain = "example.com"
      ipv4-prefix = "198.18.0.0/17"
      """;

  @TempDir Path directory;

  /** What is written goes behind two good lines and before a good route. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          port = 0|3:1: port: '0' is no port, 1 to 65535
          port = "dns"|3:1: port: 'dns' is no port, 1 to 65535
          port = [53]|3:1: port: expected a text or a whole number, found a list
          port = 5.3|3:1: port: expected a text or a whole number, found a number
          prot = 53|3:1: unknown key 'prot', did you mean port?
          nat_ttl = 90|3:1: unknown key 'nat_ttl', did you mean nat-ttl?
          blorb = 1|3:1: unknown key 'blorb'
          nat-ttl = 60|3:1: nat-ttl: '60' is no number of seconds from 90 to 86400
          dry-run = "yes"|3:1: dry-run: expected true or false, found a text
          dry-run = 1|3:1: dry-run: expected true or false, found a number
          reserve = [1, "198.18.0.0/24"]|3:12: reserve: '1' is no address or prefix
          reserve = ["198.18.0.1", "x"]|3:26: reserve: 'x' is no address or prefix
          reserve = true|3:1: reserve: expected a text or a list of texts, found true or false
          allow-clients = ["10.0.0.0/33"]|3:18: allow-clients: '10.0.0.0/33' is no address or prefix
          log-level = "loud"|3:1: log-level: 'loud' is unknown, use error, warn, info, debug, trace
          nft-table = "a b"|3:1: nft-table: 'a b' is no table name: a letter, then letters, digits, _ and .
          nft-backend = "nft"|3:1: nft-backend: 'nft' is unknown, use auto, libnftables, netlink, none
          cache-size = "1T"|3:1: cache-size: '1T' is no size from 0 to 1024M, for example 16M
          https-records = "hide"|3:1: https-records: 'hide' is unknown, use rewrite, strip-hints, nodata, pass
          forward = ["lan"]|3:12: forward: 'lan' is not like lan=192.168.1.1
          forward = "lan=198.18.0.1"|3:1: forward: 198.18.0.1 lies in the fake pool 198.18.0.0/17
          pass-canary = "all"|3:1: pass-canary: 'all' is unknown, use ddr, firefox-doh, private-relay
          max-pool-share = 0|3:1: max-pool-share: '0' is no number of percent from 1 to 100
          ipv4-prefix = "198.18.128.0/17"|3:1: ipv4-prefix: is the pool of --domain, and there is none; a [[route]] has its own
          bootstrap-host = "dns.quad9.net"|3:1: bootstrap-host: 'dns.quad9.net' is no DNS server: use 9.9.9.9, 9.9.9.9:5353, [2620:fe::fe]:53, tls://9.9.9.9#dns.quad9.net or https://dns.quad9.net/dns-query
          control-socket = "/run/a-name-of-a-socket-that-is-much-too-long-for-the-structure-that-the-kernel-has-for-addresses-of-such-sockets"|3:1: control-socket: '/run/a-name-of-a-socket-that-is-much-too-long-for-the-structure-that-the-kernel-has-for-addresses-of-such-sockets' is longer than the 107 bytes of a Unix socket
          control-socket = 5.5|3:1: control-socket: expected a text or a whole number, found a number
          list-ca = true|3:1: list-ca: expected a text or a whole number, found true or false
          tproxy-mark = "0x1g"|3:1: tproxy-mark: '0x1g' is no mark from 1 to 0xffffffff, for example 0x100
          tproxy-mask = 0xff|3:1: tproxy-mask: says nothing without tproxy-mark
          tproxy-table = 254|3:1: tproxy-table: '254' is one of the kernel's own tables
          mark = 0x100|3:1: mark: is for the route of --domain, and there is none; a [[route]] has its own
          capture-dns = "yes"|3:1: capture-dns: expected true or false, found a text
          state-dir = 1979-05-27|3:1: state-dir: expected a text or a whole number, found a date or time
          """)
  void file_mistakeAtTheTop_isNamedWithItsPlace(String line, String message) throws IOException {
    assertThat(mistakes(START + line + "\n" + ROUTE)).containsExactly(at(message));
  }

  /** What is written goes into a second route, from line 7 on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name = "office"~domain = "x"|7:1: route office: ipv4-prefix, ipv6-prefix: at least one of the two is required
          name = "office"~ipv4-prefix = "10.0.0.0/24"|7:1: route office: domain, domain-list: at least one of the two is required
          domain = "x"~ipv4-prefix = "10.0.0.0/24"|7:1: route: name: is required: a word for logs and rules, for example "vpn"
          name = "vpn"~domain = "x"~ipv4-prefix = "10.0.0.0/24"|8:1: name: 'vpn' stands at FILE:4:1: name already
          name = "my route"~domain = "x"~ipv4-prefix = "10.0.0.0/24"|8:1: name: 'my route' is no name: a letter, then letters, digits, - and _
          name = "default"~domain = "x"~ipv4-prefix = "10.0.0.0/24"|8:1: name: 'default' is the route of the flags, choose another name
          name = "b"~domain = "x"~ipv4-prefix = "198.18.64.0/20"|10:1: ipv4-prefix: 198.18.64.0/20 overlaps 198.18.0.0/17 of route vpn
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/31"|10:1: ipv4-prefix: '10.0.0.0/31' is too small, the length may be at most 30
          name = "b"~domain = "x"~ipv4-prefix = "127.0.0.0/8"|10:1: ipv4-prefix: '127.0.0.0/8' contains special addresses (127.0.0.0/8)
          name = "b"~domain = "x"~ipv6-prefix = "10.0.0.0/8"|10:1: ipv6-prefix: '10.0.0.0/8' is no IPv6 prefix like 2001:2:0:d07::/64
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0"|10:1: ipv4-prefix: '10.0.0.0' is no IPv4 prefix like 198.18.0.0/15
          name = "b"~domain = ["x", "-y.example"]~ipv4-prefix = "10.0.0.0/24"|9:16: domain: '-y.example': label '-y' begins or ends with a hyphen
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~upstream-host = "192.168.1.1"|11:1: upstream-host: 192.168.1.1 port 53 is our own listener
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~https-records = "no"|11:1: https-records: 'no' is unknown, use rewrite, strip-hints, nodata, pass
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~allow-private-real = "no"|11:1: allow-private-real: expected true or false, found a text
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~domains = "y"|11:1: unknown key 'domains' of [[route]], did you mean domain?
          name = "b"~domain = "full:-x"~ipv4-prefix = "10.0.0.0/24"|9:1: domain: '-x': label '-x' begins or ends with a hyphen
          name = "b"~domain = "=x..y"~ipv4-prefix = "10.0.0.0/24"|9:1: domain: 'x..y': empty label
          name = "b"~domain = ["+.x", "+x.y"]~ipv4-prefix = "10.0.0.0/24"|9:18: domain: '+x.y': character '+' in a label
          name = "b"~domain = "keyword:a/b"~ipv4-prefix = "10.0.0.0/24"|9:1: domain: 'keyword:a/b': a keyword has letters, digits, '-', '_' and '.' only
          name = "b"~domain = "keyword:"~ipv4-prefix = "10.0.0.0/24"|9:1: domain: 'keyword:': a keyword has letters, digits, '-', '_' and '.' only
          name = "b"~domain = 'regexp:(a'~ipv4-prefix = "10.0.0.0/24"|9:1: domain: 'regexp:(a': not a regular expression of RE2: missing closing )
          name = "b"~domain = 'regexp:(?=a)'~ipv4-prefix = "10.0.0.0/24"|9:1: domain: 'regexp:(?=a)': not a regular expression of RE2: invalid or unsupported Perl syntax
          name = "b"~domain-list = "big"~ipv4-prefix = "10.0.0.0/24"|9:1: domain-list: there is no [[list]] 'big'; a file is written with its directory: ./big
          name = "b"~domain-list = ["/x", "geo:cn"]~ipv4-prefix = "10.0.0.0/24"|9:22: domain-list: there is no [[list]] 'geo:cn'; a file is written with its directory: ./geo:cn
          name = "b"~domain-list = "shp"~ipv4-prefix = "10.0.0.0/24"~[[list]]~name = "shop"~path = "x"|9:1: domain-list: there is no [[list]] 'shp', did you mean shop?; a file is written with its directory: ./shp
          name = "b"~domain = "x"~clients = ["10.0.0.0/8", "kids"]~ipv4-prefix = "10.0.0.0/24"|10:26: clients: 'kids' is no address or prefix
          name = "b"~domain = "x"~client = "::1"~ipv4-prefix = "10.0.0.0/24"|10:1: unknown key 'client' of [[route]], did you mean clients?
          name = "b"~domain = "x"~treatment = "block"~ipv4-prefix = "10.0.0.0/24"|10:1: treatment: 'block' is unknown, use nat, proxy, refuse, pass
          name = "b"~domain = "x"~treatment = "proxy"|7:1: route b: ipv4-prefix, ipv6-prefix: at least one of the two is required
          name = "b"~domain = "x"~treatment = "refuse"~ipv4-prefix = "10.0.0.0/24"|11:1: ipv4-prefix: is for treatment nat and proxy, leave it out
          name = "b"~domain = "x"~treatment = "pass"~ipv6-prefix = "fd00::/64"|11:1: ipv6-prefix: is for treatment nat and proxy, leave it out
          name = "b"~domain = "x"~treatment = "pass"~rcode = "refused"|11:1: rcode: is for treatment refuse, leave it out
          name = "b"~domain = "x"~treatment = "refuse"~rcode = "servfail"|11:1: rcode: 'servfail' is unknown, use nxdomain, refused, nodata
          name = "b"~domain = "x"~treatment = "refuse"~fake-ttl = 5|11:1: fake-ttl: is for treatment nat and proxy, leave it out
          name = "b"~domain = "x"~treatment = "refuse"~upstream-host = "10.9.0.1"|11:1: upstream-host: is never asked, the route refuses its names, leave it out
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~fake-ttl = 0|11:1: fake-ttl: '0' is no number of seconds from 1 to 86400
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~nat-ttl = 5|11:1: unknown key 'nat-ttl' of [[route]]
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~mark = 0|11:1: mark: '0' is no mark from 1 to 0xffffffff, for example 0x100
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~mark = 0x100000000|11:1: mark: '4294967296' is no mark from 1 to 0xffffffff, for example 0x100
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~mark = 0x100~mark-mask = 0xff|11:1: mark: the bits 0x100 are not all in mark-mask 0xff
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~mark-mask = 0xff|11:1: mark-mask: says nothing without mark
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~mark = 0x10000001|11:1: mark: 0x10000001 carries the mark of tproxy inbounds, 0x10000000; change it or tproxy-mark
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~mss = 1400|11:1: mss: '1400' is unknown, use pmtu
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~treatment = "proxy"~port = 53|12:1: port: port 53 is that of our own DNS listener
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~inbound = "tproxy"|11:1: inbound: is for treatment proxy, leave it out
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~treatment = "vpn"|11:1: treatment: 'vpn' is unknown, use nat, proxy, refuse, pass
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~treatment = "proxy"~inbound = "forward"|12:1: inbound: 'forward' is unknown, use redirect, tproxy
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~treatment = "proxy"~port = 70000|12:1: port: '70000' is no port, 1 to 65535
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~treatment = "proxy"~mark = 1|12:1: mark: is for treatment nat, the proxy marks its own
          name = "b"~domain = "x"~ipv4-prefix = "10.0.0.0/24"~treatment = "proxy"~inbound = "redirect"~fail-mode = "open"|13:1: fail-mode: redirect cannot tell whether somebody listens, use inbound = "tproxy"
          name = "b"~domain = "x"~treatment = "pass"~block-quic = true|11:1: block-quic: is for treatment nat and proxy, leave it out
          """)
  void file_mistakeInARoute_isNamedWithItsPlace(String lines, String message) throws IOException {
    String text = START + ROUTE + "[[route]]\n" + lines.replace('~', '\n') + "\n";

    assertThat(mistakes(text)).containsExactly(at(message));
  }

  /** What is written goes into a {@code [[list]]}, from line 7 on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          path = "x"|7:1: list: name: is required: a word that domain-list names it by
          name = "a b"~path = "x"|8:1: name: 'a b' is no name: a letter, then letters, digits, - and _
          name = "../a"~path = "x"|8:1: name: '../a' is no name: a letter, then letters, digits, - and _
          name = "a"|7:1: list a: path, url: one of the two is required
          name = "a"~path = "x"~url = "https://x.example/a"|10:1: url: a list has a path or a url, not both
          name = "a"~url = "ftp://x.example/a"|9:1: url: 'ftp://x.example/a' is no URL like https://example.org/vpn.list
          name = "a"~url = "https://x.example:65536/a"|9:1: url: 'https://x.example:65536/a' is no URL like https://example.org/vpn.list
          name = "a"~url = "https:///a"|9:1: url: 'https:///a' is no URL like https://example.org/vpn.list
          name = "a"~url = "https://me:pw@x.example/a"|9:1: url: 'https://me:pw@x.example/a' is no URL like https://example.org/vpn.list
          name = "a"~url = "https://x.example/a b"|9:1: url: 'https://x.example/a b' is no URL: Illegal character in path
          name = "a"~path = "x"~format = "txt"|10:1: format: 'txt' is unknown, use plain, dnsmasq, hosts, v2fly, geosite, sing-box, clash, adguard
          name = "a"~path = "x"~refresh = 7200|10:1: refresh: is for a list with a url; a file is read again when it changes
          name = "a"~url = "http://x.example/a"~refresh = 60|10:1: refresh: '60' is no number of seconds from 3600 to 2592000
          name = "a"~path = "x"~~[[list]]~name = "a"~path = "y"|12:1: name: 'a' stands at FILE:8:1: name already
          name = "a"~path = "x"~domain = "y"|10:1: unknown key 'domain' of [[list]]
          """)
  void file_mistakeInAList_isNamedWithItsPlace(String lines, String message) throws IOException {
    String text = START + ROUTE + "[[list]]\n" + lines.replace('~', '\n') + "\n";

    assertThat(mistakes(text)).containsExactly(at(message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host =|3:7
          route = 1~[[route]]|4:1
          host = "a" "b"|3:12
          host = 'a|3:10
          [route|3:7
          port = 53~port = 54|4:1
          """)
  void file_thatIsNoToml_isRefusedWholeWithThePlace(String lines, String place) throws IOException {
    String text = START.replace("host = \"192.168.1.1\"", "#") + lines.replace('~', '\n') + "\n";

    List<String> mistakes = mistakes(text);

    assertThat(mistakes).isNotEmpty().allMatch(mistake -> !mistake.contains("is required"));
    assertThat(mistakes.get(0)).startsWith(directory.resolve("dotp.toml") + ":" + place + ": ");
  }

  private String at(String message) {
    Path file = directory.resolve("dotp.toml");
    return file + ":" + message.replace("FILE", file.toString());
  }

  private List<String> mistakes(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("dotp.toml"), text);
    SettingLayers layers = SettingLayers.read(file, Map.of(), Settings.NONE);
    Environment root = new Environment(true, Path.of("/nowhere"), directory);
    return ConfigBuilder.build(layers, root) instanceof ConfigResult.Invalid invalid
        ? invalid.mistakes()
        : List.of();
  }
}
