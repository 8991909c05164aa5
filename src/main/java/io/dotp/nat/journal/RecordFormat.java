package io.dotp.nat.journal;

import io.dotp.config.ProxyRules;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.config.RouteRules;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.dotp.nat.journal.JournalRecord.ClockStep;
import io.dotp.nat.journal.JournalRecord.Freed;
import io.dotp.nat.journal.JournalRecord.Known;
import io.dotp.nat.journal.JournalRecord.Pool;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the file, all numbers in network order.
 *
 * <pre>
 * file    = magic[8] version:u32 crc:u32 record*        crc over magic and version; the version's
 *                                                       highest bit: more has happened than stands here
 * record  = length:u32 crc:u32 body[length]             crc over length and body, CRC32C (RFC 3720)
 * body    = 1 address address since:i64 text count:u8 name*     known: fake, real; since = LIVE or millis
 *         | 2 count:u16 address*                                freed
 *         | 3 millis:i64                                        the wall clock stepped
 *         | 4 text address length:u8 over:u8                    the rules know a pool that is only
 *                                                               rewritten, or do no longer
 *         | 5 text address length:u8 over:u8 rules              the same of one with more rules
 * rules   = mark:u32 mask:u32 bits:u8 port:u16          1 clamps, 2 blocks QUIC, 4 proxy, 8 by
 *                                                       tproxy, 16 fails open; without a proxy port 0
 * address = 4 byte[4] | 6 byte[16]
 * text    = length:u16 byte[length]                     UTF-8
 * name    = length:u8 byte[length]                      canonical wire form
 * </pre>
 */
final class RecordFormat {
  /** Bytes before the first record. */
  static final int FILE_HEADER = 16;

  /** Bytes before the body of a record. */
  static final int RECORD_HEADER = 8;

  /** No record has more, its header included; a length beyond it is damage. */
  static final int MOST_BYTES = 32 * 1024;

  /** Fakes in one record. */
  static final int MOST_FREED = 1000;

  private static final long MAGIC = 0x444f_5450_4a4e_4c0aL; // "DOTPJNL\n"
  private static final int VERSION = 1;
  private static final int STALE = 1 << 31;

  private static final byte KNOWN = 1;
  private static final byte FREED = 2;
  private static final byte CLOCK_STEP = 3;
  private static final byte POOL = 4;
  private static final byte POOL_WITH_RULES = 5;
  private static final int RULES_BYTES = 4 + 4 + 1 + 2;

  private static final int CLAMP_MSS = 1;
  private static final int BLOCK_QUIC = 2;
  private static final int PROXY = 4;
  private static final int TPROXY = 8;
  private static final int OPEN = 16;

  private RecordFormat() {}

  /**
   * @param stale whether more has happened than the file says
   */
  static void appendFileHeader(ByteBuffer target, boolean stale) {
    int start = target.position();
    target.putLong(MAGIC).putInt(stale ? VERSION | STALE : VERSION);
    target.putInt(checksum(target, start, target.position()));
  }

  static boolean isFileHeader(byte[] bytes, boolean stale) {
    ByteBuffer expected = ByteBuffer.allocate(FILE_HEADER);
    appendFileHeader(expected, stale);
    return expected.flip().equals(ByteBuffer.wrap(bytes));
  }

  /** Bytes of a {@link Known} record. */
  static int size(Known known) {
    int size = RECORD_HEADER + 1 + size(known.fake()) + size(known.entry().real()) + 8 + 2 + 1;
    size += known.entry().route().getBytes(StandardCharsets.UTF_8).length;
    for (DomainName name : known.entry().names()) {
      size += 1 + name.length();
    }
    return size;
  }

  /** Bytes of a {@link Pool} record. */
  static int size(KnownPool pool) {
    int route = pool.route().getBytes(StandardCharsets.UTF_8).length;
    int rules = pool.rules().equals(RouteRules.NONE) ? 0 : RULES_BYTES;
    return RECORD_HEADER + 1 + 2 + route + size(pool.prefix().network()) + 1 + 1 + rules;
  }

  private static int size(IpAddress address) {
    return 1 + address.family().bytes();
  }

