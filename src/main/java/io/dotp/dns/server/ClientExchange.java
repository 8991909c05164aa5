package io.dotp.dns.server;

import io.dotp.dns.message.ClientQuestion;
import io.dotp.dns.message.MessageEncoder;
import io.dotp.dns.message.Replies;
import io.dotp.dns.resolver.FailureCause;
import io.dotp.dns.resolver.Resolution;
import io.dotp.metrics.DnsMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.dns.DnsResponseCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One query and the one way to answer it. Thread: its loop. */
final class ClientExchange {
  private static final Logger LOG = LoggerFactory.getLogger(ClientExchange.class);

  private final ClientQuestion question;
  private final ReplyPath path;
  private final DnsMetrics metrics;
  private boolean answered;

  ClientExchange(ClientQuestion question, ReplyPath path, DnsMetrics metrics) {
    this.question = question;
    this.path = path;
    this.metrics = metrics;
  }

  /** Sends the answer; works once, a second call is a bug and changes nothing. */
  void respond(Resolution resolution) {
    if (answered) {
      metrics.bugs.increment();
      LOG.error("bug: a query was answered twice, the second answer is dropped");
      release(resolution);
      return;
    }
    answered = true;
    send(encode(resolution));
  }

  private ByteBuf encode(Resolution resolution) {
    try {
      if (resolution instanceof Resolution.Raw raw) {
        return Replies.forward(
            raw.message(), raw.facts(), question, sizeLimit(), ByteBufAllocator.DEFAULT);
      }
      if (resolution instanceof Resolution.Stored stored) {
        return Replies.ofStored(
            stored.response(),
            question,
            stored.ttls(),
            stored.ede(),
            sizeLimit(),
            ByteBufAllocator.DEFAULT);
      }
      if (resolution instanceof Resolution.Local local) {
        return MessageEncoder.encode(
            local.answer(), question, sizeLimit(), ByteBufAllocator.DEFAULT);
      }
      return failure(((Resolution.Failure) resolution).cause());
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug while encoding an answer, it becomes SERVFAIL", e);
      return failure(FailureCause.BUG);
    }
  }

  private ByteBuf failure(FailureCause cause) {
    count(cause.rcode());
    // Whoever is denied may be anybody, or somebody else's name: a datagram to him stays short.
    boolean brief = cause == FailureCause.CLIENT_DENIED && !path.isStream();
    String text = brief ? "" : cause.text();
    return Replies.error(question, cause.rcode(), cause.ede(), text, ByteBufAllocator.DEFAULT);
  }

  private void count(DnsResponseCode rcode) {
    if (rcode.equals(DnsResponseCode.SERVFAIL)) {
      metrics.servFail.increment();
    } else if (rcode.equals(DnsResponseCode.FORMERR)) {
      metrics.formErr.increment();
    } else if (!rcode.equals(DnsResponseCode.REFUSED)) {
      metrics.notImp.increment();
    }
  }

  private static void release(Resolution resolution) {
    if (resolution instanceof Resolution.Raw raw) {
      raw.message().release();
    }
  }

  private int sizeLimit() {
    return path.isStream() ? 65_535 : question.udpSizeLimit();
  }

  private void send(ByteBuf message) {
    metrics.responses.increment();
    path.send(message);
  }
}
