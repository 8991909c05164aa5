package io.dotp.dns.resolver;

import org.xbill.DNS.Record;
import org.xbill.DNS.SVCBBase;

/** What becomes of one record of a response. */
sealed interface RewriteEntry {
  /** It stays, and its TTL too. */
  record Kept(Record each) implements RewriteEntry {}

  /** An alias, which may lead to a fake: it stays, but then not for longer than the fake. */
  record Alias(Record each) implements RewriteEntry {}

  /** An address record: it becomes a fake's, or goes. */
  record Address(Record each, RealAddress real) implements RewriteEntry {}

  /** An HTTPS or SVCB record: it loses its hints. */
  record Service(SVCBBase each) implements RewriteEntry {}

  /** It goes. */
  record Dropped(Record each, Reason reason) implements RewriteEntry {}

  /** Why a record goes. */
  enum Reason {
    /** It signs or denies what was changed. */
    PROOF,
    /** An address that no pool has a fake for. */
    NO_FAKE,
    /** An address that must never be mapped. */
    UNMAPPABLE
  }
}
