package io.dotp.dns.resolver;

import io.dotp.dns.message.QueryView;
import io.dotp.dns.upstream.UpstreamResult;
import io.dotp.nat.AcquireResult;
import io.netty.handler.codec.dns.DnsResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * The one table that turns every internal failure into RCODE and Extended DNS Error (RFC 8914
 * section 4).
 */
@SuppressWarnings("ImmutableEnumChecker") // Netty's codes are immutable, but do not say so
public enum FailureCause {
  UPSTREAM_TIMEOUT(DnsResponseCode.SERVFAIL, Ede.NO_REACHABLE_AUTHORITY, "no upstream answered"),
  UPSTREAM_UNREACHABLE(DnsResponseCode.SERVFAIL, Ede.NETWORK_ERROR, "upstream unreachable"),
  UPSTREAM_MALFORMED(DnsResponseCode.SERVFAIL, Ede.NETWORK_ERROR, "upstream answers are malformed"),
  UPSTREAM_CERTIFICATE(
      DnsResponseCode.SERVFAIL, Ede.NETWORK_ERROR, "upstream's certificate is not accepted"),
  UPSTREAM_TLS(DnsResponseCode.SERVFAIL, Ede.NETWORK_ERROR, "TLS to the upstream fails"),
  UPSTREAM_HTTP(DnsResponseCode.SERVFAIL, Ede.NETWORK_ERROR, "upstream's HTTP answer is no DNS"),
  RESPONSE_UNREADABLE(DnsResponseCode.SERVFAIL, Ede.OTHER, "upstream answer cannot be rewritten"),
  ALIAS_CHAIN(DnsResponseCode.SERVFAIL, Ede.OTHER, "too many aliases, or a loop of them"),
  POOL_EXHAUSTED(DnsResponseCode.SERVFAIL, Ede.OTHER, "pool of fake addresses is exhausted"),
  CLIENT_LIMIT(DnsResponseCode.SERVFAIL, Ede.OTHER, "this client has its share of fake addresses"),
  KERNEL_REFUSED(DnsResponseCode.SERVFAIL, Ede.OTHER, "the kernel refused the mapping"),
  KERNEL_LATE(DnsResponseCode.SERVFAIL, Ede.NOT_READY, "the kernel has not yet taken the mapping"),
  OVERLOADED(DnsResponseCode.SERVFAIL, Ede.NOT_READY, "too many queries are under way"),
  STOPPING(DnsResponseCode.SERVFAIL, Ede.NOT_READY, "dotp is stopping"),
  UNHEALTHY(DnsResponseCode.SERVFAIL, Ede.NOT_READY, "dotp is not healthy"),
  QUESTION_COUNT(DnsResponseCode.FORMERR, Ede.OTHER, "question count is not 1"),
  QUESTION_MALFORMED(DnsResponseCode.FORMERR, Ede.OTHER, "the question cannot be read"),
  RECORDS_MALFORMED(DnsResponseCode.FORMERR, Ede.OTHER, "a record is malformed or out of place"),
  OPCODE_UNSUPPORTED(DnsResponseCode.NOTIMP, Ede.NOT_SUPPORTED, "only opcode QUERY is served"),
  TYPE_UNSUPPORTED(DnsResponseCode.NOTIMP, Ede.NOT_SUPPORTED, "AXFR, IXFR, TKEY are not served"),
  EDNS_VERSION(
      DnsResponseCode.BADVERS_OR_BADSIG, Ede.NOT_SUPPORTED, "only EDNS version 0 is spoken"),
  CLIENT_DENIED(DnsResponseCode.REFUSED, Ede.PROHIBITED, "this client may not ask"),
  RATE_LIMITED(DnsResponseCode.REFUSED, Ede.OTHER, "more queries a second than allowed"),
  LOOP(DnsResponseCode.REFUSED, Ede.PROHIBITED, "the query came from dotp itself"),
  BUG(DnsResponseCode.SERVFAIL, Ede.OTHER, "internal error");

  /** INFO-CODEs of RFC 8914 section 5.2. */
  private static final class Ede {
    static final int OTHER = 0;
    static final int NOT_READY = 14;
    static final int PROHIBITED = 18;
    static final int NOT_SUPPORTED = 21;
    static final int NO_REACHABLE_AUTHORITY = 22;
    static final int NETWORK_ERROR = 23;
  }

  private final DnsResponseCode rcode;
  private final int ede;
  private final String text;

  FailureCause(DnsResponseCode rcode, int ede, String text) {
    this.rcode = rcode;
    this.ede = ede;
    this.text = text;
  }

  public DnsResponseCode rcode() {
    return rcode;
  }

  /** INFO-CODE of the Extended DNS Error. */
  public int ede() {
    return ede;
  }

  /** EXTRA-TEXT of the Extended DNS Error: for people with dig, not for programs. */
  public String text() {
    return text;
  }

  /**
   * Why a message of a client cannot be asked; null when it can, or when it gets no answer at all.
   *
   * @param view that has given {@code verdict}
   */
  public static @Nullable FailureCause of(QueryView.Verdict verdict, QueryView view) {
    return switch (verdict) {
      case QUERY, NOT_A_QUERY -> null;
      case FORMERR -> of(view.fault());
      case NOTIMP -> view.opcode() == 0 ? TYPE_UNSUPPORTED : OPCODE_UNSUPPORTED;
      case BADVERS -> EDNS_VERSION;
    };
  }

  private static FailureCause of(QueryView.Fault fault) {
    return switch (fault) {
      case QUESTION_COUNT -> QUESTION_COUNT;
      case QUESTION -> QUESTION_MALFORMED;
      case RECORDS, NONE -> RECORDS_MALFORMED;
    };
  }

  static FailureCause of(UpstreamResult.Cause cause) {
    return switch (cause) {
      case TIMEOUT -> UPSTREAM_TIMEOUT;
      case UNREACHABLE -> UPSTREAM_UNREACHABLE;
      case MALFORMED -> UPSTREAM_MALFORMED;
      case CERTIFICATE -> UPSTREAM_CERTIFICATE;
      case TLS -> UPSTREAM_TLS;
      case HTTP -> UPSTREAM_HTTP;
      case STOPPING -> STOPPING;
    };
  }

  static FailureCause of(AcquireResult.Cause cause) {
    return switch (cause) {
      case POOL_EXHAUSTED, NO_POOL -> POOL_EXHAUSTED;
      case CLIENT_LIMIT -> CLIENT_LIMIT;
      case KERNEL_REFUSED -> KERNEL_REFUSED;
      case COMMIT_LATE -> KERNEL_LATE;
      case OVERLOADED -> OVERLOADED;
      case STOPPING -> STOPPING;
    };
  }
}
