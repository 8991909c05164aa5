package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Builds messages of zone-file text: {@code owner TTL IN TYPE data}. */
public final class TestMessage {
  private final Message message = new Message(0x1234);

  private TestMessage(String question, int... flags) {
    String[] words = question.split(" ");
    Name name = Name.fromConstantString(words[0]);
    int dclass = words.length == 2 ? DClass.IN : DClass.value(words[2]);
    message.addRecord(Record.newRecord(name, Type.value(words[1]), dclass), Section.QUESTION);
    Header header = message.getHeader();
    for (int flag : flags) {
      header.setFlag(flag);
    }
  }

  /** A response to {@code QNAME QTYPE [QCLASS]}, with QR, RD and RA. */
  public static TestMessage response(String question) {
    return new TestMessage(question, Flags.QR, Flags.RD, Flags.RA);
  }

  /** A query for {@code QNAME QTYPE [QCLASS]}, with RD. */
  public static TestMessage query(String question) {
    return new TestMessage(question, Flags.RD);
  }

  public TestMessage answer(String... records) {
    return add(Section.ANSWER, records);
  }

  public TestMessage authority(String... records) {
    return add(Section.AUTHORITY, records);
  }

  public TestMessage additional(String... records) {
    return add(Section.ADDITIONAL, records);
  }

  public TestMessage flag(int flag) {
    message.getHeader().setFlag(flag);
    return this;
  }

  public TestMessage rcode(int rcode) {
    message.getHeader().setRcode(rcode & 0xf);
    return rcode > 0xf ? opt(1232, rcode >> 4, 0) : this;
  }

  /** Adds an OPT record. */
  public TestMessage opt(int size, int upperRcode, int flags) {
    return add(new OPTRecord(size, upperRcode, 0, flags), Section.ADDITIONAL);
  }

  /** Adds a record as it is. */
  public TestMessage add(Record each, int section) {
    message.addRecord(each, section);
    return this;
  }

  private TestMessage add(int section, String... records) {
    for (String each : records) {
      message.addRecord(rr(each), section);
    }
    return this;
  }

  /** One record of zone-file text. */
  public static Record rr(String text) {
    String[] words = text.split(" ", 5);
    try {
      return Record.fromString(
          Name.fromString(words[0]),
          Type.value(words[3]),
          DClass.value(words[2]),
          Long.parseLong(words[1]),
          words[4],
          Name.root);
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }

  /** The way of a rewrite: nothing unless the bytes pass the walk and can be understood. */
  public static Optional<Message> decode(byte[] bytes) {
    ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
    ResponseFacts facts = new ResponseWalk().walk(buffer, name -> false);
    if (facts == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(MessageDecoder.decode(buffer, facts));
  }

  /** The bytes of a reply, which is released. */
  public static byte[] take(ByteBuf reply) {
    try {
      return ByteBufUtil.getBytes(reply);
    } finally {
      reply.release();
    }
  }

  public Message message() {
    return message;
  }

  public byte[] bytes() {
    return message.toWire();
  }

  public ByteBuf buffer() {
    return Unpooled.wrappedBuffer(bytes());
  }

  /** What a client sent that asks this. */
  public ClientQuestion client() {
    QueryView view = new QueryView();
    ByteBuf query = buffer();
    QueryView.Verdict verdict = view.read(query);
    if (verdict == QueryView.Verdict.NOT_A_QUERY) {
      throw new IllegalStateException("not a query");
    }
    return view.clientQuestion(query);
  }
}
