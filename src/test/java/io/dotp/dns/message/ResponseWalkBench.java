package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.xbill.DNS.Message;

/** The walk of a plain answer, of a chain, and of the worst that 64 kB can hold. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ResponseWalkBench {
  private static final int LONGEST = 65_535;
  private final ResponseWalk walk = new ResponseWalk();
  private final QueryView view = new QueryView();

  /** Which message. */
  @Param({"address", "chain", "hostile"})
  public String kind = "address";

  private ByteBuf response = PooledByteBufAllocator.DEFAULT.directBuffer();
  private ByteBuf query = PooledByteBufAllocator.DEFAULT.directBuffer();
  private byte[] bytes = new byte[0];

  /** Makes the message. */
  @Setup
  public void make() {
    query.writeBytes(TestMessage.query("www.example.test. A").opt(1232, 0, 0).bytes());
    switch (kind) {
      case "address" ->
          response.writeBytes(
              TestMessage.response("www.example.test. A")
                  .answer(
                      "www.example.test. 300 IN A 203.0.113.1",
                      "www.example.test. 300 IN A 203.0.113.2")
                  .opt(1232, 0, 0)
                  .bytes());
      case "chain" ->
          response.writeBytes(
              TestMessage.response("www.example.test. A")
                  .answer(
                      "www.example.test. 300 IN CNAME www.example.cdn.test.",
                      "www.example.cdn.test. 300 IN CNAME edge7.cdn.test.",
                      "edge7.cdn.test. 300 IN A 203.0.113.1",
                      "edge7.cdn.test. 300 IN A 203.0.113.2",
                      "edge7.cdn.test. 300 IN A 203.0.113.3")
                  .opt(1232, 0, 0)
                  .bytes());
      default -> response.writeBytes(WalkCostTest.Attack.LABEL_BEFORE_A_LONG_NAME.message(LONGEST));
    }
    bytes = new byte[response.readableBytes()];
    response.getBytes(0, bytes);
  }

  /** The product's way. */
  @Benchmark
  public @Nullable Object walk() {
    return walk.walk(response, name -> false);
  }

  /** What it replaces: a decoded message. */
  @Benchmark
  public Object decode() throws IOException {
    return new Message(bytes);
  }

  /** The other reader of the hot path. */
  @Benchmark
  public Object read() {
    return view.read(query);
  }
}
