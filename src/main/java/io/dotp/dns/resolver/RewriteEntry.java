package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import java.util.Set;
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

  /**
   * An HTTPS or SVCB record: it loses its hints, or gets others.
   *
   * @param route whose fakes they become
   * @param reals the addresses in it that become fakes; others go
   */
  record Service(SVCBBase each, RouteId route, Set<IpAddress> reals) implements RewriteEntry {
    public Service {
      reals = Set.copyOf(reals);
    }
  }

  /** It goes. */
  record Dropped(Record each, Reason reason) implements RewriteEntry {}

  /** Why a record goes. */
  enum Reason {
    /** It signs or denies what was changed. */
    PROOF,
    /** An address that no pool has a fake for. */
    NO_FAKE,
    /** An address that must never be mapped. */
    UNMAPPABLE,
    /** A service that its route does not want to be found. */
    NO_SERVICE,
    /** A service whose data nobody can read, so that it may hold anything. */
    UNREADABLE
  }
}
