package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.CacheConfig;
import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.ResponseWalk;
import io.dotp.dns.message.TestMessage;
import io.dotp.dns.upstream.UpstreamQuery;
import io.dotp.dns.upstream.UpstreamResult;
import io.dotp.name.DomainName;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseCacheTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
  private final ResponseCache cache =
      new ResponseCache(new CacheConfig(1 << 20, Duration.ofHours(1)), clock::get);

  @Test
  void get_withinTheShortestTtl_isFresh() {
    keep(query("a.test", 1), response("a.test. A").answer("a.test. 10 IN A 203.0.113.1"));

    skip(9);

    CachedResponse cached = Objects.requireNonNull(cache.get(query("a.test", 1)));
    assertThat(cached.isFresh(clock.get())).isTrue();
    assertThat(cached.ageSeconds(clock.get())).isEqualTo(9);
    skip(1);
    assertThat(cached.isFresh(clock.get())).isFalse();
  }

  @Test
  void get_staleForLongerThanAllowed_isNothing() {
    keep(query("a.test", 1), response("a.test. A").answer("a.test. 10 IN A 203.0.113.1"));

    skip(10 + 3599);

    assertThat(cache.get(query("a.test", 1))).isNotNull();
    skip(1);
    assertThat(cache.get(query("a.test", 1))).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "name, b.test, 1, false, false, 0",
    "type, a.test, 28, false, false, 0",
    "CD, a.test, 1, true, false, 0",
    "DO, a.test, 1, false, true, 0",
    "group, a.test, 1, false, false, 1"
  })
  void get_anotherQuestion_isNothing(
      String what, String name, int type, boolean cd, boolean dnssecOk, int group) {
    keep(query("a.test", 1), response("a.test. A").answer("a.test. 10 IN A 203.0.113.1"));

    UpstreamQuery other =
        new UpstreamQuery(DomainName.parse(name), type, 1, true, cd, dnssecOk, group);

    assertThat(cache.get(other)).isNull();
  }

  @Test
  void keep_moreThanItMayHold_staysWithinItsBytes() {
    for (int i = 0; i < 20_000; i++) {
      String name = "n" + i + ".test";
      keep(query(name, 1), response(name + ". A").answer(name + ". 1000 IN A 203.0.113.1"));
    }

    // The least that an entry can weigh is more than 300 bytes.
    assertThat(cache.size()).isBetween(500L, (1L << 20) / 300);
  }

  @Test
  void keep_sizeZero_keepsNothing() {
    ResponseCache none = new ResponseCache(new CacheConfig(0, Duration.ofHours(1)), clock::get);

    none.keep(
        query("a.test", 1), received(response("a.test. A").answer("a.test. 9 IN A 9.9.9.9")), 0);

    assertThat(none.get(query("a.test", 1))).isNull();
    assertThat(none.size()).isZero();
  }

  private static UpstreamQuery query(String name, int type) {
    return new UpstreamQuery(DomainName.parse(name), type, 1, true, false, false, 0);
  }

  private void keep(UpstreamQuery query, TestMessage message) {
    cache.keep(query, received(message), 0);
  }

  private static UpstreamResult received(TestMessage message) {
    ByteBuf bytes = message.buffer();
    @Nullable ResponseFacts facts = new ResponseWalk().walk(bytes, name -> false);
    return new UpstreamResult.Received(bytes, Objects.requireNonNull(facts));
  }

  private void skip(long seconds) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }
}
