package io.dotp.dns.upstream;

import io.dotp.dns.message.QuestionMatch;
import io.dotp.dns.message.ResponseFacts;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DnsResponseCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One query to one server: over UDP until it ends, and besides over TCP when an answer over UDP was
 * truncated or doubtful. Nothing that comes over UDP ends the wait but an answer that is ours and
 * sound: everything else may be forged. A server behind TLS is only ever asked through it.
 *
 * <p>Thread: one loop.
 */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

  /** How often a server is sent one query at most, the one without EDNS included. */
  static final int MOST_SENDS = 3;

  private static final int MOST_STREAM_TRIES = 3;
  private static final int FLAG_TC = 0x0200;

  private final PendingQuery query;
  private final UpstreamServer server;
  private final LoopParts parts;
  private final boolean strictCase;
  private final int questionLength;
  private final long startedAt;
  private ByteBuf message;
  private ByteBuf question;
  private boolean hasOpt;
  private boolean fellBack;
  private @Nullable UdpSocket socket;
  private int udpId;
  private int sends;
  private long waitNanos;
  private long nextSendAt;
  private @Nullable StreamConnection connection;
  private int streamId;
  private long answersBefore;
  private int streamTries;
  private boolean replaced;
  private @Nullable ConnectionFailure failure;
  private boolean answered;
  private boolean blamed;
  private boolean inTrouble;
  private boolean truncated;
  private boolean closed;

  Attempt(PendingQuery query, UpstreamServer server, LoopParts parts, long now) {
    this.query = query;
    this.server = server;
    this.parts = parts;
    this.strictCase = !server.isEncrypted() && server.keepsCase();
    this.questionLength = query.question().name().length() + QueryEncoder.TYPE_AND_CLASS;
    this.hasOpt = server.knowsEdns(now);
    this.message = compose();
    this.question = message.slice(QueryEncoder.HEADER_LENGTH, questionLength);
    this.startedAt = now;
    this.waitNanos = parts.timings().retryNanos();
  }

  private ByteBuf compose() {
    ByteBuf full = parts.encoder().encode(query.question(), strictCase);
    if (hasOpt && !server.isEncrypted()) {
      return full;
    }
    try {
      return hasOpt ? parts.encoder().pad(full) : parts.encoder().withoutEdns(full, questionLength);
    } finally {
      full.release();
    }
  }

  /** The query as it is sent; the ID in it is UDP's, or 0. */
  ByteBuf message() {
    return message;
  }

  /** Whether this server gave no reason to expect an answer of it soon. */
  boolean isInTrouble() {
    return inTrouble;
  }

  /** What was seen of this server last, if it was an error. */
  @Nullable ConnectionFailure failure() {
    return failure;
  }

  /** Whether waiting on is of no use: what TLS says cannot be forged. */
  boolean isHopeless() {
    return server.isEncrypted()
        && connection == null
        && failure != null
        && failure.cause() != UpstreamResult.Cause.UNREACHABLE;
  }

  long nextSendAt() {
    return nextSendAt;
  }

  /** Sends, for the first time or once more, each time after a longer wait. */
  void send(long now) {
    if (connection != null && !connection.isOpen()) {
      // Not yet sent even once: connecting may take its time.
      nextSendAt = now + waitNanos;
      return;
    }
    countSend(now);
    if (answered) {
      return;
    }
    if (server.isEncrypted() || truncated && connection != null) {
      sendOverStream();
    } else {
      sendOverUdp();
    }
  }

  private void countSend(long now) {
    sends++;
    nextSendAt = now + (sends < MOST_SENDS ? waitNanos : parts.timings().totalNanos());
    waitNanos = waitNanos * 3 / 2;
  }

  /** A connection that has said nothing since we sent may be dead without knowing it. */
  private void sendOverStream() {
    StreamConnection silent = connection;
    if (silent == null) {
      startStream();
    } else if (silent.answers() != answersBefore) {
      answersBefore = silent.answers();
    } else if (!replaced && silent.isOpen()) {
      replaced = true;
      forgetConnection();
      silent.retire();
      startStream();
    }
  }

  private void sendOverUdp() {
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
    return QuestionMatch.of(response, question) != QuestionMatch.Result.FOREIGN
        || hasOpt && QuestionMatch.isRefusalOfEdns(response);
  }

  /** A datagram with our ID came; borrows it. */
  void onDatagram(ByteBuf response) {
    QuestionMatch.Result match = QuestionMatch.of(response, question);
    if (match == QuestionMatch.Result.FOREIGN) {
      parts.metrics().spoofNearMiss.increment();
      if (hasOpt && QuestionMatch.isRefusalOfEdns(response)) {
        askWithoutEdns(false);
      }
    } else if (match == QuestionMatch.Result.CASE_DIFFERS && strictCase) {
      parts.metrics().caseMismatch.increment();
      startStream();
    } else if ((response.getUnsignedShort(response.readerIndex() + 2) & FLAG_TC) != 0) {
      parts.metrics().truncated.increment();
      truncated = true;
      startStream();
    } else {
      judge(response, false);
    }
  }

  /** An answer came over a stream, where nobody on the way can have made it up; borrows it. */
  void onStreamAnswer(ByteBuf response) {
    forgetConnection();
    QuestionMatch.Result match = QuestionMatch.of(response, question);
    if (match == QuestionMatch.Result.FOREIGN) {
      askWithoutEdns(true);
      return;
    }
    boolean caseDiffers = match == QuestionMatch.Result.CASE_DIFFERS;
    if (caseDiffers && strictCase && server.losesCase()) {
      LOG.info("upstream does not keep the case of letters, random case is off server={}", server);
    }
    judge(response, true);
  }

  private void judge(ByteBuf response, boolean overStream) {
    ResponseFacts facts = parts.factsOf(response);
    if (facts == null) {
      parts.metrics().malformed.increment();
      query.onMalformed();
      if (overStream) {
        streamTries = MOST_STREAM_TRIES;
        trouble();
      } else {
        startStream();
      }
      return;
    }
    server.answered();
    if (hasOpt && sends < MOST_SENDS && mayRefuseEdns(facts.rcode())) {
      askWithoutEdns(overStream);
      return;
    }
    answered = true;
    parts.metrics().responses.increment();
    boolean provesLack = fellBack && facts.optOffset() < 0 && !mayRefuseEdns(facts.rcode());
    if (provesLack && server.lacksEdns(parts.now())) {
      LOG.info("upstream does not know EDNS, it is left out for 10 minutes server={}", server);
    }
    ByteBuf taken = response.retain();
    taken.writerIndex(taken.readerIndex() + facts.end());
    query.onAnswer(this, new UpstreamResult.Received(taken, facts));
  }

  private static boolean mayRefuseEdns(int rcode) {
    return rcode == DnsResponseCode.FORMERR.intValue()
        || rcode == DnsResponseCode.NOTIMP.intValue()
        || rcode == DnsResponseCode.BADVERS_OR_BADSIG.intValue();
  }

  /**
   * The refusal may be forged, so the wait for an answer to the first form goes on: both forms have
   * the same ID, port and letters (RFC 6891 section 7).
   */
  private void askWithoutEdns(boolean overStream) {
    if (sends >= MOST_SENDS) {
      return;
    }
    parts.metrics().ednsFallbacks.increment();
    hasOpt = false;
    fellBack = true;
    ByteBuf full = message;
    message = parts.encoder().withoutEdns(full, questionLength);
    question = message.slice(QueryEncoder.HEADER_LENGTH, questionLength);
    full.release();
    countSend(parts.now());
    if (overStream) {
      streamTries = Math.min(streamTries, MOST_STREAM_TRIES - 1);
      startStream();
    } else {
      sendOverUdp();
    }
  }

  private void startStream() {
    if (connection != null || streamTries >= MOST_STREAM_TRIES) {
      return;
    }
    streamTries++;
    StreamConnection leased = parts.connections().lease(server);
    if (leased == null) {
      onError(parts.connections().lastFailure(server));
      return;
    }
    connection = leased;
    answersBefore = leased.answers();
    int id = leased.ask(this);
    // Sending may fail at once, and we then wait on another connection, or on none.
    if (connection == leased) {
      streamId = id;
    }
  }

  /** An ICMP error, or no socket: one more reason to ask somebody else, none to stop waiting. */
  void onUdpError() {
    if (!closed) {
      onError(ConnectionFailure.UNREACHABLE);
    }
  }

  /**
   * The connection broke, or the exchange on it; a kept one may just have been closed as idle, so
   * that is tried again.
   */
  void onStreamFailed(ConnectionFailure reason) {
    if (connection == null) {
      return;
    }
    boolean again = answersBefore > 0 || reason.again();
    connection = null;
    if (again && streamTries < MOST_STREAM_TRIES) {
      startStream();
    } else {
      onError(reason);
    }
  }

  private void onError(ConnectionFailure reason) {
    parts.metrics().unreachable.increment();
    failure = reason;
    blame(reason.text());
    trouble();
  }

  /** Counts one failure at most, however many packets say so. */
  private void blame(String reason) {
    if (!blamed) {
      blamed = true;
      server.failed(parts.now(), reason);
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
      blame("no answer in time");
    }
    if (socket != null) {
      releaseSocket();
    }
    if (connection != null) {
      boolean silent = connection.answers() == answersBefore;
      StreamConnection left = connection;
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
      StreamConnection left = connection;
      connection = null;
      left.forget(streamId);
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
