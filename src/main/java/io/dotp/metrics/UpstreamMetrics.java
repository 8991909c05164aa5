package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the upstream side counts. Thread: any. */
public final class UpstreamMetrics {
  /** Messages sent, repeats included. */
  public final LongAdder udpSent = new LongAdder();

  /** Over TCP, TLS and HTTPS. */
  public final LongAdder tcpSent = new LongAdder();

  public final LongAdder responses = new LongAdder();

  /** Datagrams that cannot be an answer of ours: ID, question, QR, opcode or length are wrong. */
  public final LongAdder spoofNearMiss = new LongAdder();

  /** Answers to our question whose letters had another case than we sent. */
  public final LongAdder caseMismatch = new LongAdder();

  /** Answers to our question with a malformed body. */
  public final LongAdder malformed = new LongAdder();

  /** Truncated answers, asked again over TCP. */
  public final LongAdder truncated = new LongAdder();

  public final LongAdder timeouts = new LongAdder();

  /** ICMP errors and refused or broken TCP connections. */
  public final LongAdder unreachable = new LongAdder();

  /** Answers with a failure RCODE that made us ask the next server. */
  public final LongAdder failureRcodes = new LongAdder();

  /** Queries repeated without EDNS, because the server did not take them with it. */
  public final LongAdder ednsFallbacks = new LongAdder();

  /** TLS handshakes and HTTP exchanges that failed: certificates, alerts, status codes. */
  public final LongAdder protocolFailures = new LongAdder();

  /** Times a server was put to rest after three failures in a row. */
  public final LongAdder rests = new LongAdder();

  /** Copies of live queries sent to resting servers. */
  public final LongAdder probes = new LongAdder();

  /** Sockets and connections that could not be had: at the limit, or refused by the system. */
  public final LongAdder socketFailures = new LongAdder();

  /** Exceptions that no code expected; each is logged once with its stack. */
  public final LongAdder bugs = new LongAdder();
}
