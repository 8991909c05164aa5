package io.dotp.dns.message;

import io.netty.handler.codec.dns.DnsResponseCode;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DNSInput;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.WireParseException;

/**
 * Everything of a client's query that its reply needs.
 *
 * <p>Shape: the question is kept as the bytes that came, so that the client finds its own letters
 * again; it is empty when the query had none that could be read.
 */
public final class ClientQuestion {
  /** What we send over UDP at most, whatever the client offers (DNS flag day 2020). */
  static final int LARGEST_UDP_REPLY = 1232;

  private static final int RCODE_MASK = 0xf;

  private final int id;
  private final int flags;
  private final byte[] question;
  private final boolean hasOpt;
  private final boolean dnssecOk;
  private final int udpSize;

  ClientQuestion(
      int id, int flags, byte[] question, boolean hasOpt, boolean dnssecOk, int udpSize) {
    this.id = id;
    this.flags = flags;
    this.question = question;
    this.hasOpt = hasOpt;
    this.dnssecOk = dnssecOk;
    this.udpSize = udpSize;
  }

  int id() {
    return id;
  }

  /** The query's second header word. */
  int flags() {
    return flags;
  }

  /** Name, type and class as they came. Not to be changed. */
  byte[] question() {
    return question;
  }

  /** The question with the client's letters, null when the query had none that could be read. */
  @Nullable Record questionRecord() {
    if (question.length == 0) {
      return null;
    }
    try {
      DNSInput in = new DNSInput(question);
      return Record.newRecord(new Name(in), in.readU16(), in.readU16());
    } catch (WireParseException e) {
      throw new IllegalStateException("a question that was read before is malformed", e);
    }
  }

  boolean hasOpt() {
    return hasOpt;
  }

  boolean dnssecOk() {
    return dnssecOk;
  }

  /**
   * The header word of a reply to this client: AD only where it is understood (RFC 6840 section
   * 5.8), and SERVFAIL for an RCODE that cannot be said without an OPT record.
   *
   * @param wanted header word; its RCODE does not count
   * @param rcode 0 to 4095
   */
  int flagsToSend(int wanted, int rcode) {
    boolean knowsAuthenticData = dnssecOk || (flags & QueryView.FLAG_AD) != 0;
    int reply = knowsAuthenticData ? wanted : wanted & ~QueryView.FLAG_AD;
    boolean unspeakable = rcode > RCODE_MASK && !hasOpt;
    int sayable = unspeakable ? DnsResponseCode.SERVFAIL.intValue() : rcode;
    return reply & ~RCODE_MASK | sayable & RCODE_MASK;
  }

  /**
   * Puts the client's letters into an upstream's message, whose question differs from ours in case
   * alone; names that point to the question change with it.
   */
  void restoreIn(byte[] message) {
    System.arraycopy(question, 0, message, QueryView.HEADER_LENGTH, question.length);
  }

  /** Longest reply over UDP in bytes. */
  public int udpSizeLimit() {
    return Math.min(udpSize, LARGEST_UDP_REPLY);
  }
}
