package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the DNS front end and the resolver count. Thread: any. */
public final class DnsMetrics {
  /** Queries taken in, by transport. */
  public final LongAdder udpQueries = new LongAdder();

  public final LongAdder tcpQueries = new LongAdder();

  /** Responses sent, local ones and errors included. */
  public final LongAdder responses = new LongAdder();

  /** Responses in which an address or an alias was steered. */
  public final LongAdder steered = new LongAdder();

  /** Datagrams and messages that were no query: too short, or QR set. */
  public final LongAdder droppedNotQuery = new LongAdder();

  public final LongAdder formErr = new LongAdder();
  public final LongAdder notImp = new LongAdder();
  public final LongAdder refusedClients = new LongAdder();
  public final LongAdder servFail = new LongAdder();

  /** Queries for names of routes that refuse them. */
  public final LongAdder refusedByRoute = new LongAdder();

  /** Queries over an in-flight limit: UDP dropped, TCP answered with SERVFAIL. */
  public final LongAdder overLimitDropped = new LongAdder();

  public final LongAdder overLimitServFail = new LongAdder();

  /** Queries over --rate-limit: UDP dropped, TCP answered with REFUSED. */
  public final LongAdder rateLimitDropped = new LongAdder();

  public final LongAdder rateLimitRefused = new LongAdder();

  /** Responses cut to the client's size. */
  public final LongAdder truncated = new LongAdder();

  public final LongAdder tcpConnections = new LongAdder();
  public final LongAdder tcpRefused = new LongAdder();
  public final LongAdder tcpIdleClosed = new LongAdder();

  /** Queries for special names, fakes, hosts files and our health. */
  public final LongAdder localAnswers = new LongAdder();

  /** Idle connections that gave their place to a new one. */
  public final LongAdder tcpEvicted = new LongAdder();

  /** Connections whose client did not complete a message, or did not take its answers, in time. */
  public final LongAdder tcpSlowWriters = new LongAdder();

  public final LongAdder tcpSlowReaders = new LongAdder();

  /** Connections that have asked as many queries as one may. */
  public final LongAdder tcpUsedUp = new LongAdder();

  /** How often a listener stopped accepting because the kernel gave no socket. */
  public final LongAdder acceptPauses = new LongAdder();

  /** Queries for which a fresh response was at hand, and those answered with a stale one. */
  public final LongAdder cacheHits = new LongAdder();

  public final LongAdder staleAnswers = new LongAdder();

  /** Queries that joined an equal one already under way. */
  public final LongAdder coalesced = new LongAdder();

  /** Real addresses that are never mapped and were left out of an answer. */
  public final LongAdder unmappable = new LongAdder();

  /** Targets of aliases that were forgotten before their time, for want of room. */
  public final LongAdder aliasesForgotten = new LongAdder();

  /** Queries that came from one of our own upstream sockets. */
  public final LongAdder loops = new LongAdder();

  /** Stops that did not wait for the last answers. */
  public final LongAdder unansweredAtStop = new LongAdder();

  public final LongAdder writeErrors = new LongAdder();

  /** Datagrams that the kernel dropped because a listener's receive buffer was full. */
  public final LongAdder kernelDrops = new LongAdder();

  /** What the UDP listeners lose. */
  public final DatagramMetrics udp = new DatagramMetrics();

  /** Exceptions that no code expected; each is logged once with its stack. */
  public final LongAdder bugs = new LongAdder();
}
