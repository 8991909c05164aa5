package io.dotp.dns.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.MessageEncoder;
import io.dotp.dns.message.Replies;
import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.ResponseWalk;
import io.dotp.dns.message.TestMessage;
import io.dotp.dns.message.Ttls;
import io.dotp.dns.resolver.RewritePlan.Outcome;
import io.dotp.dns.resolver.RewritePlan.Rewritten;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Responses of few names in which everything leads everywhere. */
class RewritePropertyTest {
  @Property(tries = 2000)
  void apply_anyResponse_holdsNoRealAddressOfASteeredName(
      @ForAll("responses") TestMessage response, @ForAll("refusals") Set<Integer> refused) {
    Message before = response.message();

    Outcome outcome =
        Rewriting.plan(response).apply(real -> grant(real, refused), Rewriting.FAKE_TTL);

    if (outcome instanceof Rewritten rewritten) {
      Set<Name> steered = naive(before);
      for (Record each : records(rewritten.message())) {
        if (steered.contains(each.getName())) {
          assertThat(isReal(each)).as("%s of %s", each, before).isFalse();
        }
        if (each instanceof SVCBBase service && isSteered(service, steered)) {
          assertThat(ServiceHints.addresses(service))
              .as("%s of %s", each, before)
              .allMatch(RewritePropertyTest::isFake);
          assertThat(service.getSvcParamKeys()).doesNotContain(SVCBBase.DOHPATH);
        }
      }
    }
  }

  @Property
  void apply_anyResponse_leavesWhatIsNotSteered(@ForAll("responses") TestMessage response) {
    Message before = response.message();

    Outcome outcome = Rewriting.apply(response);

    boolean minimal = before.getQuestion().getType() == Type.ANY;
    if (outcome instanceof Rewritten rewritten && rewritten.ede() == null && !minimal) {
      assertThat(records(rewritten.message())).hasToString(records(before).toString());
    }
  }

  @Property
  void apply_anyResponse_canBeSent(@ForAll("responses") TestMessage response) {
    Record asked = response.message().getQuestion();
    String question = asked.getName() + " " + Type.string(asked.getType());

    Outcome outcome = Rewriting.apply(response);

    if (outcome instanceof Rewritten rewritten) {
      ByteBuf reply =
          Replies.ofStored(
              MessageEncoder.store(rewritten.message(), rewritten.limited()),
              TestMessage.query(question).opt(1232, 0, 0).client(),
              Ttls.aged(0).limited(Rewriting.FAKE_TTL),
              rewritten.ede(),
              512,
              UnpooledByteBufAllocator.DEFAULT);
      ResponseFacts facts = new ResponseWalk().walk(reply, name -> false);
      assertThat(reply.readableBytes()).isLessThanOrEqualTo(512);
      reply.release();
      assertThat(facts != null || !wasSound(response)).isTrue();
    }
  }

