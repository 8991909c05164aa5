package io.dotp.dns.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dotp.dns.message.LocalAnswer;
import io.dotp.name.WireName;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LocalAnswersTest {
  private static final int ROUNDS = 20_000;

  private final LocalQuestions local = new LocalQuestions();

  @Test
  void health_whileIll_isServFail() throws IOException {
    assertThat(local.ask("healthcheck.dotp.internal", "TXT")).isEqualTo("NOERROR TXT ok");
    local.ill();

    for (String type : new String[] {"A", "AAAA", "TXT", "ANY"}) {
      assertThat(local.ask("healthcheck.dotp.internal", type)).isEqualTo("SERVFAIL ede=14");
    }
    assertThat(local.ask("dotp.internal", "A")).isEqualTo("NOERROR soa=dotp.internal.");
    assertThat(local.ask("a.internal", "A")).isEqualTo("upstream");
  }

  @Test
  void canary_thatARouteOrAHostsFileNames_staysACanary() throws IOException {
    local.claim("mask.icloud.com").hosts("192.0.2.1 mask.icloud.com");

    assertThat(local.ask("mask.icloud.com", "A")).isEqualTo("NXDOMAIN soa=icloud.com. ede=15");
  }

  @Test
  void hosts_addresses_areSteerableAndOtherAnswersAreNot() throws IOException {
    LocalAnswers answers = local.hosts("192.0.2.1 nas.lan").answers();

    assertThat(answer(answers, "nas.lan", 1).isSteerable()).isTrue();
    assertThat(answer(answers, "nas.lan", 28).isSteerable()).isFalse();
    assertThat(answer(answers, "localhost", 1).isSteerable()).isFalse();
  }

  private static LocalAnswer answer(LocalAnswers answers, String name, int type)
      throws IOException {
    return Objects.requireNonNull(
        answers.answer(LocalQuestions.wire(name), type, 1, claimed -> false));
  }

  @Test
  void answer_nameThatIsNotOurs_allocatesNothing() throws IOException {
    LocalAnswers answers = local.hosts("192.0.2.1 nas.lan").pool("198.18.0.0/15").answers();
    WireName name = LocalQuestions.wire("www.some-shop.example.com");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int found = count(answers, name);

    long before = threads.getCurrentThreadAllocatedBytes();
    found += count(answers, name);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(found).isZero();
    assertThat(bytes).isLessThan(ROUNDS);
  }

  private static int count(LocalAnswers answers, WireName name) {
    int found = 0;
    for (int i = 0; i < ROUNDS; i++) {
      found += answers.answer(name, 1, 1, claimed -> false) == null ? 0 : 1;
    }
    return found;
  }
}
