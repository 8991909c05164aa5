package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.util.List;

/** Something that happened and that thread {@code dotp-journal} is to note. */
sealed interface JournalOrder {
  /** What it counts in the queue. */
  int weight();

  /** A mapping became live. */
  record Live(IpAddress fake, JournalEntry entry) implements JournalOrder {
    @Override
    public int weight() {
      return 1;
    }
  }

  /** One more name led to a fake. */
  record Named(IpAddress fake, IpAddress real, String route, DomainName name)
      implements JournalOrder {
    @Override
    public int weight() {
      return 1;
    }
  }

  /** Mappings are about to be taken from the kernel. */
  record Retire(long ticket, List<Retirement> batch) implements JournalOrder {
    @Override
    public int weight() {
      return batch.size();
    }
  }

  /** The rules know a pool, or do no longer. */
  record Pool(KnownPool pool, boolean over) implements JournalOrder {
    @Override
    public int weight() {
      return 1;
    }
  }

  /** A stale file was judged, and what came of that was ordered before this. */
  record Adopted() implements JournalOrder {
    @Override
    public int weight() {
      return 1;
    }
  }

  /** Fakes may stand for other addresses from now on. */
  record Free(List<IpAddress> fakes) implements JournalOrder {
    @Override
    public int weight() {
      return fakes.size();
    }
  }
}
