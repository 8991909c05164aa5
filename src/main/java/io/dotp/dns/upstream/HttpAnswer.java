package io.dotp.dns.upstream;

import io.dotp.config.UpstreamEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** What HTTP brings for one query, RFC 8484 section 4.2. Thread: one loop. */
final class HttpAnswer {
  static final String DNS_MESSAGE = "application/dns-message";

  private static final int HTTPS_PORT = 443;
  private static final int LARGEST_MESSAGE = 0xffff;
  private static final int INITIAL_SIZE = 512;
  private static final int LONGEST_SHOWN = 40;

  private final String status;
  private final @Nullable CharSequence contentType;
  private final ByteBuf body = Unpooled.buffer(INITIAL_SIZE, LARGEST_MESSAGE);
  private boolean tooLong;

  HttpAnswer(String status, @Nullable CharSequence contentType) {
    this.status = status;
    this.contentType = contentType;
  }

  /** Whom the request is for; the certificate's name, since the address may be anybody's. */
  static String authority(UpstreamEndpoint endpoint) {
    String name = endpoint.tlsName();
    String host = name.indexOf(':') < 0 ? name : "[" + name + "]";
    return endpoint.port() == HTTPS_PORT ? host : host + ":" + endpoint.port();
  }

  /** Adds a piece; borrows it. */
  void add(ByteBuf piece) {
    if (body.readableBytes() + piece.readableBytes() > LARGEST_MESSAGE) {
      tooLong = true;
    } else {
      body.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
    }
  }

  /** Why this is no answer, as far as can be said by now. */
  @Nullable ConnectionFailure failure() {
    if (!status.equals("200")) {
      return ConnectionFailure.http("HTTP status " + shown(status));
    }
    String type = contentType == null ? "none" : contentType.toString();
    int semicolon = type.indexOf(';');
    String bare = semicolon < 0 ? type : type.substring(0, semicolon);
    if (!bare.strip().equalsIgnoreCase(DNS_MESSAGE)) {
      return ConnectionFailure.http("the answer's content type is " + shown(type));
    }
    return tooLong ? ConnectionFailure.http("the answer is longer than 65535 bytes") : null;
  }

  private static String shown(String text) {
    String cut = text.substring(0, Math.min(text.length(), LONGEST_SHOWN));
    return cut.replaceAll("[^ -~]", "?");
  }

  /** All pieces; not to be kept. */
  ByteBuf body() {
    return body;
  }

  /** To be called once. */
  void release() {
    body.release();
  }
}
