package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What an own datagram socket loses. Thread: any. */
public final class DatagramMetrics {
  /** Received datagrams that were longer than the socket takes. */
  public final LongAdder tooLong = new LongAdder();

  /** Received datagrams whose destination the kernel did not tell. */
  public final LongAdder withoutDestination = new LongAdder();

  /** Datagrams given up because those before them did not leave, or at the socket's end. */
  public final LongAdder unsent = new LongAdder();

  /** Datagrams that the kernel refused to send. */
  public final LongAdder refused = new LongAdder();

  /** Calls for received datagrams that the kernel refused. */
  public final LongAdder receiveErrors = new LongAdder();
}
