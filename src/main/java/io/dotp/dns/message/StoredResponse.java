package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A sound response that can be sent to many clients, each time with the TTLs of the moment. An OPT
 * record at its end is gone; what it said of the RCODE is in {@link #facts}. Immutable. Thread:
 * any.
 */
public final class StoredResponse {
  private static final int[] NONE = {};

  /** On the heap and never released; only read at absolute indexes, for loops share it. */
  private final ByteBuf bytes;

  private final ResponseFacts facts;
  private final int[] ttls;
  private final int[] limitedTtls;
  private final int lifetimeSeconds;

  /**
   * @param bytes a whole message on the heap, never released
   * @param ttls offsets of TTLs that age, ascending
   * @param limitedTtls offsets of those that a lease limits besides, ascending
   */
  StoredResponse(
      ByteBuf bytes, ResponseFacts facts, int[] ttls, int[] limitedTtls, int lifetimeSeconds) {
    this.bytes = bytes;
    this.facts = facts;
    this.ttls = ttls;
    this.limitedTtls = limitedTtls;
    this.lifetimeSeconds = lifetimeSeconds;
  }

  /** Copies an upstream's response; borrows it. */
  public static StoredResponse of(ByteBuf response, ResponseFacts facts) {
    TtlFields fields = TtlFields.of(response, facts);
    boolean cut = facts.optIsLast();
    int end = cut ? facts.optOffset() : facts.end();
    byte[] copy = new byte[end];
    response.getBytes(response.readerIndex(), copy);
    ByteBuf bytes = Unpooled.wrappedBuffer(copy);
    if (cut) {
      bytes.setShort(10, bytes.getUnsignedShort(10) - 1);
    }
    if (fields.isNegative()) {
      // Aged from its own TTL, which may be longer, it would be kept for too long behind us.
      bytes.setInt(fields.soaTtl(), fields.negativeTtl());
    }
    ResponseFacts bare =
        new ResponseFacts(
            end,
            facts.questionEnd(),
            facts.rcode(),
            cut ? -1 : facts.optOffset(),
            cut ? 0 : facts.optLength(),
            facts.mentionsListed());
    // Nobody puts records behind the OPT record but for signed transactions: not worth the effort.
    int lifetime = bare.optOffset() < 0 ? fields.lifetime() : 0;
    return new StoredResponse(bytes, bare, fields.offsets(), NONE, lifetime);
  }

  /** The message, to be read at absolute indexes from 0 only; not to be released. */
  public ByteBuf bytes() {
    return bytes;
  }

  public ResponseFacts facts() {
    return facts;
  }

  /** How long it may be kept; 0 for not at all, as a failure. */
  public int lifetimeSeconds() {
    return lifetimeSeconds;
  }

  /** What it takes of the heap, roughly. */
  public int heapBytes() {
    return bytes.capacity() + 4 * (ttls.length + limitedTtls.length) + 200;
  }

  /**
   * The reply to one client, see {@link Replies#ofStored}.
   *
   * @param ede INFO-CODE of an Extended DNS Error, null for none
   */
  ByteBuf reply(
      ClientQuestion client,
      Ttls now,
      @Nullable Integer ede,
      int maxSize,
      ByteBufAllocator allocator) {
    ByteBuf reply =
        Replies.body(bytes, facts, client, maxSize - Replies.optLength(client, ede), allocator);
    patch(reply, ttls, now, false);
    patch(reply, limitedTtls, now, true);
    Replies.finish(reply, facts.rcode(), client, ede);
    return reply;
  }

  /** Behind a cut there is nothing to patch: the offsets ascend. */
  private static void patch(ByteBuf reply, int[] offsets, Ttls now, boolean limited) {
    int end = reply.writerIndex();
    for (int i = 0; i < offsets.length && offsets[i] < end; i++) {
      reply.setInt(offsets[i], now.of(reply.getInt(offsets[i]), limited));
    }
  }
}
