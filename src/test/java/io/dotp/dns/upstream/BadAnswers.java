package io.dotp.dns.upstream;

import static io.dotp.dns.upstream.Answers.POISON;
import static io.dotp.dns.upstream.Answers.QR;
import static io.dotp.dns.upstream.Answers.RA;
import static io.dotp.dns.upstream.Answers.concat;
import static io.dotp.dns.upstream.Answers.message;
import static io.dotp.dns.upstream.Answers.ownerOfQuestion;
import static io.dotp.dns.upstream.Answers.question;
import static io.dotp.dns.upstream.Answers.record;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;

/** What a forger or a broken server sends, by the name of the case. */
final class BadAnswers {
  /** Cannot be an answer to our query. */
  static final Map<String, UnaryOperator<byte[]>> FOREIGN = new LinkedHashMap<>();

  /** Match our query, but their body is malformed. */
  static final Map<String, UnaryOperator<byte[]>> MALFORMED = new LinkedHashMap<>();

  private static final int OPCODE_UPDATE = 5 << 11;

  private BadAnswers() {}

  static {
    FOREIGN.put("wrongid", query -> with(poison(query), 1, query[1] ^ 1));
    FOREIGN.put("short11", query -> Arrays.copyOf(poison(query), 11));
    FOREIGN.put("empty", query -> new byte[0]);
    FOREIGN.put("wrongqname", query -> with(poison(query), 13, 'z'));
    FOREIGN.put("wrongqtype", query -> with(poison(query), 12 + question(query).length - 3, 28));
    FOREIGN.put("wrongqclass", query -> with(poison(query), 12 + question(query).length - 1, 3));
    FOREIGN.put(
        "noq", query -> message(query, QR | RA, 0, new byte[0], 1, record(root(), 1, POISON)));
    FOREIGN.put(
        "twoq",
        query ->
            message(
                query,
                QR | RA,
                2,
                concat(question(query), question(query)),
                1,
                record(ownerOfQuestion(), 1, POISON)));
    FOREIGN.put("qr0", query -> with(poison(query), 2, poison(query)[2] & 0x7f));
    FOREIGN.put("garbage", BadAnswers::garbage);
    FOREIGN.put("hdronly", query -> Arrays.copyOf(poison(query), 12));
    FOREIGN.put(
        "opcode",
        query -> message(query, QR | RA | OPCODE_UPDATE, 1, record(ownerOfQuestion(), 1, POISON)));
    FOREIGN.put("formerrnoq", query -> message(query, QR | 1, 0, new byte[0], 0, new byte[0]));
    FOREIGN.put("refusednoq", query -> message(query, QR | 5, 0, new byte[0], 0, new byte[0]));

    MALFORMED.put("loopptr", query -> owned(query, pointer(recordStart(query))));
    MALFORMED.put("fwdptr", query -> owned(query, pointer(recordStart(query) + 8)));
    MALFORMED.put("ptroor", query -> owned(query, pointer(4000)));
    MALFORMED.put("ptrhdr", query -> owned(query, pointer(4)));
    MALFORMED.put("label40", query -> owned(query, new byte[] {0x40, 'a', 0}));
    MALFORMED.put("ptrchain", BadAnswers::pointerChain);
    MALFORMED.put("rdlenover", query -> data(query, 400, POISON));
    MALFORMED.put("rdlen0", query -> data(query, 0, new byte[0]));
    MALFORMED.put("rdlen5", query -> data(query, 5, concat(POISON, new byte[1])));
    MALFORMED.put(
        "anlie", query -> message(query, QR | RA, 65_535, record(ownerOfQuestion(), 1, POISON)));
    MALFORMED.put("name256", query -> owned(query, longName()));
    MALFORMED.put(
        "ansother", query -> owned(query, "\6victim\4test\0".getBytes(StandardCharsets.US_ASCII)));
    MALFORMED.put(
        "ansclass", query -> message(query, QR | RA, 1, record(ownerOfQuestion(), 3, POISON)));
  }

  /** The bad answer of a case to a query. */
  static byte[] of(String label, byte[] query) {
    UnaryOperator<byte[]> answer = FOREIGN.get(label);
    return Objects.requireNonNull(answer == null ? MALFORMED.get(label) : answer).apply(query);
  }

  static byte[] poison(byte[] query) {
    return message(query, QR | RA, 1, record(ownerOfQuestion(), 1, POISON));
  }

  private static byte[] root() {
    return new byte[1];
  }

  private static byte[] with(byte[] message, int index, int value) {
    message[index] = (byte) value;
    return message;
  }

  private static byte[] garbage(byte[] query) {
    byte[] bytes = new byte[60];
    new Random(7).nextBytes(bytes);
    bytes[0] = query[0];
    bytes[1] = query[1];
    return bytes;
  }

  private static int recordStart(byte[] query) {
    return 12 + question(query).length;
  }

  private static byte[] pointer(int offset) {
    return new byte[] {(byte) (0xc0 | offset >> 8), (byte) offset};
  }

  private static byte[] owned(byte[] query, byte[] owner) {
    return message(query, QR | RA, 1, record(owner, 1, POISON));
  }

  private static byte[] data(byte[] query, int claimedLength, byte[] data) {
    return message(query, QR | RA, 1, record(ownerOfQuestion(), 1, claimedLength, data));
  }

  /** A record full of pointers, each to the one before, and one whose owner is the last of them. */
  private static byte[] pointerChain(byte[] query) {
    int data = recordStart(query) + 12;
    ByteArrayOutputStream chain = new ByteArrayOutputStream();
    chain.writeBytes(pointer(12));
    for (int i = 1; i <= 120; i++) {
      chain.writeBytes(pointer(data + 2 * (i - 1)));
    }
    byte[] holder = record(ownerOfQuestion(), 1, chain.size(), chain.toByteArray());
    holder[3] = 16;
    return message(query, QR | RA, 2, concat(holder, record(pointer(data + 240), 1, POISON)));
  }

  private static byte[] longName() {
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    for (int i = 0; i < 4; i++) {
      name.write(63);
      name.writeBytes("a".repeat(63).getBytes(StandardCharsets.US_ASCII));
    }
    name.write(0);
    return name.toByteArray();
  }
}
