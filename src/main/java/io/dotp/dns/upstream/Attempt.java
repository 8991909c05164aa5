package io.dotp.dns.upstream;

import io.dotp.dns.message.QuestionMatch;
import io.dotp.dns.message.ResponseFacts;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One query to one server: over UDP until it ends, and besides over TCP when an answer over UDP was
 * truncated or doubtful. Nothing that comes over UDP ends the wait but an answer that is ours and
 * sound: everything else may be forged.
 *
 * <p>Thread: one loop.
 */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  private static final int MOST_TCP_TRIES = 3;
  private static final int FLAG_TC = 0x0200;

  private final PendingQuery query;
  private final UpstreamServer server;
  private final LoopParts parts;
  private final ByteBuf message;
  private final ByteBuf question;
  private final boolean strictCase;
  private final long startedAt;
  private @Nullable UdpSocket socket;
  private int udpId;
  private @Nullable TcpConnection connection;
  private int tcpId;
  private long answersBefore;
  private int tcpTries;
  private long nextSendAt;
  private boolean answered;
  private boolean blamed;
  private boolean inTrouble;
  private boolean unreachable;
  private boolean truncated;
  private boolean closed;

  Attempt(PendingQuery query, UpstreamServer server, LoopParts parts, long now) {
    this.query = query;
    this.server = server;
    this.parts = parts;
    this.strictCase = server.keepsCase();
    this.message = parts.encoder().encode(query.question(), strictCase);
    this.question =
        message.slice(
            QueryEncoder.HEADER_LENGTH,
            query.question().name().length() + QueryEncoder.TYPE_AND_CLASS);
    this.startedAt = now;
  }

  /** The query as it is sent; the ID in it is UDP's. */
  ByteBuf message() {
    return message;
  }

  /** Whether this server gave no reason to expect an answer of it soon. */
  boolean isInTrouble() {
    return inTrouble;
  }

  /** Whether the last that was seen of this server is an error. */
  boolean isUnreachable() {
    return unreachable;
  }

  long nextSendAt() {
    return nextSendAt;
  }

  /** Sends, for the first time or once more. */
  void send(long now) {
    nextSendAt = now + parts.timings().retryNanos();
    if (answered || truncated && connection != null) {
      return;
    }
    if (socket != null && !socket.isOpen()) {
      releaseSocket();
    }
    if (socket == null) {
      socket = parts.sockets().lease(server);
      if (socket == null) {
        onUdpError();
        return;
      }
      udpId = socket.pending().add(this);
      message.setShort(0, udpId);
    }
    parts.metrics().udpSent.increment();
    if (!socket.send(message)) {
      onUdpError();
    }
  }

  /** Whether the message is of our query, in whatever letters. Borrows. */
  boolean isAnswer(ByteBuf response) {
    return QuestionMatch.of(response, question) != QuestionMatch.Result.FOREIGN;
  }

  /** A datagram with our ID came; borrows it. */
  void onDatagram(ByteBuf response) {
    QuestionMatch.Result match = QuestionMatch.of(response, question);
    if (match == QuestionMatch.Result.FOREIGN) {
      parts.metrics().spoofNearMiss.increment();
    } else if (match == QuestionMatch.Result.CASE_DIFFERS && strictCase) {
      parts.metrics().caseMismatch.increment();
      startTcp();
    } else if ((response.getUnsignedShort(response.readerIndex() + 2) & FLAG_TC) != 0) {
      parts.metrics().truncated.increment();
      truncated = true;
      startTcp();
    } else {
      judge(response, false);
    }
  }

  /** An answer came over TCP, where nobody on the way can have made it up; borrows it. */
  void onTcpAnswer(ByteBuf response) {
    forgetConnection();
    boolean caseDiffers = QuestionMatch.of(response, question) == QuestionMatch.Result.CASE_DIFFERS;
    if (caseDiffers && strictCase && server.losesCase()) {
      LOG.info("upstream does not keep the case of letters, random case is off server={}", server);
    }
    judge(response, true);
  }

  private void judge(ByteBuf response, boolean overTcp) {
    ResponseFacts facts = parts.factsOf(response);
    if (facts == null) {
      parts.metrics().malformed.increment();
      query.onMalformed();
      if (overTcp) {
        tcpTries = MOST_TCP_TRIES;
        trouble();
      } else {
        startTcp();
      }
      return;
    }
    answered = true;
    server.answered();
    parts.metrics().responses.increment();
    ByteBuf taken = response.retain();
    taken.writerIndex(taken.readerIndex() + facts.end());
    query.onAnswer(this, new UpstreamResult.Received(taken, facts));
  }

  private void startTcp() {
    if (connection != null || tcpTries >= MOST_TCP_TRIES) {
      return;
    }
    tcpTries++;
    TcpConnection leased = parts.connections().lease(server);
    if (leased == null) {
      onError();
      return;
    }
    connection = leased;
    answersBefore = leased.answers();
    tcpId = leased.ask(this);
  }

  /** An ICMP error, or no socket: one more reason to ask somebody else, none to stop waiting. */
  void onUdpError() {
    if (!closed) {
      onError();
    }
  }

  /** The connection broke; a kept one may just have been closed as idle, so that is tried again. */
  void onTcpClosed() {
    if (connection == null) {
      return;
    }
    boolean kept = answersBefore > 0;
    connection = null;
    if (kept && tcpTries < MOST_TCP_TRIES) {
      startTcp();
    } else {
      onError();
    }
  }

  private void onError() {
    parts.metrics().unreachable.increment();
    unreachable = true;
    blame();
    trouble();
  }

  /** Counts one failure at most, however many packets say so. */
  private void blame() {
    if (!blamed) {
      blamed = true;
      server.failed(parts.now());
    }
  }

  private void trouble() {
    inTrouble = true;
    query.onTrouble();
  }

  /** Its answer was a failure RCODE: alive, but of no help. */
  void answeredFailure() {
    inTrouble = true;
  }

  /** Gives everything back; to be called once. */
  void close(long now) {
    closed = true;
    if (!answered && !blamed && now - startedAt >= parts.timings().nextServerNanos()) {
      parts.metrics().timeouts.increment();
      blame();
    }
    if (socket != null) {
      releaseSocket();
    }
    if (connection != null) {
      boolean silent = connection.answers() == answersBefore;
      TcpConnection left = connection;
      forgetConnection();
      if (silent) {
        // Nothing came since we asked: the connection may be dead, so the next query takes another.
        left.retire();
      }
    }
    message.release();
  }

  private void forgetConnection() {
    if (connection != null) {
      TcpConnection left = connection;
      connection = null;
      left.forget(tcpId);
    }
  }

  private void releaseSocket() {
    if (socket != null) {
      socket.pending().remove(udpId);
      parts.sockets().release(socket, server);
      socket = null;
    }
  }
}
