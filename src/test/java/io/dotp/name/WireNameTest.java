package io.dotp.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reusable name and where its labels begin. */
class WireNameTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({"com, 0", "example.com, 0 8", "www.example.com, 0 4 12", "a.b.c, 0 2 4"})
  void splitLabels_name_findsEachStart(String text, String starts) {
    WireName name = wire(text);

    int labels = name.splitLabels();

    List<String> found =
        IntStream.range(0, labels).mapToObj(i -> String.valueOf(name.labelStart(i))).toList();
    assertThat(found).containsExactly(starts.split(" "));
  }

  @Test
  void splitLabels_root_isNone() {
    WireName root = new WireName();
    root.length(1);

    assertThat(root.splitLabels()).isZero();
    assertThat(root.toDomainName()).hasToString(".");
  }

  @Test
  void splitLabels_mostLabels_areAllFound() {
    WireName name = wire("a.".repeat(126) + "a");

    assertThat(name.splitLabels()).isEqualTo(WireName.MAX_LABELS).isEqualTo(127);
    assertThat(name.labelStart(126)).isEqualTo(252);
  }

  @Test
  void splitLabels_reused_forgetsTheOldName() {
    WireName name = wire("www.example.com");
    name.splitLabels();
    name.length(DomainName.parse("abc.de").copyTo(name.bytes(), 0));

    assertThat(name.splitLabels()).isEqualTo(2);
    assertThat(name.labelStart(1)).isEqualTo(4);
    assertThat(name.toDomainName()).isEqualTo(DomainName.parse("abc.de"));
  }

  private static WireName wire(String text) {
    WireName wire = new WireName();
    wire.length(DomainName.parse(text).copyTo(wire.bytes(), 0));
    return wire;
  }
}
