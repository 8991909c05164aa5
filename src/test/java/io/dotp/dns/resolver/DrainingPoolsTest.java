package io.dotp.dns.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.dns.message.LocalAnswer;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.WireName;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Name;

/** A pool that drains is a pool until its rules are gone, whatever the configuration says. */
class DrainingPoolsTest {
  private static final IpPrefix OURS = prefix("198.18.0.0/24");
  private static final RewriteRules.Names NO_NAMES =
      new RewriteRules.Names(name -> null, name -> null);
  private static final IpPrefix DRAINING = prefix("100.64.0.0/24");
  private static final IpAddress REAL = Objects.requireNonNull(IpAddress.parse("100.64.0.7"));

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }

  @Test
  void unmappable_realInAPoolThatDrains_isRefusedUntilItIsGone() {
    AtomicReference<List<IpPrefix>> pools = new AtomicReference<>(List.of(OURS, DRAINING));
    RewriteRules.Source source =
        new RewriteRules.Source(
            List.of(
                Routes.nat(
                    RouteId.DEFAULT, List.of(), OURS, null, true, HttpsRecords.REWRITE, null)),
            pools::get);

    RewriteRules before = source.with(NO_NAMES, Set.of());
    pools.set(List.of(OURS));
    RewriteRules after = source.with(NO_NAMES, Set.of());

    assertThat(before.unmappable(RouteId.DEFAULT, REAL)).contains("fake pool 100.64.0.0/24");
    assertThat(after.unmappable(RouteId.DEFAULT, REAL)).isNull();
    assertThat(after.isSame(before)).isFalse();
  }

  @Test
  void reverseName_inAPoolThatCameLater_isAnsweredHere() throws IOException {
    LocalQuestions questions = new LocalQuestions();
    LocalAnswers answers = questions.answers();
    WireName name = WireName.of(Name.fromString("7.216.184.93.in-addr.arpa.").toWireCanonical());
    LocalAnswer before =
        answers.answer(name, DnsRecordType.PTR.intValue(), DnsRecord.CLASS_IN, any -> false);

    questions.pool("93.184.216.0/24");
    LocalAnswer after =
        answers.answer(name, DnsRecordType.PTR.intValue(), DnsRecord.CLASS_IN, any -> false);

    assertThat(before).isNull();
    assertThat(after).isNotNull();
  }
}
