package io.dotp.dns.upstream;

import io.dotp.dns.upstream.UpstreamResult.Cause;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/** Says of an exception what is wrong with the server, and whether more tries are of use. */
final class TlsDiagnosis {
  private static final int DEEPEST_CAUSE = 8;
  private static final String ALERT = "Received fatal alert: ";
  private static final String CLOSED = "Connection closed while";

  private TlsDiagnosis() {}

  static ConnectionFailure of(Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; i < DEEPEST_CAUSE && cause != null; i++) {
      if (cause instanceof CertificateRefusal refusal) {
        return new ConnectionFailure(
            Cause.CERTIFICATE, String.valueOf(refusal.getMessage()), false);
      }
      if (cause instanceof NotSslRecordException) {
        return ConnectionFailure.tls("the server does not speak TLS on this port");
      }
      if (cause instanceof SslHandshakeTimeoutException) {
        return ConnectionFailure.unreachable("no TLS handshake in time");
      }
      if (cause instanceof Http2Exception) {
        return ConnectionFailure.http("HTTP/2 error: " + cause.getMessage());
      }
      cause = cause.getCause();
    }
    return ofMessage(thrown);
  }

  private static ConnectionFailure ofMessage(Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; i < DEEPEST_CAUSE && cause != null; i++) {
      String message = String.valueOf(cause.getMessage());
      int alert = message.indexOf(ALERT);
      if (alert >= 0) {
        String name = message.substring(alert + ALERT.length());
        return ConnectionFailure.tls("the server ended the TLS handshake with the alert " + name);
      }
      if (cause instanceof ClosedChannelException || message.startsWith(CLOSED)) {
        return ConnectionFailure.unreachable("the server closed the connection");
      }
      if (cause instanceof SSLException) {
        return ConnectionFailure.tls("TLS failed: " + message);
      }
      cause = cause.getCause();
    }
    return ConnectionFailure.unreachable(String.valueOf(thrown.getMessage()));
  }
}
