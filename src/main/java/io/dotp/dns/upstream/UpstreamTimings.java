package io.dotp.dns.upstream;

import java.util.concurrent.TimeUnit;

/**
 * How long the upstream side waits for what, in milliseconds.
 *
 * @param retryMillis between two sendings of a query to one server
 * @param nextServerMillis until the next server is asked as well
 * @param totalMillis until a query is given up
 * @param restMillis how long a failing server is left alone
 * @param probeMillis between two copies of live queries to a resting server
 * @param tcpIdleMillis until an unused connection is closed
 * @param tcpConnectMillis until a connection attempt is given up
 */
record UpstreamTimings(
    long retryMillis,
    long nextServerMillis,
    long totalMillis,
    long restMillis,
    long probeMillis,
    long tcpIdleMillis,
    int tcpConnectMillis) {
  /**
   * A query ends a tenth of a second before 4.5 s, so that its answer leaves in time; a server that
   * came back is noticed within two probes, which is less than 5 s.
   */
  static final UpstreamTimings DEFAULT =
      new UpstreamTimings(800, 1_000, 4_400, 10_000, 2_000, 10_000, 2_000);

  long nextServerNanos() {
    return TimeUnit.MILLISECONDS.toNanos(nextServerMillis);
  }

  long retryNanos() {
    return TimeUnit.MILLISECONDS.toNanos(retryMillis);
  }

  long totalNanos() {
    return TimeUnit.MILLISECONDS.toNanos(totalMillis);
  }

  long restNanos() {
    return TimeUnit.MILLISECONDS.toNanos(restMillis);
  }

  long probeNanos() {
    return TimeUnit.MILLISECONDS.toNanos(probeMillis);
  }
}
