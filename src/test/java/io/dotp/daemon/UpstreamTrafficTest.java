package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;

/** What a whole daemon sends upstream. */
class UpstreamTrafficTest {
  private static final String QUESTION = "03777777076578616d706c65036f72670000010001";

  @TempDir private Path stateDir;
  private LoopbackDaemon loopback;

  @BeforeEach
  void start() throws Exception {
    loopback = new LoopbackDaemon(List.of("-d", "example.com", "-4", "198.18.0.0/24"), stateDir);
  }

  @AfterEach
  void stop() throws Exception {
    loopback.close();
  }

  /** Client subnet (RFC 7871), cookie and padding are between a client and us. */
  @Test
  void query_withOptionsOfOneHop_reachesTheUpstreamWithoutThem() throws IOException {
    List<byte[]> arrived = new CopyOnWriteArrayList<>();
    loopback
        .upstream()
        .answerRaw(
            query -> {
              arrived.add(query);
              query[2] |= (byte) 0x80;
              return query;
            });
    byte[] query =
        bytes(
            "0079 0100 0001 0000 0000 0001 Q 00 0029 04d0 0000 0000 0023"
                + " 0008 0007 0001 1800 c00002 000a 0008 0102030405060708 000c 0008 0000000000000000");

    byte[] answer = loopback.client().ask(query, false);

    assertThat(answer).isNotNull();
    Message sent = new Message(arrived.get(0));
    assertThat(sent.getOPT()).isNotNull();
    assertThat(sent.getOPT().getOptions()).isEmpty();
    assertThat(new Message(answer).getOPT().getOptions()).isEmpty();
  }

  /** Over both loops: equal questions are one, and everybody has an answer. */
  @Test
  void fiftyEqualQueries_areOneUpstreamQueryAndFiftyAnswers() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    loopback
        .upstream()
        .answerRaw(
            query -> {
              asked.incrementAndGet();
              await(taken);
              query[2] |= (byte) 0x80;
              return query;
            });
    List<DatagramSocket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        DatagramSocket client = new DatagramSocket();
        client.setSoTimeout(30_000);
        clients.add(client);
        byte[] query = bytes(String.format("%04x 0100 0001 0000 0000 0000 Q", i + 1));
        client.send(new DatagramPacket(query, query.length, loopback.address()));
      }
      await(() -> loopback.daemon().status().contains("queries=50 "));
      taken.countDown();

      for (int i = 0; i < 50; i++) {
        DatagramPacket answer = new DatagramPacket(new byte[512], 512);
        clients.get(i).receive(answer);
        assertThat(answer.getData()[1]).isEqualTo((byte) (i + 1));
      }
    } finally {
      clients.forEach(DatagramSocket::close);
    }
    assertThat(asked).hasValue(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace("Q", QUESTION).replace(" ", ""));
  }
}
