package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.UpstreamConfig;
import io.dotp.config.UpstreamEndpoint;
import io.dotp.config.UpstreamEndpoint.Protocol;
import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups beside each other, and servers that ask us back. */
class GroupsTest {
  @TempDir Path directory;

  private static UpstreamConfig plain(LyingUpstream server) {
    return new UpstreamConfig(
        List.of(UpstreamEndpoint.plain(Servers.local(), server.port())), List.of(), null);
  }

  private static UpstreamQuery query(int group) {
    return new UpstreamQuery(DomainName.parse("any.example.test"), 1, 1, true, false, false, group);
  }

  @Test
  void query_goesToTheServersOfItsGroupOnly() throws Exception {
    TestPki pki = new TestPki(directory);
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.1");
        LyingUpstream third = LyingUpstream.tls("127.0.0.1", pki.server("dns:" + Servers.NAME));
        Asker asker =
            Asker.of(
                Asker.STEADY,
                List.of(
                    plain(first),
                    plain(second),
                    new UpstreamConfig(
                        List.of(Servers.endpoint(Protocol.TLS, third.port(), Servers.NAME, "")),
                        List.of(),
                        pki.caFile())))) {
      for (int group : new int[] {0, 1, 1, 2, 2, 2}) {
        Asker.await(asker.ask(query(group))).isGood();
      }

      assertThat(first.seen).hasSize(1);
      assertThat(second.seen).hasSize(2);
      assertThat(third.seen).hasSize(3);
      assertThat(asker.groups.all()).hasSize(3);
      assertThat(asker.groups.get(2).status().get(0).protocol()).isEqualTo(Protocol.TLS);
    }
  }

  @Test
  void server_isAskingBack_onlyWhileItIsAskedTheSame() throws Exception {
    InetAddress source = InetAddress.getByName("127.0.0.1");
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      List<LyingUpstream.UdpTurn> held = new CopyOnWriteArrayList<>();
      server.udp("held", held::add);
      WireName name = wire("held.example.test");
      boolean before = asker.groups.isAsking(source, name, 1, 1);

      CompletableFuture<Outcome> waiting = asker.ask("held.example.test");
      Asker.until(() -> !held.isEmpty());

      assertThat(before).isFalse();
      assertThat(asker.groups.isAsking(source, name, 1, 1)).isTrue();
      assertThat(asker.groups.isAsking(source, name, 28, 1)).isFalse();
      assertThat(asker.groups.isAsking(source, wire("other.example.test"), 1, 1)).isFalse();
      assertThat(asker.groups.isAsking(InetAddress.getByName("127.0.0.9"), name, 1, 1)).isFalse();
      held.get(0).reply(Answers.good(held.get(0).query));
      Asker.await(waiting).isGood();
      assertThat(asker.groups.isAsking(source, name, 1, 1)).isFalse();
    }
  }

  private static WireName wire(String name) {
    DomainName parsed = DomainName.parse(name);
    WireName wire = new WireName();
    wire.length(parsed.copyTo(wire.bytes(), 0));
    return wire;
  }
}
