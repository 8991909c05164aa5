package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More queries over one connection than there are IDs, and no answer is another's. */
class StreamIdsTest {
  private static final int AT_A_TIME = 500;

  @TempDir static Path directory;

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger crossed = new AtomicInteger();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  private int queries;

  @Test
  void taggedQueries_overOneTlsConnection_areNeverCrossed() throws Exception {
    askOverOneConnection(70_000);
  }

  @Test
  @Tag("full")
  void twoHundredThousandTaggedQueries_areNeverCrossed() throws Exception {
    askOverOneConnection(200_000);
  }

  private void askOverOneConnection(int count) throws Exception {
    queries = count;
    TestPki pki = new TestPki(directory);
    try (TagServer server = new TagServer(pki.server("dns:" + Servers.NAME));
        Asker asker =
            Asker.withRandom(everyId(), Servers.tls(server.port(), Servers.NAME, pki.caFile()))) {
      asker.loop.execute(
          () -> {
            for (int i = 0; i < AT_A_TIME; i++) {
              askNext(asker);
            }
          });
      end.get(8 * Asker.PATIENCE_SECONDS, TimeUnit.SECONDS);

      assertThat(answered).hasValue(queries);
      assertThat(crossed).hasValue(0);
      assertThat(server.accepted).hasValue(1);
      assertThat(server.ids.cardinality()).isEqualTo(65_536);
    }
  }

  /**
   * All IDs in turn, far apart; chance alone leaves out some. Through TLS nothing else is drawn.
   */
  private static RandomGenerator everyId() {
    return new RandomGenerator() {
      private int id;

      @Override
      public long nextLong() {
        throw new UnsupportedOperationException("only bytes are drawn");
      }

      @Override
      public void nextBytes(byte[] bytes) {
        for (int i = 0; i + 1 < bytes.length; i += 2) {
          id = (id + 40_503) & 0xffff;
          bytes[i] = (byte) (id >> 8);
          bytes[i + 1] = (byte) id;
        }
      }
    };
  }

  /** On the asker's loop. */
  private void askNext(Asker asker) {
    int tag = asked.getAndIncrement();
    if (tag >= queries) {
      return;
    }
    String label = "t" + tag;
    asker.client.ask(
        Asker.query(label + ".example.test"),
        result -> {
          if (result instanceof UpstreamResult.Received received) {
            byte[] message = ByteBufUtil.getBytes(received.message());
            received.message().release();
            if (!Answers.label(message).equals(label) || TagServer.tag(message) != tag) {
              crossed.incrementAndGet();
            }
            answered.incrementAndGet();
          }
          if (asked.get() >= queries && answered.get() >= queries) {
            end.complete(null);
          } else {
            // Not from within: answers come faster than the stack could unwind.
            asker.loop.execute(() -> askNext(asker));
          }
        });
  }
}
