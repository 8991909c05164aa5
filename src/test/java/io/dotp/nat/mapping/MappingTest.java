package io.dotp.nat.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import org.junit.jupiter.api.Test;

/** Renewal and retirement decide over one word. */
class MappingTest {
  private static final long LEASE = 120;

  private final Mapping mapping =
      new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(1), IpAddress.ofIpv4(2));

  @Test
  void noteName_moreThanAreKept_keepsTheNewest() {
    for (int i = 0; i < 10; i++) {
      mapping.noteName(DomainName.parse("n" + i));
      mapping.noteName(DomainName.parse("n" + i));
    }

    assertThat(mapping.names())
        .extracting(DomainName::toString)
        .containsExactly("n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9");
  }

  @Test
  void tryRenew_pending_isRefused() {
    assertThat(mapping.tryRenew(0, LEASE)).isFalse();
    assertThat(mapping.leaseLeftNanos(0)).isZero();
  }

  @Test
  void tryRenew_live_movesDeadline() {
    mapping.activate(1000, LEASE);

    boolean renewed = mapping.tryRenew(1050, LEASE);

    assertThat(renewed).isTrue();
    assertThat(mapping.leaseLeftNanos(1050)).isEqualTo(LEASE);
  }

  @Test
  void tryRenew_olderMoment_keepsDeadline() {
    mapping.activate(1000, LEASE);

    boolean renewed = mapping.tryRenew(900, LEASE);

    assertThat(renewed).isTrue();
    assertThat(mapping.leaseLeftNanos(1000)).isEqualTo(LEASE);
  }

  @Test
  void tryRetire_beforeDeadline_isRefused() {
    mapping.activate(1000, LEASE);

    assertThat(mapping.tryRetire(1119)).isFalse();
    assertThat(mapping.state()).isEqualTo(Mapping.State.LIVE);
  }

  @Test
  void tryRetire_atDeadline_endsRenewals() {
    mapping.activate(1000, LEASE);

    boolean retired = mapping.tryRetire(1120);

    assertThat(retired).isTrue();
    assertThat(mapping.tryRenew(1120, LEASE)).isFalse();
    assertThat(mapping.leaseLeftNanos(1120)).isZero();
  }

  @Test
  void tryRenew_clockBeyondItsRange_comparesBySubtraction() {
    long late = Long.MAX_VALUE - 10;
    mapping.activate(late, LEASE);

    boolean early = mapping.tryRetire(late + LEASE - 1);
    boolean renewed = mapping.tryRenew(late + LEASE, LEASE);

    assertThat(early).isFalse();
    assertThat(renewed).isTrue();
    assertThat(mapping.leaseLeftNanos(late + LEASE)).isEqualTo(LEASE);
  }

  @Test
  void activate_deadlineLooksLikeNotLive_isLive() {
    mapping.activate(Long.MIN_VALUE - LEASE, LEASE);

    assertThat(mapping.tryRenew(Long.MIN_VALUE - LEASE, LEASE)).isTrue();
  }

  @Test
  void life_arrowsThatDoNotExist_areBugs() {
    assertThatThrownBy(() -> mapping.tryRetire(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> mapping.rest(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(mapping::revive).isInstanceOf(IllegalStateException.class);
    mapping.activate(0, LEASE);
    assertThatThrownBy(() -> mapping.activate(0, LEASE)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void names_ofAFakeForOneName_keepThatOneFirst() {
    DomainName key = DomainName.parse("key.example");
    Mapping mapping = new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(1), key, IpAddress.ofIpv4(2));

    for (int i = 0; i < 20; i++) {
      mapping.noteName(DomainName.parse("n" + i + ".example"));
      mapping.noteName(key);
    }

    assertThat(mapping.names()).hasSize(8).doesNotHaveDuplicates();
    assertThat(mapping.names().get(0)).isEqualTo(key);
    assertThat(mapping.names().get(7)).isEqualTo(DomainName.parse("n19.example"));
  }
}