  @Property(tries = 2000)
  void apply_mutatedBytes_isAResult(
      @ForAll("responses") TestMessage response,
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 0xfffff) Integer> mutations) {
    byte[] bytes = response.bytes();
    for (int mutation : mutations) {
      bytes[(mutation >> 8) % bytes.length] = (byte) mutation;
    }

    Optional<Message> decoded = TestMessage.decode(bytes);

    Optional<Outcome> outcome =
        decoded.map(
            each ->
                RewritePlan.of(each, Rewriting.RULES).apply(Rewriting::grant, Rewriting.FAKE_TTL));
    assertThat(outcome.isPresent()).isEqualTo(decoded.isPresent());
  }

  private static boolean wasSound(TestMessage response) {
    return new ResponseWalk().walk(response.buffer(), name -> false) != null;
  }

  private static @Nullable IpAddress grant(RealAddress real, Set<Integer> refused) {
    return refused.contains((int) real.real().low() & 0xff) ? null : Rewriting.grant(real);
  }

  /** Fakes here are of 198.18.0.0/15 and fd64::/64, and nothing real is. */
  private static boolean isReal(Record each) {
    if (each instanceof ARecord a) {
      return (a.getAddress().getAddress()[0] & 0xff) != 198;
    }
    return each instanceof AAAARecord aaaa && (aaaa.getAddress().getAddress()[0] & 0xff) != 0xfd;
  }

  private static boolean isSteered(SVCBBase service, Set<Name> steered) {
    return steered.contains(service.getName()) || steered.contains(service.getTargetName());
  }

  private static boolean isFake(IpAddress address) {
    byte[] bytes = address.toBytes();
    return (bytes[0] & 0xff) == (address.family() == Family.IPV4 ? 198 : 0xfd);
  }

  /** All steered names, by trying every alias again until nothing new comes out. */
  private static Set<Name> naive(Message message) {
    Set<Name> steered = new HashSet<>();
    Set<Name> known = new HashSet<>();
    known.add(message.getQuestion().getName());
    records(message).forEach(each -> known.add(each.getName()));
    records(message).forEach(each -> known.addAll(targets(each)));
    int before = -1;
    while (before < steered.size()) {
      before = steered.size();
      known.stream().filter(name -> Rewriting.RULES.listing(name) != null).forEach(steered::add);
      for (Record each : records(message)) {
        if (steered.contains(each.getName())) {
          steered.addAll(targets(each));
        }
      }
    }
    return steered;
  }

  private static List<Name> targets(Record each) {
    if (each instanceof CNAMERecord alias) {
      return List.of(alias.getTarget());
    }
    if (each instanceof DNAMERecord subtree) {
      return List.of(subtree.getTarget());
    }
    return each instanceof SVCBBase service && !service.getTargetName().equals(Name.root)
        ? List.of(service.getTargetName())
        : List.of();
  }

  private static List<Record> records(Message message) {
    return IntStream.rangeClosed(Section.ANSWER, Section.ADDITIONAL)
        .boxed()
        .flatMap(section -> message.getSection(section).stream())
        .toList();
  }

  @Provide
  Arbitrary<Set<Integer>> refusals() {
    return Arbitraries.integers().between(0, 9).set().ofMaxSize(5);
  }

  @Provide
  Arbitrary<TestMessage> responses() {
    Arbitrary<List<String>> records =
        Combinators.combine(names(), data())
            .as((owner, data) -> owner + " 300 IN " + data)
            .list()
            .ofMaxSize(7);
    Arbitrary<String> types = Arbitraries.of("A", "AAAA", "HTTPS", "MX", "ANY");
    return Combinators.combine(names(), types, records, records, records)
        .as(
            (question, type, answer, authority, additional) -> {
              TestMessage response = TestMessage.response(question + " " + type);
              answer.forEach(response::answer);
              authority.forEach(response::authority);
              additional.forEach(response::additional);
              return response;
            });
  }

  private Arbitrary<String> names() {
    return Arbitraries.of(
        "q.plain.test.",
        "Plain.test.",
        "a.example.",
        "b.example.",
        "A.a.example.",
        "c.test.",
        "a.listed.test.",
        "B.Listed.test.",
        "a.four.test.",
        "four.listed.test.");
  }

  private Arbitrary<String> services() {
    Arbitrary<String> targets = Arbitraries.oneOf(Arbitraries.just("."), names());
    Arbitrary<String> ipv4 =
        Arbitraries.of(
                "203.0.113.1", "127.0.0.1", "203.0.113.2,203.0.113.3", "10.0.0.1,203.0.113.4")
            .map(list -> " ipv4hint=" + list);
    Arbitrary<String> ipv6 =
        Arbitraries.of("2001:db8::1", "::1", "2001:db8::2,fe80::1")
            .map(list -> " ipv6hint=" + list);
    Arbitrary<String> others =
        Arbitraries.of("", " port=1", " alpn=h2 dohpath=/q{?dns}", " key9=x");
    Arbitrary<String> mandatory = Arbitraries.of("", " mandatory=ipv4hint", " mandatory=ipv6hint");
    return Combinators.combine(targets, ipv4, ipv6, others, mandatory)
        .as((target, four, six, other, must) -> "HTTPS 1 " + target + must + four + six + other);
  }

  private Arbitrary<String> data() {
    Arbitrary<Integer> tails = Arbitraries.integers().between(0, 9);
    return Arbitraries.oneOf(
        tails.map(tail -> "A 203.0.113." + tail),
        tails.map(tail -> "AAAA 2001:db8::" + tail),
        Arbitraries.of("A 127.0.0.1", "AAAA ::1", "A 10.0.0.1"),
        names().map(name -> "CNAME " + name),
        names().map(name -> "DNAME " + name),
        services(),
        names().map(name -> "NS " + name),
        names().map(name -> "MX 10 " + name));
  }
}
