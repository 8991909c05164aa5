package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.nft.CommitResult.Cause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Causes out of messages. */
class KernelErrorsTest {
  @ParameterizedTest(name = "<{0}> is {1}")
  @CsvSource({
    "Error: Could not process rule: File exists, EXISTS",
    "Error: Could not process rule: No such file or directory, MISSING",
    "Error: No such file or directory, MISSING",
    "Error: Could not process rule: Too many open files in system, FULL",
    "netlink: Error: cache initialization failed: Operation not permitted, NOT_PERMITTED",
    "'Error: syntax error, unexpected string', OTHER",
    "netlink: Error: Could not process rule: Message too long, OTHER",
    "'', OTHER",
  })
  void causeOf_messageOfTheLibrary_isKnown(String text, Cause cause) {
    KernelErrors errors = new KernelErrors(number -> "");

    Cause found = errors.causeOf(text);

    assertThat(found).isEqualTo(cause);
  }

  @Test
  void causeOf_severalMessages_isTheFirst() {
    KernelErrors errors = new KernelErrors(number -> "");
    String text = "Error: File exists\n add\nError: No such file or directory\n";

    Cause found = errors.causeOf(text);

    assertThat(found).isEqualTo(Cause.EXISTS);
  }

  @Test
  void causeOf_messageInTheLanguageOfTheLocale_isKnown() {
    KernelErrors errors =
        new KernelErrors(number -> number == 17 ? "Die Datei existiert bereits" : "");

    Cause found = errors.causeOf("Error: Could not process rule: Die Datei existiert bereits");

    assertThat(found).isEqualTo(Cause.EXISTS);
  }

  @Test
  void isTooLong_onlyTheSocketsErrors_areMeant() {
    KernelErrors errors = new KernelErrors(number -> "");

    boolean tooLong = errors.isTooLong("netlink: Error: Could not process rule: Message too long");

    assertThat(tooLong).isTrue();
    assertThat(errors.isTooLong("Error: File exists")).isFalse();
  }
}
