package io.dotp.e2e;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program that asks for many names, A and AAAA, and connects to each fake the instant it has the
 * answer. Arguments: server, number of names, threads. Prints a {@link Tally}: answered, lost,
 * failed (an answer without an address), connected, refused, broken, wrong (another server).
 */
final class EagerClient {
  private static final int TIMEOUT_MILLIS = 8_000;

  private final InetAddress server;
  private final int names;
  private final AtomicInteger next = new AtomicInteger();
  private final Tally tally = new Tally();

  private EagerClient(InetAddress server, int names) {
    this.server = server;
    this.names = names;
  }

  public static void main(String[] arguments) throws Exception {
    EagerClient client =
        new EagerClient(InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1]));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
      Thread thread = new Thread(client::work, "eager-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(client.tally);
  }

  private void work() {
    try (StubResolver resolver = new StubResolver(server, TIMEOUT_MILLIS)) {
      int turn;
      while ((turn = next.getAndIncrement()) < 2 * names) {
        boolean ipv6 = turn % 2 == 1;
        askAndConnect(resolver, turn / 2, ipv6);
      }
    } catch (IOException e) {
      tally.count("stopped");
      System.err.println("eager client: " + e);
    }
  }

  private void askAndConnect(StubResolver resolver, int index, boolean ipv6) throws IOException {
    StubResolver.Outcome outcome = resolver.ask(BulkNames.name(index), ipv6);
    if (outcome.rcode() < 0) {
      tally.count("lost");
      return;
    }
    InetAddress fake = outcome.address();
    if (fake == null) {
      tally.count("failed");
      return;
    }
    tally.count("answered");
    try (Identity server = Identity.of(fake, TIMEOUT_MILLIS)) {
      boolean right =
          InetAddress.getByName(server.real())
              .equals(InetAddress.getByName(BulkNames.real(index, ipv6)));
      tally.count(right ? "connected" : "wrong");
    } catch (ConnectException e) {
      tally.count("refused");
      System.err.println(BulkNames.name(index) + " " + fake + ": " + e);
    } catch (IOException e) {
      tally.count("broken");
      System.err.println(BulkNames.name(index) + " " + fake + ": " + e);
    }
  }
}
