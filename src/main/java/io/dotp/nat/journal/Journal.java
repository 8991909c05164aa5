package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.util.List;

/** Remembers over a restart what the kernel does not know: names of mappings, and fakes at rest. */
public interface Journal extends AutoCloseable {
  /** What an earlier run left behind; nothing after {@link #forgetContents}. Thread: any. */
  JournalContents contents();

  /**
   * Frees the memory of {@link #contents} once the start is done and what came of it was noted.
   * Thread: nat.
   */
  void forgetContents();

  /**
   * Notes that a mapping became live, anew or again. Thread: nat, so that it stays in order with
   * {@link #retiring}.
   *
   * @param route name of the route
   */
  void live(IpAddress fake, IpAddress real, String route, List<DomainName> names);

  /** Notes that one more name led to a fake. Thread: any. */
  void named(IpAddress fake, IpAddress real, String route, DomainName name);

  /**
   * Notes that mappings are about to be taken from the kernel, and that their fakes rest from now
   * on. Noting the same again moves the beginning of the rest. Thread: nat.
   *
   * @return a ticket for {@link #isWritten}
   */
  long retiring(List<Retirement> batch);

  /**
   * Whether a kill of this process can no longer undo what was noted up to the ticket; also true
   * when that was given up, so that nobody waits for ever. Thread: any.
   */
  boolean isWritten(long ticket);

  /**
   * Sets what is run each time that retirements are settled, after {@link #isWritten} says so. It
   * must neither wait nor throw. Thread: any.
   */
  void onWritten(Runnable wake);

  /** Forgets fakes that no longer rest. Thread: nat. */
  void freed(List<IpAddress> fakes);

  /**
   * Notes a pool that the rules know, so that the next run lets its fakes work as they do now
   * whatever the configuration says by then; or that they know it no longer. Thread: nat.
   */
  void pool(KnownPool pool, boolean over);

  /** Writes what has queued. Thread: main, when nothing is queued any more. */
  @Override
  void close();
}
