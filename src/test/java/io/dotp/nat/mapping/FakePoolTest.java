package io.dotp.nat.mapping;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.nat.mapping.Mapping.State;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets which fake, and for how long it rests. */
class FakePoolTest {
  private static final FakePool.Rest REST = new FakePool.Rest(3600, 120);
  private static final long LEASE = 90;

  private static FakePool pool(String prefix, int capacity) {
    return pool(RouteId.DEFAULT, prefix, capacity, 1);
  }

  private static FakePool pool(RouteId route, String prefix, int capacity, int keyByte) {
    byte[] key = new byte[SipHash.KEY_BYTES];
    key[0] = (byte) keyByte;
    return new FakePool(
        route,
        Routes.place(route),
        requireNonNull(IpPrefix.parse(prefix)),
        List.of(),
        new SipHash(key),
        capacity,
        REST);
  }

  private static FakePool reserving(String prefix, String... reserve) {
    return new FakePool(
        RouteId.DEFAULT,
        0,
        requireNonNull(IpPrefix.parse(prefix)),
        Arrays.stream(reserve).map(text -> requireNonNull(IpPrefix.parse(text))).toList(),
        new SipHash(new byte[SipHash.KEY_BYTES]),
        1000,
        REST);
  }

  private static Mapping take(FakePool pool, String name, int number, @Nullable IpAddress client) {
    return requireNonNull(pool.take(DomainName.parse(name), real(number), client));
  }

  private static IpAddress real(int number) {
    return IpAddress.ofIpv4(0xcb007100 + number);
  }

  private static Mapping take(FakePool pool, int number) {
    return requireNonNull(pool.take(null, real(number), null));
  }

  private static Mapping live(FakePool pool, int number) {
    Mapping mapping = take(pool, number);
    pool.activate(mapping, 0, LEASE);
    return mapping;
  }

  private static void retireAndRest(FakePool pool, Mapping mapping, long now) {
    assertThat(pool.tryRetire(mapping, now)).isTrue();
    pool.rest(mapping, now);
  }

  @ParameterizedTest
  @CsvSource({
    "198.18.0.0/30, 2",
    "198.18.0.0/29, 6",
    "198.18.0.0/24, 254",
    "198.18.0.0/31, 0",
    "198.18.0.0/32, 0",
    "2001:2::/126, 3",
    "2001:2::/120, 255",
    "2001:2::/128, 0",
  })
  void take_untilFull_givesEveryUsableHostOnce(String prefix, int usable) {
    FakePool pool = pool(prefix, 1000);
    Set<IpAddress> fakes = new HashSet<>();

    for (int i = 0; i < usable; i++) {
      fakes.add(take(pool, i).fake());
    }

    assertThat(pool.size()).isEqualTo(usable);
    assertThat(fakes).hasSize(usable).allMatch(pool.prefix()::contains);
    assertThat(fakes).doesNotContain(pool.prefix().network());
    assertThat(pool.take(null, real(usable), null)).isNull();
  }

  @Test
  void take_wholeSixteenBitPool_excludesBroadcast() {
    FakePool pool = pool("198.18.0.0/16", 100_000);
    Set<IpAddress> fakes = new HashSet<>();

    for (int i = 0; i < 65_534; i++) {
      fakes.add(take(pool, i).fake());
    }

    assertThat(fakes).hasSize(65_534);
    assertThat(fakes).doesNotContain(requireNonNull(IpAddress.parse("198.18.255.255")));
    assertThat(pool.take(null, real(65_534), null)).isNull();
  }

