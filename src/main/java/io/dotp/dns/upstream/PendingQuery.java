package io.dotp.dns.upstream;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One question on its way, from the first server to the one result.
 *
 * <p>Thread: one loop.
 */
final class PendingQuery {
  /*
   * Servers are asked in order: the next one when the last one asked has kept silent for a while, or
   * at once when every server asked so far is in trouble. Earlier ones stay in the race, because an
   * error may be forged and a slow answer is an answer.
   *
   * I1 The first sound answer that is no failure ends the query.
   * I2 A failure RCODE ends it only when every server has answered with one; the first is passed on.
   *    When time is up it is passed on as well: it says more than silence.
   * I3 `done` runs once, after every socket, timer and buffer was given back.
   *
   * One timer at a time serves the budget, the next server and the repeats. It may fire early, which
   * costs a look at the clock.
   */

  private static final int NOERROR = 0;
  private static final int NXDOMAIN = 3;

  /** A DNAME made the name too long: the truth about the name, RFC 6672 section 2.2. */
  private static final int YXDOMAIN = 6;

  private final UpstreamQuery question;
  private final List<UpstreamServer> servers;
  private final LoopParts parts;
  private final Consumer<PendingQuery> onEnd;
  private final Consumer<UpstreamResult> done;
  private final List<Attempt> attempts = new ArrayList<>(1);
  private final long deadline;
  private long nextServerAt;
  private @Nullable ScheduledFuture<?> timer;
  private long timerAt;
  private UpstreamResult.@Nullable Received failure;
  private int failures;
  private boolean sawMalformed;
  private boolean ended;

  /**
   * @param servers whom to ask, in this order
   * @param onEnd runs before {@code done}
   */
  PendingQuery(
      UpstreamQuery question,
      List<UpstreamServer> servers,
      LoopParts parts,
      Consumer<PendingQuery> onEnd,
      Consumer<UpstreamResult> done) {
    this.question = question;
    this.servers = servers;
    this.parts = parts;
    this.onEnd = onEnd;
    this.done = done;
    this.deadline = parts.now() + parts.timings().totalNanos();
  }

  UpstreamQuery question() {
    return question;
  }

  void start() {
    askNext(parts.now());
    schedule(parts.now());
  }

  private void askNext(long now) {
    nextServerAt = now + parts.timings().nextServerNanos();
    Attempt attempt = new Attempt(this, servers.get(attempts.size()), parts, now);
    attempts.add(attempt);
    attempt.send(now);
  }

  private boolean hasMoreServers() {
    return attempts.size() < servers.size();
  }

  private void onTimer() {
    if (ended) {
      return;
    }
    timer = null;
    long now = parts.now();
    if (deadline - now <= 0) {
      giveUp();
      return;
    }
    // By index, and only those asked before: sending may add an attempt.
    int asked = attempts.size();
    for (int i = 0; i < asked; i++) {
      if (attempts.get(i).nextSendAt() - now <= 0) {
        attempts.get(i).send(now);
      }
    }
    if (hasMoreServers() && nextServerAt - now <= 0) {
      askNext(now);
    }
    schedule(now);
  }

  private void schedule(long now) {
    if (ended) {
      return;
    }
    long next = deadline;
    if (hasMoreServers()) {
      next = earlier(next, nextServerAt);
    }
    for (int i = 0; i < attempts.size(); i++) {
      next = earlier(next, attempts.get(i).nextSendAt());
    }
    if (timer != null) {
      if (timerAt - next <= 0) {
        return;
      }
      timer.cancel(false);
    }
    timerAt = next;
    timer =
        parts
            .loop()
            .schedule(
                () -> parts.guarded(this, this::onTimer),
                Math.max(0, next - now),
                TimeUnit.NANOSECONDS);
  }

  private static long earlier(long one, long other) {
    return one - other <= 0 ? one : other;
  }

  /** One of the attempts will hardly bring an answer soon. */
  void onTrouble() {
    if (ended) {
      return;
    }
    if (!hasMoreServers()) {
      giveUpWhenHopeless();
      return;
    }
    for (int i = 0; i < attempts.size(); i++) {
      if (!attempts.get(i).isInTrouble()) {
        return;
      }
    }
    long now = parts.now();
    askNext(now);
    schedule(now);
  }

  /** Nothing may be forged here, and nothing will change within the budget. */
  private void giveUpWhenHopeless() {
    for (int i = 0; i < attempts.size(); i++) {
      if (!attempts.get(i).isHopeless()) {
        return;
      }
    }
    giveUp();
  }

  void onMalformed() {
    sawMalformed = true;
  }

  /** A sound answer, owned from here on. */
  void onAnswer(Attempt attempt, UpstreamResult.Received received) {
    if (!isFailure(received.facts().rcode())) {
      end(received);
      return;
    }
    parts.metrics().failureRcodes.increment();
    failures++;
    if (failure == null) {
      failure = received;
    } else {
      received.message().release();
    }
    attempt.answeredFailure();
    if (failures == servers.size()) {
      giveUp();
    } else {
      onTrouble();
    }
  }

  private static boolean isFailure(int rcode) {
    return rcode != NOERROR && rcode != NXDOMAIN && rcode != YXDOMAIN;
  }

  private void giveUp() {
    UpstreamResult.Received held = failure;
    failure = null;
    end(held == null ? new UpstreamResult.Failed(cause()) : held);
  }

  private UpstreamResult.Cause cause() {
    if (sawMalformed) {
      return UpstreamResult.Cause.MALFORMED;
    }
    UpstreamResult.Cause cause = UpstreamResult.Cause.UNREACHABLE;
    for (Attempt attempt : attempts) {
      ConnectionFailure failed = attempt.failure();
      if (failed == null) {
        return UpstreamResult.Cause.TIMEOUT;
      }
      if (cause == UpstreamResult.Cause.UNREACHABLE) {
        cause = failed.cause();
      }
    }
    return cause;
  }

  /** The client closes, or a bug was met. */
  void abort(UpstreamResult.Cause cause) {
    if (!ended) {
      end(new UpstreamResult.Failed(cause));
    }
  }

  private void end(UpstreamResult result) {
    ended = true;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    long now = parts.now();
    for (int i = 0; i < attempts.size(); i++) {
      attempts.get(i).close(now);
    }
    if (failure != null) {
      failure.message().release();
      failure = null;
    }
    onEnd.accept(this);
    done.accept(result);
  }
}
