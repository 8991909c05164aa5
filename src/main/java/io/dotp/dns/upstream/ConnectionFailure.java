package io.dotp.dns.upstream;

/**
 * Why a connection, or one exchange on it, brings no answer.
 *
 * @param text for people; names no query
 * @param again whether trying at once may help
 */
record ConnectionFailure(UpstreamResult.Cause cause, String text, boolean again) {
  static final ConnectionFailure UNREACHABLE = unreachable("unreachable");

  static ConnectionFailure unreachable(String text) {
    return new ConnectionFailure(UpstreamResult.Cause.UNREACHABLE, text, false);
  }

  static ConnectionFailure tls(String text) {
    return new ConnectionFailure(UpstreamResult.Cause.TLS, text, false);
  }

  static ConnectionFailure http(String text) {
    return new ConnectionFailure(UpstreamResult.Cause.HTTP, text, false);
  }

  ConnectionFailure orAgain() {
    return new ConnectionFailure(cause, text, true);
  }
}