  @Test
  void take_largePrefix_isCappedByTheKernelsSets() {
    FakePool pool = pool("2001:2:0:1::/64", 10);
    for (int i = 0; i < 10; i++) {
      take(pool, i);
    }

    Mapping eleventh = pool.take(null, real(10), null);

    assertThat(eleventh).isNull();
    assertThat(pool.usedPercent()).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource({"198.18.0.0/15", "10.0.0.0/8", "2001:2:0:1::/64", "2001:2::/48", "2001::/32"})
  void take_sameKey_givesSameFakeWhateverTheOrder(String prefix) {
    FakePool one = pool(prefix, 1000);
    FakePool other = pool(prefix, 1000);
    Map<IpAddress, IpAddress> fakes = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      fakes.put(real(i), take(one, i).fake());
    }

    for (int i = 19; i >= 0; i--) {
      assertThat(take(other, i).fake()).isEqualTo(fakes.get(real(i)));
    }
    assertThat(fakes.values()).doesNotHaveDuplicates().allMatch(one.prefix()::contains);
  }

  /** Fakes that gateways have given out: a change of the hash would make them choose anew. */
  @ParameterizedTest
  @CsvSource({
    "198.18.0.0/15, 0, 203.0.113.10, 198.18.225.89",
    "198.18.0.0/15, 1, 203.0.113.10, 198.19.134.225",
    "198.18.0.0/28, 0, 203.0.113.10, 198.18.0.3",
    "198.18.0.0/28, 1, 203.0.113.10, 198.18.0.9",
    "10.0.0.0/8, 0, 203.0.113.10, 10.244.45.195",
    "10.0.0.0/8, 1, 203.0.113.10, 10.58.27.75",
    "2001:2:0:d07::/64, 0, 2001:db8::1, 2001:2:0:d07:7576:f9d7:184d:8552",
    "2001:2:0:d07::/64, 1, 2001:db8::1, 2001:2:0:d07:594f:a11f:5518:fd69",
    "2001:2::/48, 0, 2001:db8::1, 2001:2::7576:f9d7:184d:8552",
    "2001:2::/48, 1, 2001:db8::1, 2001:2::594f:a11f:5518:fd69"
  })
  void take_addressAsKey_choosesTheFakeOfAllVersions(
      String prefix, int route, String real, String fake) {
    byte[] key = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    FakePool pool =
        new FakePool(
            Routes.id(route),
            route,
            requireNonNull(IpPrefix.parse(prefix)),
            List.of(),
            new SipHash(key),
            1000,
            REST);

    Mapping mapping = pool.take(null, requireNonNull(IpAddress.parse(real)), null);

    assertThat(requireNonNull(mapping).fake()).isEqualTo(IpAddress.parse(fake));
  }

  @Test
  void take_otherKeyOrRoute_givesOtherFake() {
    IpAddress fake = take(pool("2001:2::/48", 10), 1).fake();

    IpAddress otherKey = take(pool(RouteId.DEFAULT, "2001:2::/48", 10, 2), 1).fake();
    IpAddress otherRoute = take(pool(Routes.id(1), "2001:2::/48", 10, 1), 1).fake();

    assertThat(Set.of(fake, otherKey, otherRoute)).hasSize(3);
  }

  @Test
  void take_manyReals_areSpreadEvenly() {
    FakePool pool = pool("198.18.0.0/15", 131_072);
    int[] buckets = new int[16];

    for (int i = 0; i < 16_000; i++) {
      buckets[(int) (take(pool, i).fake().low() >>> 13 & 15)]++;
    }

    assertThat(buckets).matches(counts -> Arrays.stream(counts).allMatch(n -> n > 850 && n < 1150));
  }

  @Test
  void take_ownerOfAFake_isABug() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    take(pool, 1);

