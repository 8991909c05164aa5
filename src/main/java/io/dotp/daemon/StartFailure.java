package io.dotp.daemon;

import io.dotp.lists.ListReading;

/**
 * A start that cannot go on: what is wrong and what to do about it. Thrown and caught in daemon.
 */
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient ExitCode code;

  StartFailure(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  StartFailure(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Lists that cannot be used. */
  static StartFailure of(ListReading.Refused refused) {
    return new StartFailure(
        refused.ofFiles() ? ExitCode.FILE : ExitCode.USAGE,
        String.join("\ndotp: ", refused.mistakes()));
  }

  ExitCode code() {
    return code;
  }
}
