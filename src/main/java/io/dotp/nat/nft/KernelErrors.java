package io.dotp.nat.nft;

import io.dotp.nat.nft.CommitResult.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Recognises kernel errors in libnftables' messages. The library hands out words, no numbers, and
 * takes the words from strerror, which speaks the language of the process's locale; therefore both
 * the English words and those of {@code strerror} count.
 */
final class KernelErrors {
  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int ENFILE = 23;
  private static final int EMSGSIZE = 90;
  private static final int ENOBUFS = 105;

  /** One error and a text that stands for it. */
  private record Phrase(int number, String words) {}

  private final List<Phrase> phrases = new ArrayList<>();

  KernelErrors(IntFunction<String> strerror) {
    english(EPERM, "Operation not permitted");
    english(ENOENT, "No such file or directory");
    english(EEXIST, "File exists");
    english(ENFILE, "Too many open files in system");
    english(EMSGSIZE, "Message too long");
    english(ENOBUFS, "No buffer space available");
    for (Phrase known : List.copyOf(phrases)) {
      String local = strerror.apply(known.number());
      if (local != null && !local.isBlank() && !local.equals(known.words())) {
        phrases.add(new Phrase(known.number(), local));
      }
    }
  }

  private void english(int number, String words) {
    phrases.add(new Phrase(number, words));
  }

  /** The cause that stands first in the text: the rest are its consequences. */
  Cause causeOf(String text) {
    return switch (firstNumber(text)) {
      case EPERM -> Cause.NOT_PERMITTED;
      case ENOENT -> Cause.MISSING;
      case EEXIST -> Cause.EXISTS;
      case ENFILE -> Cause.FULL;
      default -> Cause.OTHER;
    };
  }

  /** Whether the transaction did not fit into the socket's send buffer, and nothing was sent. */
  boolean isTooLong(String text) {
    int number = firstNumber(text);
    return number == EMSGSIZE || number == ENOBUFS;
  }

  private int firstNumber(String text) {
    int first = Integer.MAX_VALUE;
    int number = 0;
    for (Phrase phrase : phrases) {
      int at = text.indexOf(phrase.words());
      if (at >= 0 && at < first) {
        first = at;
        number = phrase.number();
      }
    }
    return number;
  }
}
