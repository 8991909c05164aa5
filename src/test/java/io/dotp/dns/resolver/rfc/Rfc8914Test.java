package io.dotp.dns.resolver.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.Replies;
import io.dotp.dns.message.TestMessage;
import io.dotp.dns.resolver.FailureCause;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;

/** RFC 8914, Extended DNS Errors. */
class Rfc8914Test {
  /** INFO-CODEs that may go with an RCODE. */
  private static final Map<DnsResponseCode, Set<Integer>> FITTING =
      Map.of(
          DnsResponseCode.SERVFAIL, Set.of(0, 14, 22, 23),
          DnsResponseCode.FORMERR, Set.of(0),
          DnsResponseCode.NOTIMP, Set.of(21),
          DnsResponseCode.BADVERS_OR_BADSIG, Set.of(21),
          DnsResponseCode.REFUSED, Set.of(0, 18));

  /** Section 2: INFO-CODE and EXTRA-TEXT, whatever fails. */
  @ParameterizedTest
  @EnumSource
  void section2_everyFailure_saysWhatItIs(FailureCause cause) throws IOException {
    Message sent = reply(cause, true);

    ExtendedErrorCodeOption ede =
        (ExtendedErrorCodeOption) Objects.requireNonNull(sent.getOPT()).getOptions().get(0);
    assertThat(sent.getRcode()).isEqualTo(cause.rcode().intValue());
    assertThat(ede.getErrorCode()).isEqualTo(cause.ede());
    assertThat(FITTING.get(cause.rcode())).contains(cause.ede());
    assertThat(ede.getText()).isEqualTo(cause.text()).isNotEmpty();
    assertThat(cause.text().chars()).allMatch(c -> c >= ' ' && c < 127);
  }

  /** RFC 6891 section 7: no OPT record in, none out. */
  @ParameterizedTest
  @EnumSource
  void failure_withoutEdns_hasNoOpt(FailureCause cause) throws IOException {
    assertThat(reply(cause, false).getOPT()).isNull();
  }

  private static Message reply(FailureCause cause, boolean edns) throws IOException {
    TestMessage query = TestMessage.query("a.example. A");
    return new Message(
        TestMessage.take(
            Replies.error(
                (edns ? query.opt(1232, 0, 0) : query).client(),
                cause.rcode(),
                cause.ede(),
                cause.text(),
                UnpooledByteBufAllocator.DEFAULT)));
  }
}
