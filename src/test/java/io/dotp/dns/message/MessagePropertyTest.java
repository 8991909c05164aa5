package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** What holds for every message, and for every heap of bytes. */
class MessagePropertyTest {
  private final QueryView view = new QueryView();
  private final ResponseWalk walk = new ResponseWalk();

  @Property
  void walk_messageOfAnotherWriter_isSound(@ForAll("responses") TestMessage response) {
    byte[] bytes = response.bytes();

    ResponseFacts facts = walk.walk(Fixture.buffer(bytes), name -> false);

    assertThat(facts).isNotNull();
    assertThat(facts.end()).isEqualTo(bytes.length);
    assertThat(facts.rcode()).isEqualTo(response.message().getRcode());
  }

  @Property
  void forward_anyResponse_isTheUpstreamsBytesButForWhatMayDiffer(
      @ForAll("responses") TestMessage response,
      @ForAll("clients") TestMessage query,
      @ForAll @IntRange(max = 20) int trailing) {
    byte[] upstream = response.bytes();
    ClientQuestion client = query.client();

    byte[] reply = forward(Arrays.copyOf(upstream, upstream.length + trailing), client, 65_535);

    byte[] expected = upstream.clone();
    expected[0] = (byte) (client.id() >> 8);
    expected[1] = (byte) client.id();
    System.arraycopy(client.question(), 0, expected, 12, client.question().length);
    int records = response.message().getOPT() == null ? expected.length : expected.length - 11;
    assertThat(Arrays.copyOf(reply, 10)).isEqualTo(Arrays.copyOf(expected, 10));
    assertThat(Arrays.copyOfRange(reply, 12, records))
        .isEqualTo(Arrays.copyOfRange(expected, 12, records));
    assertThat(reply).hasSize(records + (client.hasOpt() ? 11 : 0));
  }

  @Property
  void forward_anySize_fitsAndIsASoundMessage(
      @ForAll("responses") TestMessage response,
      @ForAll("clients") TestMessage query,
      @ForAll @IntRange(min = 64, max = 1300) int maxSize) {
    byte[] reply = forward(response.bytes(), query.client(), maxSize);

    assertThat(reply.length).isLessThanOrEqualTo(maxSize);
    ResponseFacts facts = walk.walk(Fixture.buffer(reply), name -> false);
    assertThat(facts).isNotNull();
    assertThat(facts.end()).isEqualTo(reply.length);
  }

  @Property
  void encode_anyMessage_saysTheSame(
      @ForAll("responses") TestMessage response, @ForAll("clients") TestMessage query)
      throws IOException {
    ByteBuf buffer =
        MessageEncoder.encode(
            response.message(), query.client(), null, 65_535, UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = TestMessage.take(buffer);

    assertThat(walk.walk(Fixture.buffer(bytes), name -> false)).isNotNull();
    Message reply = new Message(bytes);
    assertThat(reply.getSection(Section.ANSWER))
        .hasToString(response.message().getSection(Section.ANSWER).toString());
    assertThat(reply.getSection(Section.AUTHORITY))
        .hasToString(response.message().getSection(Section.AUTHORITY).toString());
  }

  @Property(tries = 5000)
  void readers_mutatedMessage_giveAResult(
      @ForAll("responses") TestMessage response,
      @ForAll("clients") TestMessage query,
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 0xfffff) Integer> mutations) {
    byte[] bytes = mutate(response.bytes(), mutations);
    ByteBuf buffer = Fixture.buffer(bytes);

    view.read(buffer);
    ResponseFacts facts = walk.walk(buffer, name -> name.length() % 2 == 0);

    if (facts != null && facts.questionEnd() - 12 == query.client().question().length) {
      assertThat(facts.end()).isLessThanOrEqualTo(bytes.length);
      byte[] reply = forward(bytes, query.client(), 512);
      assertThat(reply.length).isLessThanOrEqualTo(512);
    }
    view.read(Fixture.buffer(mutate(query.bytes(), mutations)));
    assertThat(view.questionEnd()).isLessThanOrEqualTo(query.bytes().length);
  }

  @Property
  void readers_noise_giveAResult(@ForAll @Size(max = 600) byte[] noise) {
    ByteBuf buffer = Fixture.buffer(noise);

    QueryView.Verdict verdict = view.read(buffer);
    ResponseFacts facts = walk.walk(buffer, name -> false);

    assertThat(verdict).isNotNull();
    assertThat(facts == null || facts.end() <= noise.length).isTrue();
  }

  private static byte[] mutate(byte[] bytes, List<Integer> mutations) {
    byte[] mutated = bytes.clone();
    for (int mutation : mutations) {
      mutated[(mutation >> 8) % mutated.length] = (byte) mutation;
    }
    return mutated;
  }

  private byte[] forward(byte[] bytes, ClientQuestion client, int maxSize) {
    ByteBuf response = Fixture.buffer(bytes);
    ResponseFacts facts = Objects.requireNonNull(walk.walk(response, name -> false));
    ByteBuf reply =
        Replies.forward(response, facts, client, maxSize, UnpooledByteBufAllocator.DEFAULT);
    return TestMessage.take(reply);
  }

  @Provide
  Arbitrary<TestMessage> clients() {
    return Combinators.combine(
            Arbitraries.of("www.test. A", "WWW.test. A", "wWw.TesT. A"),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, 0xffff))
        .as(
            (question, edns, id) -> {
              TestMessage query = TestMessage.query(question);
              query.message().getHeader().setID(id);
              return edns ? query.opt(id, 0, 0x8000) : query;
            });
  }

  @Provide
  Arbitrary<TestMessage> responses() {
    Arbitrary<List<String>> answers =
        Combinators.combine(Arbitraries.just("www.test."), data())
            .as(this::record)
            .list()
            .ofMaxSize(6);
    Arbitrary<List<String>> others =
        Combinators.combine(names(), data()).as(this::record).list().ofMaxSize(6);
    return Combinators.combine(answers, others, others, Arbitraries.of(true, false))
        .as(
            (answer, authority, additional, edns) -> {
              TestMessage response = TestMessage.response("www.test. A");
              answer.forEach(response::answer);
              authority.forEach(response::authority);
              additional.forEach(response::additional);
              return edns ? response.opt(1232, 0, 0) : response;
            });
  }

  private String record(String owner, String data) {
    return owner + " 300 IN " + data;
  }

  private Arbitrary<String> names() {
    return Arbitraries.of("a", "B", "cc", "www", "\\000\\046", "x-y")
        .list()
        .ofMaxSize(4)
        .map(labels -> labels.isEmpty() ? "." : String.join(".", labels) + ".");
  }

  private Arbitrary<String> data() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(0, 255).map(last -> "A 203.0.113." + last),
        Arbitraries.integers()
            .between(0, 0xffff)
            .map(last -> String.format("AAAA 2001:db8::%x", last)),
        names().map(name -> "NS " + name),
        names().map(name -> "PTR " + name),
        names().map(name -> "MX 10 " + name),
        names().map(name -> "SRV 1 2 3 " + name),
        names().map(name -> "SOA " + name + " " + name + " 1 2 3 4 5"),
        names().map(name -> "HTTPS 1 " + name + " alpn=h2"),
        Arbitraries.strings().alpha().ofMaxLength(200).map(text -> "TXT \"" + text + '"'));
  }
}
