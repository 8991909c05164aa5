package io.dotp.e2e;

/**
 * How a command ended.
 *
 * @param code its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Finished(int code, String out, String err) {
  /** Both outputs, for a message or a search. */
  String text() {
    return out + err;
  }

  /** For commands that must succeed. */
  Finished expectSuccess() {
    if (code != 0) {
      throw new AssertionError("exit " + code + ": " + text());
    }
    return this;
  }
}
