package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.UpstreamConfig;
import io.dotp.config.UpstreamEndpoint;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.name.DomainName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** One loop with a client on it, and waiting for what it says. */
final class Asker implements AutoCloseable {
  /** Long enough to be never reached in a test that passes. */
  static final long PATIENCE_SECONDS = 30;

  /** Repeats and fail-over that a test waits for. */
  static final UpstreamTimings QUICK =
      new UpstreamTimings(100, 150, 1_200, 60_000, 50, 60_000, 1_000);

  /** Nothing happens by time alone before a test has failed. */
  static final UpstreamTimings STEADY =
      new UpstreamTimings(60_000, 60_000, 90_000, 60_000, 60_000, 60_000, 20_000);

  final UpstreamMetrics metrics = new UpstreamMetrics();
  final UpstreamGroups groups;
  final UpstreamGroup group;
  final UpstreamClient client;
  final EventLoop loop;
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  private Asker(
      UpstreamTimings timings,
      boolean sharedSockets,
      RandomGenerator random,
      int port,
      String... servers) {
    this(timings, sharedSockets, random, List.of(plain(port, servers)));
  }

  private static UpstreamConfig plain(int port, String... servers) {
    return new UpstreamConfig(
        Arrays.stream(servers)
            .map(each -> Objects.requireNonNull(IpAddress.parse(each)))
            .map(each -> UpstreamEndpoint.plain(each, port))
            .toList(),
        List.of(),
        null);
  }

  private Asker(
      UpstreamTimings timings,
      boolean sharedSockets,
      RandomGenerator random,
      List<UpstreamConfig> configs) {
    groups =
        new UpstreamGroups(configs, timings, server -> sharedSockets, metrics, System::nanoTime);
    group = groups.get(0);
    loop = loops.next();
    client =
        new UpstreamClient(loop, groups, () -> name -> false, random, metrics, System::nanoTime);
  }

  static Asker of(UpstreamTimings timings, int port, String... servers) {
    return new Asker(timings, false, new SecureRandom(), port, servers);
  }

  static Asker of(UpstreamTimings timings, UpstreamConfig config) {
    return of(timings, List.of(config));
  }

  static Asker of(UpstreamTimings timings, List<UpstreamConfig> configs) {
    return new Asker(timings, false, new SecureRandom(), configs);
  }

  static Asker sharing(UpstreamTimings timings, int port, String... servers) {
    return new Asker(timings, true, new SecureRandom(), port, servers);
  }

  static Asker withRandom(RandomGenerator random, UpstreamConfig config) {
    return new Asker(STEADY, false, random, List.of(config));
  }

  static Asker withRandom(RandomGenerator random, int port, String... servers) {
    return new Asker(STEADY, false, random, port, servers);
  }

  CompletableFuture<Outcome> ask(String name) {
    return ask(query(name));
  }

  static UpstreamQuery query(String name) {
    return new UpstreamQuery(DomainName.parse(name), 1, 1, true, false, false, 0);
  }

  CompletableFuture<Outcome> ask(UpstreamQuery query) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    loop.execute(
        () ->
            client.ask(
                query,
                result -> {
                  assertThat(loop.inEventLoop()).isTrue();
                  assertThat(outcome.complete(Outcome.of(result))).isTrue();
                }));
    return outcome;
  }

  static Outcome await(CompletableFuture<Outcome> outcome) throws Exception {
    return outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  Outcome askAndWait(String name) throws Exception {
    return await(ask(name));
  }

  /** Waits until it holds. */
  static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("time is up").isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    client.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    assertThat(metrics.bugs.sum()).isZero();
  }

  /** A result as bytes, its buffer given back. */
  record Outcome(UpstreamResult result, List<Byte> bytes) {
    static Outcome of(UpstreamResult result) {
      if (result instanceof UpstreamResult.Received received) {
        ByteBuf message = received.message();
        byte[] copy = ByteBufUtil.getBytes(message);
        message.release();
        return new Outcome(result, asList(copy));
      }
      return new Outcome(result, List.of());
    }

    byte[] message() {
      byte[] copy = new byte[bytes.size()];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = bytes.get(i);
      }
      return copy;
    }

    void isGood() {
      assertThat(result).isInstanceOf(UpstreamResult.Received.class);
      assertThat(bytes).endsWith(toBoxed(Answers.GOOD));
    }

    void hasFailed(UpstreamResult.Cause cause) {
      assertThat(result).isEqualTo(new UpstreamResult.Failed(cause));
    }

    void hasRcode(int rcode) {
      assertThat(result)
          .isInstanceOfSatisfying(
              UpstreamResult.Received.class,
              received -> assertThat(received.facts().rcode()).isEqualTo(rcode));
    }

    private static List<Byte> asList(byte[] bytes) {
      return List.of(toBoxed(bytes));
    }

    private static Byte[] toBoxed(byte[] bytes) {
      Byte[] boxed = new Byte[bytes.length];
      for (int i = 0; i < boxed.length; i++) {
        boxed[i] = bytes[i];
      }
      return boxed;
    }
  }
}
