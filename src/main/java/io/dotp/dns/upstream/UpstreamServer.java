package io.dotp.dns.upstream;

import io.dotp.config.UpstreamEndpoint;
import io.dotp.config.UpstreamEndpoint.Protocol;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.net.FreshPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server and what all loops know of it. Three failures in a row send it to rest; any answer
 * ends that. When the rest is over, the next failure sends it back at once. Thread: any.
 */
final class UpstreamServer {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamServer.class);

  private static final int FAILURES_TO_REST = 3;

  /** Servers get better: EDNS is tried again after this. */
  private static final long PLAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** What is wrong with a server stays wrong for a while, and a line a minute is enough. */
  private static final long REPORT_GAP_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final int index;
  private final UpstreamEndpoint endpoint;
  private final @Nullable InetSocketAddress socketAddress;
  private final @Nullable FreshPort freshPort;
  private final @Nullable TlsWay tlsWay;
  private final boolean sharesSockets;
  private final UpstreamTimings timings;
  private final UpstreamMetrics metrics;
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong nextProbe;
  private final AtomicLong nextReport;
  private final AtomicLong unreported = new AtomicLong();
  private volatile long restUntil;
  private volatile String lastError = "";
  private volatile boolean keepsCase = true;
  private volatile @Nullable Long plainUntil;

  /** What only servers behind TLS have. */
  record TlsWay(TlsClient client, @Nullable HostAddresses host) {}

  /**
   * @param index place among the servers of all groups, from 0
   * @param tlsWay null for plain DNS
   * @param sharesSockets whether one kept socket may carry many queries
   * @param now of the group's clock
   */
  UpstreamServer(
      int index,
      UpstreamEndpoint endpoint,
      @Nullable TlsWay tlsWay,
      boolean sharesSockets,
      UpstreamTimings timings,
      UpstreamMetrics metrics,
      long now) {
    this.index = index;
    this.endpoint = endpoint;
    this.tlsWay = tlsWay;
    IpAddress address = endpoint.address();
    this.socketAddress =
        address == null ? null : new InetSocketAddress(address.toInetAddress(), endpoint.port());
    this.freshPort =
        endpoint.protocol() == Protocol.DNS
            ? FreshPort.towards(Objects.requireNonNull(socketAddress))
            : null;
    this.sharesSockets = sharesSockets;
    this.timings = timings;
    this.metrics = metrics;
    this.restUntil = now;
    this.nextProbe = new AtomicLong(now);
    this.nextReport = new AtomicLong(now);
  }

  int index() {
    return index;
  }

  UpstreamEndpoint endpoint() {
    return endpoint;
  }

  /** Whether it is asked through TLS, and never in any other way. */
  boolean isEncrypted() {
    return tlsWay != null;
  }

  @Nullable TlsClient tls() {
    return tlsWay == null ? null : tlsWay.client();
  }

  /** Where the name of a server leads; null for one that was given by address. */
  @Nullable HostAddresses host() {
    return tlsWay == null ? null : tlsWay.host();
  }

  /** Of a plain DNS server. */
  Family family() {
    return Objects.requireNonNull(endpoint.address()).family();
  }

  /** Where it is; null when only bootstrap servers know, or nobody. */
  @Nullable InetSocketAddress socketAddress() {
    HostAddresses host = host();
    return host == null ? socketAddress : host.current();
  }

  /**
   * The address that it is at cannot be connected to.
   *
   * @return whether there is another one to try
   */
  boolean takeNextAddress(long now) {
    HostAddresses host = host();
    return host != null && host.takeNext(now);
  }

  boolean isAt(InetAddress address) {
    HostAddresses host = host();
    return host == null
        ? socketAddress != null && socketAddress.getAddress().equals(address)
        : host.contains(address);
  }

  /** How a socket that was connected before gets to this plain DNS server from another port. */
  FreshPort freshPort() {
    return Objects.requireNonNull(freshPort);
  }

  boolean sharesSockets() {
    return sharesSockets;
  }

  /** Whether letters of random case come back as they were sent. */
  boolean keepsCase() {
    return keepsCase;
  }

  /**
   * The server changed letters over TCP, where nobody else can have done it.
   *
   * @return whether this is news
   */
  boolean losesCase() {
    boolean news = keepsCase;
    keepsCase = false;
    return news;
  }

  /**
   * Whether queries carry an OPT record; a server that does not know it is left without for now.
   */
  boolean knowsEdns(long now) {
    Long until = plainUntil;
    return until == null || until - now <= 0;
  }

  /**
   * The server refused a query with an OPT record and answered the same one without.
   *
   * @return whether this is news
   */
  boolean lacksEdns(long now) {
    boolean news = knowsEdns(now);
    plainUntil = now + PLAIN_NANOS;
    return news;
  }

  void answered() {
    if (failures.get() != 0) {
      failures.set(0);
    }
  }

  /**
   * @param reason for people
   */
  void failed(long now, String reason) {
    lastError = reason;
    boolean rested = isResting(now);
    if (failures.incrementAndGet() < FAILURES_TO_REST) {
      return;
    }
    restUntil = now + timings.restNanos();
    if (!rested) {
      nextProbe.set(now + timings.probeNanos());
      metrics.rests.increment();
    }
  }

  boolean isResting(long now) {
    return failures.get() >= FAILURES_TO_REST && restUntil - now > 0;
  }

  /** Whether the caller is to send a probe; one caller per interval is told so. */
  boolean takeProbe(long now) {
    long due = nextProbe.get();
    return isResting(now)
        && now - due >= 0
        && nextProbe.compareAndSet(due, now + timings.probeNanos());
  }

  /** Warns of what an operator can mend; a name that is wrong, say, but not of a lost packet. */
  void report(ConnectionFailure failure, long now) {
    if (failure.cause() == UpstreamResult.Cause.UNREACHABLE) {
      return;
    }
    metrics.protocolFailures.increment();
    lastError = failure.text();
    long due = nextReport.get();
    if (now - due < 0 || !nextReport.compareAndSet(due, now + REPORT_GAP_NANOS)) {
      unreported.incrementAndGet();
      return;
    }
    LOG.warn(
        "upstream cannot be used server={} reason=[{}] suppressed={}",
        this,
        failure.text(),
        unreported.getAndSet(0));
  }

  ServerStatus status(long now) {
    return new ServerStatus(
        name(),
        endpoint.port(),
        endpoint.protocol(),
        failures.get(),
        isResting(now),
        keepsCase,
        lastError);
  }

  private String name() {
    IpAddress address = endpoint.address();
    return address == null ? String.valueOf(endpoint.host()) : address.toString();
  }

  @Override
  public String toString() {
    String scheme =
        switch (endpoint.protocol()) {
          case DNS -> "";
          case TLS -> "tls://";
          case HTTPS -> "https://";
        };
    String host = name().indexOf(':') < 0 ? name() : "[" + name() + "]";
    return scheme + host + ":" + endpoint.port() + endpoint.path();
  }
}
