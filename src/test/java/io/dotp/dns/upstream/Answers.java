package io.dotp.dns.upstream;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Response bytes of a fixture: sound ones speak of {@link #GOOD}, all others of {@link #POISON}.
 */
final class Answers {
  static final byte[] GOOD = {(byte) 192, 0, 2, 1};
  static final byte[] POISON = {(byte) 203, 0, 113, 66};

  static final int QR = 0x8000;
  static final int TC = 0x0200;
  static final int RA = 0x0080;
  static final int SERVFAIL = 2;
  static final int NXDOMAIN = 3;
  static final int REFUSED = 5;

  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;

  private Answers() {}

  static byte[] good(byte[] query) {
    return message(query, QR | RA, 1, record(ownerOfQuestion(), CLASS_IN, GOOD));
  }

  static byte[] rcode(byte[] query, int rcode) {
    return message(query, QR | RA | rcode, 0, new byte[0]);
  }

  static byte[] truncated(byte[] query) {
    return message(query, QR | RA | TC, 0, new byte[0]);
  }

  /** An answer of exactly this length, most of it one TXT record. */
  static byte[] ofLength(byte[] query, int length) {
    byte[] question = question(query);
    byte[] data = new byte[length - 12 - question.length - 12];
    for (int i = 0; i < data.length; i += 256) {
      data[i] = (byte) Math.min(255, data.length - i - 1);
    }
    ByteBuffer record = ByteBuffer.allocate(12 + data.length);
    record.putShort((short) 0xc00c).putShort((short) 16).putShort((short) CLASS_IN).putInt(60);
    record.putShort((short) data.length).put(data);
    return message(query, QR | RA, 1, record.array());
  }

  /** The question of a query or response: name, type and class. */
  static byte[] question(byte[] message) {
    int at = 12;
    while (message[at] != 0) {
      at += message[at] + 1;
    }
    return Arrays.copyOfRange(message, 12, at + 5);
  }

  /** The first label of the question, in lower case. */
  static String label(byte[] message) {
    return new String(message, 13, message[12], StandardCharsets.US_ASCII)
        .toLowerCase(java.util.Locale.ROOT);
  }

  /** The question with all letters in the other case. */
  static byte[] inOtherCase(byte[] message) {
    byte[] changed = message.clone();
    int end = 12 + question(message).length - 4;
    for (int i = 12; i < end; i++) {
      if (Character.isLetter((char) changed[i]) && changed[i] > 63) {
        changed[i] = (byte) (changed[i] ^ 0x20);
      }
    }
    return changed;
  }

  /** The question with all letters in lower case. */
  static byte[] inLowerCase(byte[] message) {
    byte[] changed = message.clone();
    int end = 12 + question(message).length - 4;
    for (int i = 12; i < end; i++) {
      changed[i] = (byte) Character.toLowerCase((char) changed[i]);
    }
    return changed;
  }

  static byte[] message(byte[] query, int flags, int answers, byte[] records) {
    return message(query, flags, 1, question(query), answers, records);
  }

  static byte[] message(
      byte[] query, int flags, int questions, byte[] question, int answers, byte[] records) {
    ByteBuffer message = ByteBuffer.allocate(12 + question.length + records.length);
    message.put(query, 0, 2).putShort((short) (flags | query[2] << 8 & 0x0100));
    message.putShort((short) questions).putShort((short) answers).putInt(0);
    return message.put(question).put(records).array();
  }

  static byte[] ownerOfQuestion() {
    return new byte[] {(byte) 0xc0, 12};
  }

  static byte[] record(byte[] owner, int dclass, byte[] data) {
    return record(owner, dclass, data.length, data);
  }

  static byte[] record(byte[] owner, int dclass, int claimedLength, byte[] data) {
    ByteBuffer record = ByteBuffer.allocate(owner.length + 10 + data.length);
    record.put(owner).putShort((short) TYPE_A).putShort((short) dclass).putInt(60);
    return record.putShort((short) claimedLength).put(data).array();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
