package io.dotp.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Names in wire form with a small value each, one after the other: what a list takes in memory
 * before it is made into a {@link SuffixSet}.
 *
 * <p>Shape: blocks of entries, none across two blocks; an entry is an octet with the length of the
 * name, two of value, the name. Blocks and not one array, so that a growing list is never copied.
 * Thread: one while it grows, any afterwards.
 */
final class NameBuffer {
  /** Octets of an entry before the name. */
  static final int HEADER = 3;

  private static final int SMALLEST_BLOCK = 1 << 8;
  private static final int LARGEST_BLOCK = 1 << 18;

  private final List<Block> blocks = new ArrayList<>();
  private int size;
  private long bytes;

  /** A run of entries. */
  private static final class Block {
    private byte[] bytes;
    private int end;

    private Block(int capacity) {
      this.bytes = new byte[capacity];
    }
  }

  /** Sees the entries in the order in which they came. */
  interface Visitor {
    /**
     * @param at where the header of the entry begins
     */
    void visit(byte[] block, int at);
  }

  /** Where the buffer ended at some time. */
  record Mark(int blocks, int end, int size, long bytes) {}

  /** Number of entries. */
  int size() {
    return size;
  }

  /** Bytes of all entries. */
  long bytes() {
    return bytes;
  }

  /**
   * @param value the lower 16 bits count
   */
  void add(byte[] name, int length, int value) {
    Block block = blockWithRoom(HEADER + length);
    block.bytes[block.end] = (byte) length;
    putValue(block.bytes, block.end, value);
    System.arraycopy(name, 0, block.bytes, block.end + HEADER, length);
    block.end += HEADER + length;
    size++;
    bytes += HEADER + length;
  }

  private Block blockWithRoom(int room) {
    if (!blocks.isEmpty()) {
      Block last = blocks.get(blocks.size() - 1);
      if (last.end + room <= last.bytes.length) {
        return last;
      }
    }
    int capacity = (int) Math.min(LARGEST_BLOCK, Math.max(SMALLEST_BLOCK, bytes));
    Block fresh = new Block(Math.max(capacity, room));
    blocks.add(fresh);
    return fresh;
  }

  void forEach(Visitor visitor) {
    for (Block block : blocks) {
      for (int at = 0; at < block.end; at += entryLength(block.bytes, at)) {
        visitor.visit(block.bytes, at);
      }
    }
  }

  Mark mark() {
    int last = blocks.size();
    return new Mark(last, last == 0 ? 0 : blocks.get(last - 1).end, size, bytes);
  }

  /** Forgets what was added since {@code mark}. */
  void rollback(Mark mark) {
    blocks.subList(mark.blocks, blocks.size()).clear();
    if (mark.blocks > 0) {
      blocks.get(mark.blocks - 1).end = mark.end;
    }
    size = mark.size;
    bytes = mark.bytes;
  }

  /** Gives back the room of the last block; nothing is added afterwards. */
  void trim() {
    if (!blocks.isEmpty()) {
      Block last = blocks.get(blocks.size() - 1);
      last.bytes = Arrays.copyOf(last.bytes, last.end);
    }
  }

  static int entryLength(byte[] block, int at) {
    return HEADER + (block[at] & 0xff);
  }

  static int value(byte[] block, int at) {
    return (block[at + 1] & 0xff) << 8 | (block[at + 2] & 0xff);
  }

  static void putValue(byte[] block, int at, int value) {
    block[at + 1] = (byte) (value >>> 8);
    block[at + 2] = (byte) value;
  }
}