    assertThatThrownBy(() -> take(pool, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void giveBack_freshMapping_isFreeAtOnce() {
    FakePool pool = pool("198.18.0.0/30", 1000);
    Mapping mapping = take(pool, 1);

    pool.giveBack(mapping, 0);

    assertThat(pool.used()).isZero();
    assertThat(pool.owned(real(1))).isNull();
  }

  @Test
  void giveBack_revivedMapping_restsAgain() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    Mapping mapping = live(pool, 1);
    retireAndRest(pool, mapping, 100);
    pool.revive(mapping);

    pool.giveBack(mapping, 200);

    assertThat(mapping.state()).isEqualTo(State.QUARANTINED);
    assertThat(release(pool, 3799, 10)).isZero();
    assertThat(release(pool, 3800, 10)).isEqualTo(1);
  }

  @Test
  void release_roomyPool_waitsForTheWholeRest() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    retireAndRest(pool, live(pool, 1), 100);

    assertThat(release(pool, 3699, 10)).isZero();
    assertThat(release(pool, 3700, 10)).isEqualTo(1);
    assertThat(pool.owned(real(1))).isNull();
  }

  @Test
  void release_crowdedPool_freesTheOldestDownToTheThreshold() {
    FakePool pool = pool("198.18.0.0/28", 10);
    for (int i = 0; i < 10; i++) {
      retireAndRest(pool, live(pool, i), 100 + i);
    }

    assertThat(release(pool, 219, 10)).isZero();
    assertThat(release(pool, 300, 10)).isEqualTo(2);
    assertThat(pool.owned(real(0))).isNull();
    assertThat(pool.owned(real(1))).isNull();
    assertThat(pool.owned(real(2))).isNotNull();
  }

  @Test
  void release_limit_isKept() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    for (int i = 0; i < 20; i++) {
      retireAndRest(pool, live(pool, i), 100);
    }

