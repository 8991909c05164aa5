package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsTest {
  private static final IpAddress CLIENT = client(1);

  private final List<Integer> closed = new ArrayList<>();

  @Test
  void inflight_oneClientTooMany_othersStillEnter() {
    InflightLimits limits = new InflightLimits(new InflightLimits.Clients());
    enterTimes(limits, CLIENT, InflightLimits.PER_CLIENT);

    boolean oneMore = limits.enter(CLIENT);

    assertThat(oneMore).isFalse();
    assertThat(limits.enter(client(2))).isTrue();
    assertThat(limits.total()).isEqualTo(InflightLimits.PER_CLIENT + 1);
  }

  /** Three clients that ask for slow names fill all they can; a fourth is still served. */
  @Test
  void inflight_placesAreScarce_whoHoldsManyGetsNoMoreAndWhoHoldsFewDoes() {
    InflightLimits limits = new InflightLimits(new InflightLimits.Clients());
    for (int i = 0; i < 3; i++) {
      enterTimes(limits, client(i), InflightLimits.PER_CLIENT);
    }
    assertThat(limits.total()).isEqualTo(InflightLimits.SCARCE);

    enterTimes(limits, client(9), InflightLimits.PER_CLIENT_WHEN_SCARCE);

    assertThat(limits.enter(client(9))).isFalse();
    assertThat(limits.enter(client(10))).isTrue();
  }

  @Test
  void inflight_loopIsFull_nobodyEntersUntilOneLeaves() {
    InflightLimits limits = new InflightLimits(new InflightLimits.Clients());
    for (int i = 0; i < InflightLimits.PER_LOOP; i++) {
      assertThat(limits.enter(client(i / InflightLimits.PER_CLIENT_WHEN_SCARCE))).isTrue();
    }
    assertThat(limits.enter(client(99))).isFalse();

    limits.leave(client(0));

    assertThat(limits.enter(client(99))).isTrue();
  }

  @Test
  void inflight_leavingTwice_isABug() {
    InflightLimits limits = new InflightLimits(new InflightLimits.Clients());
    limits.enter(CLIENT);
    limits.leave(CLIENT);

    assertThatThrownBy(() -> limits.leave(CLIENT)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void connections_oneClientTooMany_getsThePlaceOfItsLongestIdle() {
    ConnectionLimits limits = new ConnectionLimits(ConnectionLimits.TOTAL);
    enter(limits, client(2), 0);
    List<ConnectionLimits.Place> places = new ArrayList<>();
    for (int i = 0; i < ConnectionLimits.PER_CLIENT; i++) {
      places.add(enter(limits, CLIENT, i));
    }
    places.get(0).markBusy();
    places.get(1).markBusy();
    places.get(1).markIdle(1_000);

    enter(limits, CLIENT, 2_000);

    assertThat(closed).containsExactly(2);
    assertThat(limits.held()).isEqualTo(ConnectionLimits.PER_CLIENT + 1);
    assertThat(places.get(2).markBusy()).as("a query on the connection that is closed").isFalse();
  }

  @Test
  void connections_allBusy_nobodyEntersUntilOneIsIdle() {
    ConnectionLimits limits = new ConnectionLimits(3);
    List<ConnectionLimits.Place> places = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      places.add(enter(limits, client(i), i));
      places.get(i).markBusy();
    }
    assertThat(limits.enter(client(9), 10, () -> closed.add(10))).isNull();

    places.get(1).markIdle(11);

    assertThat(limits.enter(client(9), 12, () -> closed.add(12))).isNotNull();
    assertThat(closed).containsExactly(1);
  }

  @Test
  void connections_evictedOneLeaves_givesNothingBackTwice() {
    ConnectionLimits limits = new ConnectionLimits(1);
    ConnectionLimits.Place first = enter(limits, client(1), 0);
    ConnectionLimits.Place second = enter(limits, client(2), 1);

    limits.leave(first);
    assertThat(limits.held()).isEqualTo(1);
    limits.leave(second);

    assertThat(limits.held()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"20, 5", "256, 64", "1024, 256", "16384, 4096", "9223372036854775807, 4096", "0, 1"})
  void connections_fewDescriptors_takeAQuarter(long descriptors, int total) {
    ConnectionLimits limits = ConnectionLimits.within(descriptors);
    for (int i = 0; i < total; i++) {
      enter(limits, client(i), i).markBusy();
    }

    assertThat(limits.enter(client(5000), 0, () -> {})).isNull();
  }

  private ConnectionLimits.Place enter(ConnectionLimits limits, IpAddress client, int moment) {
    return Objects.requireNonNull(limits.enter(client, moment, () -> closed.add(moment)));
  }

  private static void enterTimes(InflightLimits limits, IpAddress client, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(limits.enter(client)).isTrue();
    }
  }

  private static IpAddress client(int number) {
    return IpAddress.ofIpv4(0x0a00_0000 + number);
  }
}
