package io.dotp.dns.message;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;

/**
 * An answer that was made here and not by an upstream: independent of who asks, so the letters of
 * the owner names are put in when it becomes a message. Immutable. Thread: any.
 */
public final class LocalAnswer {
  /** RFC 6303 section 3 answers zones of its own in this name. */
  private static final Name NOBODY = Name.fromConstantString("nobody.invalid.");

  private static final int NO_SOA = -1;

  private final DnsResponseCode rcode;
  private final List<OwnRecord> records;
  private final int soaLabels;
  private final int soaTtl;
  private final @Nullable Integer ede;
  private final String edeText;
  private final boolean steerable;

  /** A record of QNAME, whose letters are those of the client. */
  public static final class OwnRecord {
    private final Function<Name, Record> make;

    private OwnRecord(Function<Name, Record> make) {
      this.make = make;
    }
  }

  private LocalAnswer(
      DnsResponseCode rcode,
      List<OwnRecord> records,
      int soaLabels,
      int soaTtl,
      @Nullable Integer ede,
      String edeText,
      boolean steerable) {
    this.rcode = rcode;
    this.records = List.copyOf(records);
    this.soaLabels = soaLabels;
    this.soaTtl = soaTtl;
    this.ede = ede;
    this.edeText = edeText;
    this.steerable = steerable;
  }

  /**
   * Records of QNAME.
   *
   * @param records at least one
   */
  public static LocalAnswer positive(List<OwnRecord> records) {
    return new LocalAnswer(DnsResponseCode.NOERROR, records, NO_SOA, 0, null, "", false);
  }

  /**
   * NODATA or NXDOMAIN, with an SOA: without one nobody caches it (RFC 2308 section 5).
   *
   * @param soaLabels how many of QNAME's last labels are the owner of the SOA, 0 for the root
   * @param ttlSeconds of the SOA, and its MINIMUM
   */
  public static LocalAnswer negative(DnsResponseCode rcode, int soaLabels, int ttlSeconds) {
    return new LocalAnswer(rcode, List.of(), soaLabels, ttlSeconds, null, "", false);
  }

  /** No answer can be given. */
  public static LocalAnswer failure(DnsResponseCode rcode, int ede, String edeText) {
    return new LocalAnswer(rcode, List.of(), NO_SOA, 0, ede, edeText, false);
  }

  /** The same answer with an Extended DNS Error (RFC 8914). */
  public LocalAnswer withEde(int code, String text) {
    return new LocalAnswer(rcode, records, soaLabels, soaTtl, code, text, steerable);
  }

  /** The same answer with addresses that a route may steer. */
  public LocalAnswer asSteerable() {
    return new LocalAnswer(rcode, records, soaLabels, soaTtl, ede, edeText, true);
  }

  public DnsResponseCode rcode() {
    return rcode;
  }

  /**
   * Whether its addresses are real ones that an administrator wrote down: when a route lists QNAME,
   * they get fakes like those of an upstream.
   */
  public boolean isSteerable() {
    return steerable;
  }

  /** INFO-CODE of the Extended DNS Error, null for none. */
  public @Nullable Integer ede() {
    return ede;
  }

  /** EXTRA-TEXT of the Extended DNS Error, ASCII. */
  public String edeText() {
    return edeText;
  }

  /** The SOA of a zone that is served here. */
  public static OwnRecord soa(int ttlSeconds) {
    return new OwnRecord(
        owner ->
            new SOARecord(
                owner, DClass.IN, ttlSeconds, owner, NOBODY, 1, 3600, 1200, 604_800, ttlSeconds));
  }

  /** The NS record of a zone that is served here: itself, RFC 6303 section 3. */
  public static OwnRecord nameServer(int ttlSeconds) {
    return new OwnRecord(owner -> new NSRecord(owner, DClass.IN, ttlSeconds, owner));
  }

  /** An A or AAAA record. */
  public static OwnRecord address(int ttlSeconds, IpAddress address) {
    InetAddress data = address.toInetAddress();
    return new OwnRecord(
        address.family() == Family.IPV4
            ? owner -> new ARecord(owner, DClass.IN, ttlSeconds, data)
            : owner -> new AAAARecord(owner, DClass.IN, ttlSeconds, data));
  }

  /** A PTR record. */
  public static OwnRecord pointer(int ttlSeconds, DomainName target) {
    byte[] wire = new byte[target.length()];
    target.copyTo(wire, 0);
    Name name = name(wire);
    return new OwnRecord(owner -> new PTRRecord(owner, DClass.IN, ttlSeconds, name));
  }

  private static Name name(byte[] wire) {
    try {
      return new Name(wire);
    } catch (IOException e) {
      throw new IllegalStateException("a canonical name is malformed", e);
    }
  }

  /** A TXT record with one string of at most 255 ASCII characters. */
  public static OwnRecord text(int ttlSeconds, String text) {
    return new OwnRecord(owner -> new TXTRecord(owner, DClass.IN, ttlSeconds, text));
  }

  /**
   * The answer as an upstream could have given it, for whom {@link #isSteerable} says so.
   *
   * @param query that it answers, of class IN
   */
  public StoredResponse toResponse(QueryView query) {
    WireName qname = query.name();
    Name name = name(Arrays.copyOf(qname.bytes(), qname.length()));
    Message message = header();
    if (query.recursionDesired()) {
      message.getHeader().setFlag(Flags.RD);
    }
    fill(message, Record.newRecord(name, query.qtype(), DClass.IN));
    return MessageEncoder.store(message, Set.of());
  }

  /** The message that {@code client} gets, complete but for the OPT record. */
  Message toMessage(ClientQuestion client) {
    Message message = header();
    copyFlag(client, QueryView.FLAG_RD, Flags.RD, message);
    copyFlag(client, QueryView.FLAG_CD, Flags.CD, message);
    Record question = client.questionRecord();
    if (question != null) {
      fill(message, question);
    }
    return message;
  }

  private Message header() {
    Message message = new Message(0);
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setFlag(Flags.RA);
    message.getHeader().setRcode(rcode.intValue());
    return message;
  }

  private void fill(Message message, Record question) {
    message.addRecord(question, Section.QUESTION);
    Name qname = question.getName();
    for (OwnRecord each : records) {
      message.addRecord(each.make.apply(qname), Section.ANSWER);
    }
    if (soaLabels != NO_SOA) {
      // dnsjava counts the root label too.
      Name owner = new Name(qname, qname.labels() - 1 - soaLabels);
      message.addRecord(soa(soaTtl).make.apply(owner), Section.AUTHORITY);
    }
  }

  private static void copyFlag(ClientQuestion client, int bit, int flag, Message message) {
    if ((client.flags() & bit) != 0) {
      message.getHeader().setFlag(flag);
    }
  }
}