    assertThat(release(pool, 5000, 8)).isEqualTo(8);
    assertThat(pool.count(State.QUARANTINED)).isEqualTo(12);
  }

  @Test
  void take_fullOfRestedFakes_needsOneFreed() {
    FakePool pool = pool("198.18.0.0/30", 1000);
    retireAndRest(pool, live(pool, 1), 100);
    retireAndRest(pool, live(pool, 2), 100);

    Mapping early = pool.take(null, real(3), null);
    int tooSoon = release(pool, 219, 10);
    int freed = release(pool, 220, 10);
    Mapping late = pool.take(null, real(3), null);

    assertThat(early).isNull();
    assertThat(tooSoon).isZero();
    assertThat(freed).isPositive();
    assertThat(late).isNotNull();
  }

  @Test
  void hold_restedFake_isAskedAboutAgainLater() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    Mapping mapping = live(pool, 1);
    retireAndRest(pool, mapping, 100);
    long rested = 3700;

    pool.hold(mapping, rested);

    assertThat(pool.rested(rested, 10)).isEmpty();
    assertThat(pool.rested(rested + 10_000_000_000L, 10)).containsExactly(mapping);
    assertThat(pool.owned(real(1))).isSameAs(mapping);
    pool.revive(mapping);
    assertThat(mapping.state()).isEqualTo(State.PENDING);
  }

  @Test
  void adoptResting_anOwnersFake_revivesIt() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    IpAddress fake = requireNonNull(IpAddress.parse("198.18.0.77"));

    Mapping mapping = pool.adoptResting(fake, null, real(1), -50);

    assertThat(pool.owned(real(1))).isSameAs(mapping);
    assertThat(mapping.state()).isEqualTo(State.QUARANTINED);
    assertThat(pool.rested(3549, 10)).isEmpty();
    assertThat(pool.rested(3550, 10)).containsExactly(mapping);
  }

  @Test
  void owned_atRest_keepsItsFake() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    Mapping mapping = live(pool, 1);
    retireAndRest(pool, mapping, 100);

    pool.revive(requireNonNull(pool.owned(real(1))));
    pool.activate(mapping, 200, LEASE);

    assertThat(mapping.state()).isEqualTo(State.LIVE);
    assertThat(release(pool, 100_000, 10)).isZero();
  }

  @Test
  void adopt_anyPlace_isLiveAndTaken() {
    FakePool pool = pool("198.18.0.0/30", 1000);
    IpAddress fake = requireNonNull(IpAddress.parse("198.18.0.2"));

    Mapping adopted = pool.adopt(fake, null, real(1), 0, LEASE);
    Mapping next = take(pool, 2);

    assertThat(pool.owned(real(1))).isSameAs(adopted);
    assertThat(adopted.leaseLeftNanos(0)).isEqualTo(LEASE);
    assertThat(next.fake()).isEqualTo(IpAddress.parse("198.18.0.1"));
    assertThat(pool.take(null, real(3), null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "198.18.0.0/24, 198.18.0.255",
    "2001:2::/32, 2001:2:ffff::7",
    "2001:2::/48, 2001:2::"
  })
  void adopt_placeThatIsNeverGivenOut_works(String prefix, String fake) {
    FakePool pool = pool(prefix, 1000);

    Mapping adopted = pool.adopt(requireNonNull(IpAddress.parse(fake)), null, real(1), 0, LEASE);
    retireAndRest(pool, adopted, LEASE);

    assertThat(release(pool, 10_000, 10)).isEqualTo(1);
    assertThat(pool.used()).isZero();
  }

  @Test
  void adopt_twoFakesOfOneReal_theHashedPlaceOwns() {
    IpAddress hashed = take(pool("198.18.0.0/24", 1000), 1).fake();
    IpAddress before = IpAddress.ofIpv4((int) hashed.low() - 1);
    FakePool oneOrder = pool("198.18.0.0/24", 1000);
    FakePool otherOrder = pool("198.18.0.0/24", 1000);

    oneOrder.adopt(before, null, real(1), 0, LEASE);
    oneOrder.adopt(hashed, null, real(1), 0, LEASE);
    otherOrder.adopt(hashed, null, real(1), 0, LEASE);
    otherOrder.adopt(before, null, real(1), 0, LEASE);

    assertThat(requireNonNull(oneOrder.owned(real(1))).fake()).isEqualTo(hashed);
    assertThat(requireNonNull(otherOrder.owned(real(1))).fake()).isEqualTo(hashed);
    assertThat(oneOrder.used()).isEqualTo(2);
  }

  @Test
  void adopt_foreignOrTakenFake_isABug() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    IpAddress outside = IpAddress.ofIpv4(1);
    Mapping taken = take(pool, 1);

    assertThatThrownBy(() -> pool.adopt(outside, null, real(2), 0, LEASE))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.adopt(taken.fake(), null, real(2), 0, LEASE))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "198.18.0.0/28, 198.18.0.0/29, 7",
    "198.18.0.0/28, 198.18.0.8/29, 7",
    "198.18.0.0/28, 198.18.0.4/31, 12",
    "2001:2::/124, 2001:2::8/125, 7",
    "2001:2::/124, 2001:2::/125, 8"
  })
  void take_untilFull_givesEveryHostThatIsNotReserved(String prefix, String reserve, int usable) {
    FakePool pool = reserving(prefix, reserve);
    Set<IpAddress> fakes = new HashSet<>();

    for (int i = 0; i < usable; i++) {
      fakes.add(take(pool, i).fake());
    }

    assertThat(pool.size()).isEqualTo(usable);
    assertThat(pool.usedPercent()).isEqualTo(100);
    assertThat(fakes)
        .hasSize(usable)
        .noneMatch(requireNonNull(IpPrefix.parse(reserve))::contains)
        .allMatch(pool.prefix()::contains);
    assertThat(pool.take(null, real(usable), null)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"198.18.0.0/24, 198.18.0.0/25", "2001:2::/64, 2001:2:0:0:8000::/65"})
  void take_withAReserve_movesOnlyWhoWouldStandInIt(String prefix, String reserve) {
    IpPrefix reserved = requireNonNull(IpPrefix.parse(reserve));

    int moved = 0;
    for (int i = 0; i < 100; i++) {
      IpAddress before = take(reserving(prefix), i).fake();
      IpAddress fake = take(reserving(prefix, reserve), i).fake();
      assertThat(reserved.contains(fake)).isFalse();
      assertThat(fake.equals(before)).isEqualTo(!reserved.contains(before));
      moved += fake.equals(before) ? 0 : 1;
    }

    assertThat(moved).isBetween(20, 80);
  }

  @Test
  void adopt_reservedFake_isNobodysAndNeverGivenAgain() {
    FakePool pool = reserving("198.18.0.0/30", "198.18.0.1");
    IpAddress fake = requireNonNull(IpAddress.parse("198.18.0.1"));

    Mapping adopted = pool.adopt(fake, null, real(1), 0, LEASE);
    Mapping next = take(pool, 1);
    retireAndRest(pool, adopted, LEASE);
    release(pool, LEASE + 4000, 10);

    assertThat(next.fake()).isEqualTo(IpAddress.parse("198.18.0.2"));
    assertThat(pool.owned(real(1))).isSameAs(next);
    assertThat(pool.used()).isEqualTo(1);
    assertThat(pool.take(null, real(2), null)).isNull();
  }

  @Test
  void take_namesAsKeys_eachNameHasAFakeOfItsOwn() {
    FakePool pool = pool("2001:2:0:1::/64", 1000);

    Mapping one = take(pool, "a.example", 1, null);
    Mapping other = take(pool, "b.example", 1, null);
    Mapping shared = take(pool, 1);

    assertThat(Set.of(one.fake(), other.fake(), shared.fake())).hasSize(3);
    assertThat(pool.owned(DomainName.parse("A.example"), real(1))).isSameAs(one);
    assertThat(pool.owned(DomainName.parse("b.example"), real(1))).isSameAs(other);
    assertThat(pool.owned(DomainName.parse("b.example"), real(2))).isNull();
    assertThat(pool.owned(real(1))).isSameAs(shared);
    assertThat(one.toString()).contains("a.example");
  }

  @Test
  void take_sameNameAndKey_givesSameFakeEverywhere() {
    IpAddress fake = take(pool("2001:2::/48", 10), "a.example", 1, null).fake();

    assertThat(take(pool("2001:2::/48", 10), "a.example", 1, null).fake()).isEqualTo(fake);
  }

  @Test
  void adoptWithoutOwner_leavesItsAddressToOthers() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    IpAddress fake = requireNonNull(IpAddress.parse("198.18.0.7"));

    Mapping adopted = pool.adoptWithoutOwner(fake, real(1), 0, LEASE);
    Mapping next = take(pool, 1);
    retireAndRest(pool, adopted, LEASE);

    assertThat(next.fake()).isNotEqualTo(fake);
    assertThat(pool.owned(real(1))).isSameAs(next);
    assertThat(release(pool, LEASE + 3600, 10)).isEqualTo(1);
    assertThat(pool.owned(real(1))).isSameAs(next);
  }

  @Test
  void heldBy_countsWhatAClientCaused_untilItIsFree() {
    FakePool pool = pool("198.18.0.0/24", 1000);
    IpAddress client = real(200);
    Mapping live = take(pool, "a.example", 1, client);
    pool.activate(live, 0, LEASE);
    Mapping refused = take(pool, "b.example", 1, client);
    take(pool, "c.example", 1, real(201));

    assertThat(pool.heldBy(client)).isEqualTo(2);
    pool.giveBack(refused, 0);
    assertThat(pool.heldBy(client)).isEqualTo(1);
    retireAndRest(pool, live, LEASE);
    assertThat(pool.heldBy(client)).isEqualTo(1);
    release(pool, LEASE + 3600, 10);
    assertThat(pool.heldBy(client)).isZero();
    assertThat(pool.heldBy(real(201))).isEqualTo(1);
  }

  /** Frees what has rested, as if no flow were left. */
  static int release(FakePool pool, long now, int limit) {
    int freed = 0;
    for (Mapping mapping : pool.rested(now, limit)) {
      if (pool.isRested(mapping, now)) {
        pool.free(mapping);
        freed++;
      }
    }
    return freed;
  }
}
