package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.UpstreamResult.Cause;
import io.dotp.name.DomainName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are given by name. */
class BootstrapTest {
  @TempDir static Path directory;

  private static final byte[] LOCAL = {127, 0, 0, 1};
  private static final byte[] NOBODY = {127, 0, 0, 66};

  private static TestPki pki;
  private static KeyManagerFactory keys;

  @BeforeAll
  static void makeCertificates() throws Exception {
    pki = new TestPki(directory);
    keys = pki.server("dns:" + Servers.NAME);
  }

  private static void answerA(LyingUpstream bootstrap, byte[]... addresses) {
    bootstrap.udp(
        "dns",
        turn -> {
          byte[] question = Answers.question(turn.query);
          boolean forA = question[question.length - 3] == 1;
          byte[] records = new byte[0];
          for (byte[] address : addresses) {
            records =
                Answers.concat(records, Answers.record(Answers.ownerOfQuestion(), 1, address));
          }
          turn.reply(
              forA
                  ? Answers.message(turn.query, Answers.QR | Answers.RA, addresses.length, records)
                  : Answers.rcode(turn.query, 0));
        });
  }

  private static Asker asker(
      UpstreamTimings timings, LyingUpstream server, LyingUpstream bootstrap) {
    return Asker.of(timings, Servers.tlsByHost(server.port(), bootstrap.port(), pki.caFile()));
  }

  @Test
  void name_isLookedUpOnceForManyQueries() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        LyingUpstream bootstrap = LyingUpstream.on("127.0.0.1");
        Asker asker = asker(Asker.STEADY, server, bootstrap)) {
      answerA(bootstrap, LOCAL);

      for (int i = 0; i < 5; i++) {
        asker.askAndWait("any.example.test").isGood();
        server.closeConnections();
      }

      assertThat(bootstrap.seen("dns", false)).hasSize(2);
      assertThat(server.seen("any", true)).hasSize(5);
    }
  }

  @Test
  void addresses_thatRefuse_areSkipped() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        LyingUpstream bootstrap = LyingUpstream.on("127.0.0.1");
        Asker asker = asker(Asker.STEADY, server, bootstrap)) {
      answerA(bootstrap, NOBODY, LOCAL);

      asker.askAndWait("any.example.test").isGood();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3})
  void name_thatNobodyKnows_isAFailure(int rcode) throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        LyingUpstream bootstrap = LyingUpstream.on("127.0.0.1");
        Asker asker = asker(Asker.QUICK, server, bootstrap)) {
      bootstrap.udp("dns", turn -> turn.reply(Answers.rcode(turn.query, rcode)));

      asker.askAndWait("any.example.test").hasFailed(Cause.UNREACHABLE);

      assertThat(asker.group.status().get(0).lastError()).contains("bootstrap");
    }
  }

  @Test
  void bootstrap_thatIsSilent_costsTheBudgetAndNoMore() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        LyingUpstream bootstrap = LyingUpstream.on("127.0.0.1");
        Asker asker = asker(Asker.QUICK, server, bootstrap)) {
      bootstrap.udp("dns", turn -> {});

      assertThat(asker.askAndWait("any.example.test").result())
          .isInstanceOf(UpstreamResult.Failed.class);
    }
  }

  @Test
  void close_whileANameIsLookedUp_endsEverything() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        LyingUpstream bootstrap = LyingUpstream.on("127.0.0.1");
        Asker asker = asker(Asker.STEADY, server, bootstrap)) {
      bootstrap.udp("dns", turn -> {});
      var waiting = asker.ask("any.example.test");
      Asker.until(() -> !bootstrap.seen("dns", false).isEmpty());

      asker.client.close();

      Asker.await(waiting).hasFailed(Cause.STOPPING);
    }
  }

  @Test
  void addresses_areKeptForTheirTtlButAMinuteAtLeast_andBeyondItWhenNobodyAnswers()
      throws Exception {
    HostAddresses host = new HostAddresses(DomainName.parse(Servers.NAME), 853, List.of());
    InetAddress address = InetAddress.getByAddress(LOCAL);
    long start = Long.MAX_VALUE - 5;
    host.found(List.of(address), 1, start);

    boolean withinAMinute = host.beginRefresh(start + TimeUnit.SECONDS.toNanos(59));
    boolean afterIt = host.beginRefresh(start + TimeUnit.SECONDS.toNanos(60));
    boolean meanwhile = host.beginRefresh(start + TimeUnit.SECONDS.toNanos(61));
    host.foundNothing(start + TimeUnit.SECONDS.toNanos(61));
    host.endRefresh();

    assertThat(withinAMinute).isFalse();
    assertThat(afterIt).isTrue();
    assertThat(meanwhile).isFalse();
    assertThat(host.current()).isEqualTo(new InetSocketAddress(address, 853));
    assertThat(host.beginRefresh(start + TimeUnit.SECONDS.toNanos(70))).isFalse();
    assertThat(host.beginRefresh(start + TimeUnit.SECONDS.toNanos(71))).isTrue();
  }

  @Test
  void addresses_inTurn_endWithANewLookUp() throws Exception {
    HostAddresses host = new HostAddresses(DomainName.parse(Servers.NAME), 853, List.of());
    host.found(List.of(InetAddress.getByAddress(NOBODY), InetAddress.getByAddress(LOCAL)), 3600, 0);

    boolean another = host.takeNext(0);
    boolean third = host.takeNext(0);

    assertThat(another).isTrue();
    assertThat(third).isFalse();
    assertThat(host.beginRefresh(1)).isTrue();
  }
}
