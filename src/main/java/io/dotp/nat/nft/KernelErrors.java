package io.dotp.nat.nft;

import io.dotp.nat.nft.CommitResult.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What kernel errors mean. libnftables hands out words, no numbers, and takes the words from
 * strerror, which speaks the language of the process's locale; therefore both the English words and
 * those of {@code strerror} count.
 */
final class KernelErrors {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENFILE = 23;
  static final int ERESTART = 85;
  static final int EMSGSIZE = 90;
  static final int ENOBUFS = 105;

  /** Added to the words of EPERM, which alone help nobody. */
  private static final String MISSING_CAPABILITY = " (CAP_NET_ADMIN is missing)";

  /** One error and a text that stands for it. */
  private record Phrase(int number, String words) {}

  private final IntFunction<String> strerror;
  private final List<Phrase> phrases = new ArrayList<>();

  KernelErrors(IntFunction<String> strerror) {
    this.strerror = strerror;
    english(EPERM, "Operation not permitted");
    english(ENOENT, "No such file or directory");
    english(EINTR, "Interrupted system call");
    english(EAGAIN, "Resource temporarily unavailable");
    english(ENOMEM, "Cannot allocate memory");
    english(EBUSY, "Device or resource busy");
    english(EEXIST, "File exists");
    english(ENFILE, "Too many open files in system");
    english(ERESTART, "Interrupted system call should be restarted");
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
    return causeOf(firstNumber(text));
  }

  static Cause causeOf(int number) {
    return switch (number) {
      case EPERM -> Cause.NOT_PERMITTED;
      case ENOENT -> Cause.MISSING;
      case EEXIST -> Cause.EXISTS;
      case ENFILE -> Cause.FULL;
      default -> Cause.OTHER;
    };
  }

  /** The system's words for an error, with the remedy where there is one. */
  String words(int number) {
    String words = strerror.apply(number);
    String named = words.isBlank() ? "error " + number : words;
    return number == EPERM ? named + MISSING_CAPABILITY : named;
  }

  /** libnftables' words, with the remedy where there is one. */
  String withRemedy(String text) {
    return causeOf(text) == Cause.NOT_PERMITTED ? text + MISSING_CAPABILITY : text;
  }

  /** Whether the same transaction may well succeed a moment later. */
  boolean isPassing(String text) {
    return isPassing(firstNumber(text));
  }

  static boolean isPassing(int number) {
    return switch (number) {
      case EINTR, EAGAIN, ENOMEM, EBUSY, ERESTART, ENOBUFS -> true;
      default -> false;
    };
  }

  /** Whether the transaction did not fit into the socket's send buffer, and nothing was sent. */
  boolean isTooLong(String text) {
    int number = firstNumber(text);
    return number == EMSGSIZE || number == ENOBUFS;
  }

  /** The longest of several phrases that begin at one place is meant. */
  private int firstNumber(String text) {
    int first = Integer.MAX_VALUE;
    int longest = 0;
    int number = 0;
    for (Phrase phrase : phrases) {
      int at = text.indexOf(phrase.words());
      int length = phrase.words().length();
      if (at >= 0 && (at < first || (at == first && length > longest))) {
        first = at;
        longest = length;
        number = phrase.number();
      }
    }
    return number;
  }
}