  /** Appends one record; {@code target} must have room for {@link #MOST_BYTES}. */
  static void append(JournalRecord record, ByteBuffer target) {
    int start = target.position();
    target.position(start + RECORD_HEADER);
    if (record instanceof Known known) {
      appendKnown(known, target);
    } else if (record instanceof Freed freed) {
      target.put(FREED).putShort((short) freed.fakes().size());
      freed.fakes().forEach(fake -> appendAddress(fake, target));
    } else if (record instanceof ClockStep step) {
      target.put(CLOCK_STEP).putLong(step.millis());
    } else if (record instanceof Pool pool) {
      appendPool(pool, target);
    }
    int end = target.position();
    target.putInt(start, end - start - RECORD_HEADER);
    target.putInt(start + 4, recordChecksum(target, start, end));
  }

  private static void appendKnown(Known known, ByteBuffer target) {
    JournalEntry entry = known.entry();
    target.put(KNOWN);
    appendAddress(known.fake(), target);
    appendAddress(entry.real(), target);
    target.putLong(entry.restingSinceMillis());
    byte[] route = entry.route().getBytes(StandardCharsets.UTF_8);
    target.putShort((short) route.length).put(route);
    target.put((byte) entry.names().size());
    byte[] name = new byte[WireName.MAX_LENGTH];
    for (DomainName each : entry.names()) {
      int length = each.copyTo(name, 0);
      target.put((byte) length).put(name, 0, length);
    }
  }

  private static void appendPool(Pool record, ByteBuffer target) {
    KnownPool pool = record.pool();
    boolean plain = pool.rules().equals(RouteRules.NONE);
    byte[] route = pool.route().getBytes(StandardCharsets.UTF_8);
    target.put(plain ? POOL : POOL_WITH_RULES).putShort((short) route.length).put(route);
    appendAddress(pool.prefix().network(), target);
    target.put((byte) pool.prefix().length()).put((byte) (record.over() ? 1 : 0));
    if (!plain) {
      appendRules(pool.rules(), target);
    }
  }

  private static void appendRules(RouteRules rules, ByteBuffer target) {
    ProxyRules proxy = rules.proxy();
    int bits = (rules.clampMss() ? CLAMP_MSS : 0) | (rules.blockQuic() ? BLOCK_QUIC : 0);
    if (proxy != null) {
      bits |= PROXY;
      bits |= proxy.inbound() == Inbound.TPROXY ? TPROXY : 0;
      bits |= proxy.failMode() == FailMode.OPEN ? OPEN : 0;
    }
    target.putInt(rules.mark()).putInt(rules.markMask()).put((byte) bits);
    target.putShort((short) (proxy == null ? 0 : proxy.port()));
  }

  private static @Nullable JournalRecord readPool(ByteBuffer source, boolean withRules) {
    byte[] route = readBytes(source, source.getShort() & 0xffff);
    IpAddress network = readAddress(source);
    int length = source.get() & 0xff;
    boolean over = source.get() != 0;
    RouteRules rules = withRules ? readRules(source) : RouteRules.NONE;
    String text = new String(route, StandardCharsets.UTF_8);
    IpPrefix prefix = network == null ? null : IpPrefix.parse(network + "/" + length);
    return prefix == null || rules == null || text.length() > JournalEntry.MOST_ROUTE_CHARACTERS
        ? null
        : new Pool(new KnownPool(text, prefix, rules), over);
  }

  /** Null for rules that the kernel would refuse, and with them the whole table. */
  private static @Nullable RouteRules readRules(ByteBuffer source) {
    int mark = source.getInt();
    int mask = source.getInt();
    int bits = source.get();
    int port = source.getShort() & 0xffff;
    boolean proxied = (bits & PROXY) != 0;
    boolean known = (bits & ~(CLAMP_MSS | BLOCK_QUIC | PROXY | TPROXY | OPEN)) == 0;
    if (!known || (mark & ~mask) != 0 || proxied != (port != 0)) {
      return null;
    }
    ProxyRules proxy =
        proxied
            ? new ProxyRules(
                (bits & TPROXY) != 0 ? Inbound.TPROXY : Inbound.REDIRECT,
                port,
                (bits & OPEN) != 0 ? FailMode.OPEN : FailMode.CLOSED)
            : null;
    return new RouteRules(mark, mask, (bits & CLAMP_MSS) != 0, (bits & BLOCK_QUIC) != 0, proxy);
  }

