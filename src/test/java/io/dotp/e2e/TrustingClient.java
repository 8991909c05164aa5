package io.dotp.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program that asks for A of the numbered names of an {@link EvilUpstream}, each once. Arguments:
 * server, first number, how many, threads. Prints a {@link Tally}: good, fake (from the pool, so of
 * a listed name), failed (SERVFAIL), lost (no answer), wrong (any other), swapped (a fake where the
 * real address belongs, or the other way round).
 *
 * <p>Even numbers are below the listed domain example.com, odd ones below example.net.
 */
final class TrustingClient {
  /** Twice as long as dotp may take: who has no answer by then gets none. */
  private static final int PATIENCE_MILLIS = 10_000;

  private final InetAddress server;
  private final AtomicInteger next;
  private final int end;
  private final Tally tally = new Tally();

  private TrustingClient(InetAddress server, int first, int names) {
    this.server = server;
    this.next = new AtomicInteger(first);
    this.end = first + names;
  }

  public static void main(String[] arguments) throws Exception {
    TrustingClient client =
        new TrustingClient(
            InetAddress.getByName(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
      Thread thread = new Thread(client::work, "trusting-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(client.tally);
  }

  private void work() {
    try (StubResolver resolver = new StubResolver(server, PATIENCE_MILLIS)) {
      int number;
      while ((number = next.getAndIncrement()) < end) {
        boolean listed = number % 2 == 0;
        String name = "n" + number + (listed ? ".example.com" : ".example.net");
        tally.count(verdict(resolver.ask(name, false), number, listed));
      }
    } catch (IOException e) {
      tally.count("stopped");
      System.err.println("trusting client: " + e);
    }
  }

  private static String verdict(StubResolver.Outcome outcome, int number, boolean listed) {
    InetAddress address = outcome.address();
    if (outcome.rcode() < 0) {
      return "lost";
    }
    if (outcome.rcode() == 2) {
      return "failed";
    }
    if (address == null) {
      return "wrong";
    }
    byte[] bytes = address.getAddress();
    boolean fake = bytes[0] == (byte) 198 && (bytes[1] & 0xfe) == 18;
    boolean real = Arrays.equals(bytes, EvilUpstream.address(number));
    if (!fake && !real) {
      return "wrong";
    }
    return fake != listed ? "swapped" : fake ? "fake" : "good";
  }
}
