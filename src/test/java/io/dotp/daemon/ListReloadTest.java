package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.lists.ListStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Domain lists of a running daemon: read at the start, at a reload, and when their files change.
 */
class ListReloadTest {
  private static final String ROUTE =
      """
      [[list]]
      name = "mine"
      path = "my.list"

      [[route]]
      name = "vpn"
      domain = "one.org"
      domain-list = "mine"
      ipv4-prefix = "198.18.0.0/24"
      """;

  @TempDir Path stateDir;
  private Path list;
  private LoopbackDaemon loopback;

  @BeforeEach
  void start() throws Exception {
    list = Files.writeString(stateDir.resolve("my.list"), "two.org\n");
    loopback = new LoopbackDaemon(List.of(), ROUTE, stateDir);
    for (String name : List.of("www.one.org", "www.two.org", "www.three.org")) {
      loopback
          .upstream()
          .answer(
              ScriptedUpstream.question(name, "A"),
              new Scenario.Step(
                  0,
                  "UPSTREAM",
                  List.of(),
                  Map.of("ANSWER", List.of(name + ". 300 IN A 203.0.113.1"))));
    }
  }

  @AfterEach
  void stop() throws IOException {
    loopback.close();
  }

  private boolean isSteered(String name) throws IOException {
    Record question = Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN);
    byte[] answer = loopback.client().ask(Message.newQuery(question).toWire(), false);
    String address =
        new Message(Objects.requireNonNull(answer))
            .getSection(Section.ANSWER)
            .get(0)
            .rdataToString();
    assertThat(address).matches("198[.]18[.]0[.].*|203[.]0[.]113[.]1");
    return address.startsWith("198.");
  }

  @Test
  void start_listOfARoute_isInForce() throws Exception {
    assertThat(isSteered("www.one.org")).isTrue();
    assertThat(isSteered("www.two.org")).isTrue();
    assertThat(isSteered("www.three.org")).isFalse();
  }

  @Test
  void start_listIsNotThere_failsWithCode3AndItsPlace() {
    Path elsewhere = stateDir.resolve("other");
    assertThatThrownBy(() -> new LoopbackDaemon(List.of(), ROUTE, Files.createDirectory(elsewhere)))
        .isInstanceOfSatisfying(
            StartFailure.class, failure -> assertThat(failure.code()).isEqualTo(ExitCode.FILE))
        .hasMessage(
            elsewhere.resolve("dotp.toml")
                + ":8:1: domain-list: "
                + elsewhere.resolve("my.list")
                + ": does not exist");
  }

  @Test
  void reload_listChanged_isReadAgain() throws Exception {
    Files.writeString(list, "three.org\n");

    assertThat(loopback.reload()).isTrue();

    assertThat(isSteered("www.two.org")).isFalse();
    assertThat(isSteered("www.three.org")).isTrue();
  }

  @Test
  void reload_listIsBroken_changesNothing() throws Exception {
    Files.writeString(list, "th ree.org\n");
    loopback.configure(ROUTE.replace("one.org", "three.org"));

    assertThat(loopback.reload()).isFalse();

    assertThat(isSteered("www.one.org")).isTrue();
    assertThat(isSteered("www.two.org")).isTrue();
    assertThat(isSteered("www.three.org")).isFalse();
  }

  @Test
  void reload_patternThatCostsTooMuch_isRefused() throws Exception {
    loopback.configure(ROUTE.replace("\"one.org\"", "'regexp:([a-z]{100}){100}'"));

    assertThat(loopback.reload()).isFalse();

    assertThat(isSteered("www.one.org")).isTrue();
  }

  @Test
  void checkLists_fileChanged_isInForceWithoutASignal() throws Exception {
    assertThat(isSteered("www.two.org")).isTrue();
    Files.writeString(list, "three.org\n");

    loopback.daemon().checkLists();
    loopback.daemon().checkLists();

    assertThat(isSteered("www.two.org")).isFalse();
    assertThat(isSteered("www.three.org")).isTrue();
    assertThat(isSteered("www.one.org")).isTrue();
    assertThat(loopback.daemon().lists().status())
        .extracting(ListStatus::name)
        .containsExactly("mine");
  }
}
