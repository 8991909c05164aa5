package io.dotp.dns.upstream;

import io.dotp.dns.message.ResponseFacts;
import io.netty.buffer.ByteBuf;

/** How an upstream query ended. */
public sealed interface UpstreamResult {
  /**
   * A checked response. The receiver owns {@code message}; its readable bytes are the whole
   * message, its question has our letters' case, not the client's, and its ID is ours.
   */
  record Received(ByteBuf message, ResponseFacts facts) implements UpstreamResult {}

  /** Nobody answered within the budget; EDE 22 (No Reachable Authority) or 23 (Network Error). */
  record Failed(Cause cause) implements UpstreamResult {}

  /** Why nobody answered. */
  enum Cause {
    TIMEOUT,
    UNREACHABLE,
    MALFORMED,
    /** The server's certificate is not accepted. */
    CERTIFICATE,
    /** The server does not speak TLS as it should. */
    TLS,
    /** What came through HTTPS is no DNS answer. */
    HTTP,
    STOPPING
  }
}