  private static void appendAddress(IpAddress address, ByteBuffer target) {
    target.put((byte) (address.family() == Family.IPV4 ? 4 : 6)).put(address.toBytes());
  }

  /** The length of the body that follows a record's header, -1 when none can have it. */
  static int bodyLength(byte[] header) {
    int length = ByteBuffer.wrap(header).getInt();
    return length < 1 || length > MOST_BYTES - RECORD_HEADER ? -1 : length;
  }

  /** The record, null when it is damaged. */
  static @Nullable JournalRecord read(byte[] header, byte[] body) {
    ByteBuffer whole = ByteBuffer.allocate(header.length + body.length).put(header).put(body);
    if (whole.getInt(4) != recordChecksum(whole, 0, whole.position())) {
      return null;
    }
    ByteBuffer source = whole.flip().position(RECORD_HEADER);
    try {
      JournalRecord record = readBody(source);
      return source.hasRemaining() ? null : record;
    } catch (BufferUnderflowException e) {
      return null; // Ends too early: damaged like the rest.
    }
  }

  private static @Nullable JournalRecord readBody(ByteBuffer source) {
    return switch (source.get()) {
      case KNOWN -> readKnown(source);
      case FREED -> readFreed(source);
      case CLOCK_STEP -> new ClockStep(source.getLong());
      case POOL -> readPool(source, false);
      case POOL_WITH_RULES -> readPool(source, true);
      default -> null;
    };
  }

  private static @Nullable JournalRecord readKnown(ByteBuffer source) {
    IpAddress fake = readAddress(source);
    IpAddress real = readAddress(source);
    long since = source.getLong();
    byte[] routeBytes = readBytes(source, source.getShort() & 0xffff);
    String route = new String(routeBytes, StandardCharsets.UTF_8);
    int count = source.get() & 0xff;
    List<DomainName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] wire = readBytes(source, source.get() & 0xff);
      if (!isName(wire)) {
        return null;
      }
      names.add(DomainName.ofCanonical(wire, wire.length));
    }
    if (fake == null || real == null || route.length() > JournalEntry.MOST_ROUTE_CHARACTERS) {
      return null;
    }
    return new Known(fake, new JournalEntry(real, route, names, since));
  }

  private static @Nullable JournalRecord readFreed(ByteBuffer source) {
    int count = source.getShort() & 0xffff;
    List<IpAddress> fakes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      IpAddress fake = readAddress(source);
      if (fake == null) {
        return null;
      }
      fakes.add(fake);
    }
    return new Freed(fakes);
  }

  private static @Nullable IpAddress readAddress(ByteBuffer source) {
    int tag = source.get();
    if (tag != 4 && tag != 6) {
      return null;
    }
    Family family = tag == 4 ? Family.IPV4 : Family.IPV6;
    return IpAddress.ofBytes(family, readBytes(source, family.bytes()), 0);
  }

  private static byte[] readBytes(ByteBuffer source, int count) {
    byte[] bytes = new byte[count];
    source.get(bytes);
    return bytes;
  }

  /** Whether the labels fill the array as they should. */
  private static boolean isName(byte[] wire) {
    int at = 0;
    while (at < wire.length && wire[at] > 0 && wire[at] <= WireName.MAX_LABEL_LENGTH) {
      at += wire[at] + 1;
    }
    return at == wire.length - 1 && wire[at] == 0;
  }

  private static int recordChecksum(ByteBuffer bytes, int start, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(start + 4).position(start));
    crc.update(bytes.duplicate().limit(end).position(start + RECORD_HEADER));
    return (int) crc.getValue();
  }

  private static int checksum(ByteBuffer bytes, int start, int end) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().limit(end).position(start));
    return (int) crc.getValue();
  }
}
