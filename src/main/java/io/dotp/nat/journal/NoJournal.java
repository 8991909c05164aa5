package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.util.List;

/** For a dry run: nothing is in the kernel, so nothing is worth remembering. */
public final class NoJournal implements Journal {
  @Override
  public JournalContents contents() {
    return JournalContents.NOTHING;
  }

  @Override
  public void forgetContents() {}

  @Override
  public void live(IpAddress fake, IpAddress real, String route, List<DomainName> names) {}

  @Override
  public void named(IpAddress fake, IpAddress real, String route, DomainName name) {}

  @Override
  public long retiring(List<Retirement> batch) {
    return 0;
  }

  @Override
  public boolean isWritten(long ticket) {
    return true;
  }

  @Override
  public void onWritten(Runnable wake) {}

  @Override
  public void freed(List<IpAddress> fakes) {}

  @Override
  public void pool(KnownPool pool, boolean over) {}

  @Override
  public void close() {}
}
