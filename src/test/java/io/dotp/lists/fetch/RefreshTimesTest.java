package io.dotp.lists.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Intervals with jitter, and retries that become rarer; what is a URL of a list. */
class RefreshTimesTest {
  @Property
  void next_isAboutTheIntervalOrLess(
      @ForAll @IntRange(min = 60, max = 2_592_000) int seconds,
      @ForAll @IntRange(min = 0, max = 100) int failures,
      @ForAll int seed) {
    Duration interval = Duration.ofSeconds(seconds);

    long next = RefreshTimes.nextMillis(interval, failures, new Random(seed));

    long doubled = 60_000L << Math.min(30, Math.max(0, failures - 1));
    long whole = failures == 0 ? interval.toMillis() : Math.min(interval.toMillis(), doubled);
    assertThat(next).isBetween(failures == 0 ? whole * 9 / 10 : whole / 2, whole * 11 / 10);
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example/l.txt,",
    "http://[2001:db8::1]:8080/l?x=%20,",
    "ftp://a.example/x, is no URL that begins with https:// or http://",
    "a.example/l, is no URL that begins with https:// or http://",
    "https:///l, has no host",
    "https://u:p@a.example/l, 'has a user in it, which would be sent to whoever answers'",
    "https://a.example:0/l, 'has no port, 1 to 65535'",
    "https://a.example:65536/l, 'has no port, 1 to 65535'",
    "https://a.example/a b, is no URL: Illegal character in path"
  })
  void mistakes_areNamed(String text, String mistake) {
    assertThat(ListUrl.mistakeOf(text)).isEqualTo(mistake);
  }

  @ParameterizedTest
  @CsvSource({
    "https://A.example, https://a.example/",
    "https://a.example:443/x, https://a.example/x",
    "http://a.example:443/x?q, http://a.example:443/x?q",
    "http://[2001:DB8::1]/, http://[2001:db8::1]/"
  })
  void url_isKeptInOneForm(String text, String form) {
    assertThat(ListUrl.of(text)).hasToString(form);
  }

  @ParameterizedTest
  @CsvSource({"../etc/passwd", "a/b", ".hidden", "x.new", "x.origin", "''"})
  void names_leadNowhereElse(String name) {
    assertThat(StoredList.isName(name)).isFalse();
  }
}
