package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final InetAddress CLIENT = client(1);

  @Test
  void inflight_oneClientTooMany_othersStillEnter() {
    InflightLimits limits = new InflightLimits();
    for (int i = 0; i < InflightLimits.PER_CLIENT; i++) {
      assertThat(limits.enter(CLIENT)).isTrue();
    }

    boolean oneMore = limits.enter(CLIENT);

    assertThat(oneMore).isFalse();
    assertThat(limits.enter(client(2))).isTrue();
    assertThat(limits.total()).isEqualTo(InflightLimits.PER_CLIENT + 1);
  }

  @Test
  void inflight_loopIsFull_nobodyEntersUntilOneLeaves() {
    InflightLimits limits = new InflightLimits();
    for (int i = 0; i < InflightLimits.PER_LOOP; i++) {
      assertThat(limits.enter(client(i / 1000))).isTrue();
    }
    assertThat(limits.enter(client(99))).isFalse();

    limits.leave(client(0));

    assertThat(limits.enter(client(99))).isTrue();
  }

  @Test
  void inflight_leavingTwice_isABug() {
    InflightLimits limits = new InflightLimits();
    limits.enter(CLIENT);
    limits.leave(CLIENT);

    assertThatThrownBy(() -> limits.leave(CLIENT)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void connections_oneClientTooMany_isRefusedAndGivesNothingAway() {
    ConnectionLimits limits = new ConnectionLimits();
    for (int i = 0; i < ConnectionLimits.PER_CLIENT; i++) {
      assertThat(limits.enter(CLIENT)).isTrue();
    }

    boolean oneMore = limits.enter(CLIENT);

    assertThat(oneMore).isFalse();
    assertThat(limits.held(CLIENT)).isEqualTo(ConnectionLimits.PER_CLIENT);
    limits.leave(CLIENT);
    assertThat(limits.enter(CLIENT)).isTrue();
  }

  @Test
  void connections_totalReached_nobodyEnters() {
    ConnectionLimits limits = new ConnectionLimits();
    for (int i = 0; i < ConnectionLimits.TOTAL; i++) {
      assertThat(limits.enter(client(i / 100))).isTrue();
    }

    assertThat(limits.enter(client(200))).isFalse();
    limits.leave(client(0));
    assertThat(limits.enter(client(200))).isTrue();
  }

  private static InetAddress client(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
