package io.dotp.dns.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteId;
import io.dotp.dns.message.Fixture;
import io.dotp.dns.message.MessageEncoder;
import io.dotp.dns.message.StoredResponse;
import io.dotp.dns.message.TestMessage;
import io.dotp.dns.resolver.RewritePlan.Outcome;
import io.dotp.dns.resolver.RewritePlan.Rewritten;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Any bytes that pass the walk and can be decoded are rewritten, or refused, without a leak. */
class RewriteFuzzTest {
  static Stream<Arguments> seeds() {
    Stream<byte[]> fixtures = Fixture.all("response-").map(Fixture::bytes);
    Stream<byte[]> listed =
        Stream.of(
            TestMessage.response("a.listed.test. A")
                .answer("a.listed.test. 300 IN CNAME b.example.", "b.example. 300 IN A 203.0.113.1")
                .bytes(),
            TestMessage.response("a.listed.test. HTTPS")
                .answer("a.listed.test. 300 IN HTTPS 1 b.example. ipv4hint=203.0.113.1")
                .additional("b.example. 300 IN AAAA 2001:db8::1")
                .opt(1232, 0, 0x8000)
                .bytes(),
            TestMessage.response("x.listed.test. AAAA")
                .answer("listed.test. 300 IN DNAME example.", "x.example. 300 IN AAAA ::1")
                .bytes());
    return Stream.concat(fixtures, listed).map(bytes -> Arguments.of((Object) bytes));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "60m")
  void rewrite_anySoundResponse_leaksNothing(byte[] bytes) {
    Optional<Message> response = TestMessage.decode(bytes);
    if (response.isEmpty()) {
      return;
    }

    Outcome outcome =
        RewritePlan.of(response.get(), Rewriting.RULES).apply(Rewriting::grant, Rewriting.FAKE_TTL);

    if (outcome instanceof Rewritten rewritten) {
      for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
        rewritten.message().getSection(section).forEach(RewriteFuzzTest::checkAddress);
      }
      StoredResponse stored = MessageEncoder.store(rewritten.message(), rewritten.limited());
      assertThat(stored.facts().end()).isEqualTo(stored.bytes().readableBytes());
    }
  }

  private static void checkAddress(Record each) {
    RouteId route = Rewriting.RULES.listing(each.getName());
    if (route == null || Rewriting.RULES.httpsRecords(route) == HttpsRecords.PASS) {
      return;
    }
    if (each instanceof ARecord a) {
      assertThat(a.getAddress().getAddress()[0] & 0xff).isEqualTo(198);
    } else if (each instanceof SVCBBase service && service.getTargetName().equals(Name.root)) {
      assertThat(ServiceHints.addresses(service)).allMatch(RewriteFuzzTest::isFake);
    } else {
      boolean unread = each.getType() == Type.HTTPS && !(each instanceof SVCBBase);
      assertThat(unread).isFalse();
    }
  }

  private static boolean isFake(IpAddress hint) {
    byte[] bytes = hint.toBytes();
    return (bytes[0] & 0xff) == (hint.family() == Family.IPV4 ? 198 : 0xfd);
  }
}
