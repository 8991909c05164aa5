package io.dotp.dns.server;

import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

/** Cuts a stream into messages at their two-byte lengths, RFC 1035 section 4.2.2. */
final class MessageFraming extends LengthFieldBasedFrameDecoder {
  private static final int LENGTH_BYTES = 2;
  private static final int LONGEST_MESSAGE = 65_535;

  MessageFraming() {
    super(LONGEST_MESSAGE + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES);
  }

  /** Whether a message has begun and is not complete. */
  boolean holdsPart() {
    return actualReadableBytes() > 0;
  }
}
