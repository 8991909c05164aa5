package io.dotp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.daemon.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command makes of its arguments, and of an answer. */
class ClientRunTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static PrintStream printer(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private int run(String... args) {
    return new ClientRun(Map.of(), printer(out), printer(err)).run(args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "status --client 10.0.0.1 | '--client' is no flag of dotp status",
        "lists status --client=10.0.0.1 | '--client' is no flag of dotp lists",
        "lists lookup a.example --client | --client needs a value",
        "lists lookup --client 10.0.0.1 | dotp lists lookup NAME [--client ADDR]",
        "lists lookup a.example --clients | '--clients' is no flag of dotp lists",
      })
  void arguments_thatDoNotFit_areAMistake(String line, String said) {
    assertThat(run(line.split(" "))).isEqualTo(ExitCode.USAGE.status());
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(said);
  }

  private String lookup(String reply) throws IOException {
    out.reset();
    ListsText.lookup(Json.read(reply), printer(out));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void lookup_saysWhoseRoutesItIsAbout() throws IOException {
    String none = "\"matches\":[],\"name\":\"a.example\",";

    assertThat(lookup("{" + none + "\"client\":\"\",\"routes\":[\"vpn\"],\"other_routes\":[]}"))
        .isEqualTo("a.example is on no list\n");
    assertThat(
            lookup("{" + none + "\"client\":\"\",\"routes\":[\"vpn\"],\"other_routes\":[\"tv\"]}"))
        .isEqualTo(
            """
            a.example is on no list
            not looked at, for their 'clients' are not all: tv
            --client ADDR tells what one of them gets
            """);
    assertThat(
            lookup(
                "{"
                    + none
                    + "\"client\":\"10.0.0.1\",\"routes\":[\"vpn\",\"tv\"],"
                    + "\"other_routes\":[\"ads\"]}"))
        .endsWith("10.0.0.1 has routes vpn, tv\nand not, because of their 'clients': ads\n");
  }
}
