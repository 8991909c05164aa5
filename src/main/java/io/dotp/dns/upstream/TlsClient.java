package io.dotp.dns.upstream;

import io.dotp.config.UpstreamEndpoint;
import io.dotp.config.UpstreamEndpoint.Protocol;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of TLS towards the servers of one group: TLS 1.2 or later, the server's name is
 * checked, nothing is ever sent when the check fails (RFC 8310 section 5, strict profile). Thread:
 * any.
 */
public final class TlsClient {
  private static final int HANDSHAKE_THREADS = 2;
  private static final int MOST_WAITING = 1024;

  private final SslContext framed;
  private final SslContext http;
  private final Executor work;

  private TlsClient(SslContext framed, SslContext http, Executor work) {
    this.framed = framed;
    this.http = http;
    this.work = work;
  }

  /**
   * Signatures take milliseconds, in which a loop answers a hundred queries: they are checked on
   * threads of their own, which end when idle.
   */
  static Executor handshakeThreads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            HANDSHAKE_THREADS,
            HANDSHAKE_THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            new DefaultThreadFactory("dotp-tls", true));
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * @param caFile certificates to trust instead of the Java runtime's
   * @param work where handshakes are computed
   * @throws IOException when the file cannot be read, or has no certificate
   */
  static TlsClient of(@Nullable Path caFile, Executor work) throws IOException {
    try {
      TrustManager trust = new CertificateCheck(trustManager(caFile), "--upstream-ca");
      ApplicationProtocolConfig alpn =
          new ApplicationProtocolConfig(
              ApplicationProtocolConfig.Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              "h2",
              "http/1.1");
      SslContext framed = context(trust).build();
      SslContext http = context(trust).applicationProtocolConfig(alpn).build();
      return new TlsClient(framed, http, work);
    } catch (GeneralSecurityException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * For connections that carry HTTP/1.1 and no DNS.
   *
   * @param caFile certificates to trust instead of the Java runtime's
   * @throws IOException when the file cannot be read, or has no certificate
   */
  public static SslContext forDownloads(@Nullable Path caFile) throws IOException {
    try {
      return context(new CertificateCheck(trustManager(caFile), "--list-ca")).build();
    } catch (GeneralSecurityException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What is wrong with the server, or with its certificate, when a handshake failed so. */
  public static String faultOf(Throwable thrown) {
    return TlsDiagnosis.of(thrown).text();
  }

  private static SslContextBuilder context(TrustManager trust) {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .endpointIdentificationAlgorithm("HTTPS")
        .trustManager(trust);
  }

  private static X509ExtendedTrustManager trustManager(@Nullable Path caFile)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(caFile == null ? null : read(caFile));
    for (TrustManager each : factory.getTrustManagers()) {
      if (each instanceof X509ExtendedTrustManager trust) {
        return trust;
      }
    }
    throw new GeneralSecurityException("this Java runtime has no trust manager");
  }

  private static KeyStore read(Path caFile) throws GeneralSecurityException, IOException {
    Collection<? extends Certificate> certificates;
    try (InputStream in = Files.newInputStream(caFile)) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("it holds no certificate");
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (Certificate each : certificates) {
      store.setCertificateEntry("ca" + number++, each);
    }
    return store;
  }

  /** For one connection; sends the server's name (SNI) unless that is an address. */
  SslHandler handler(ByteBufAllocator allocator, UpstreamEndpoint endpoint, long timeoutMillis) {
    SslContext context = endpoint.protocol() == Protocol.HTTPS ? http : framed;
    SslHandler handler = context.newHandler(allocator, endpoint.tlsName(), endpoint.port(), work);
    handler.setHandshakeTimeoutMillis(timeoutMillis);
    return handler;
  }
}
