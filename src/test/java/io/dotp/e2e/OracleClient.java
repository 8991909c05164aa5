package io.dotp.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * The mapping oracle: a program that uses fakes the way careless applications do and notices when
 * one leads to a server that its name never had.
 */
final class OracleClient {
  /*
   * Resolvers ask for random names all the time; whatever fake they ever got for a name goes into a
   * cache that forgets nothing and knows no TTL. Connectors pick from that cache at random and
   * connect. Servers say on which address they were reached; each name has exactly one address per
   * family, so any other is a violation. Keepers hold a connection each and use it every 50 ms.
   *
   * A refused connection is no violation (a mapping may end), but it is counted: while names are
   * asked for again and again, none of their mappings ends, and a test may ask for none refused.
   *
   * Arguments: server, names, resolvers, connectors, keepers. Commands on standard input: "report"
   * prints the tally; the end of the input ends the program.
   */
  private static final int SHOWN_VIOLATIONS = 20;
  private static final int DNS_MILLIS = 1_000;
  private static final int CONNECT_MILLIS = 10_000;
  private static final long KEEPER_PAUSE_NANOS = 50_000_000;
  private static final long RESOLVER_PAUSE_NANOS = 2_000_000;

  /** A fake that an answer carried for a name. */
  private record Memory(int name, boolean ipv6, InetAddress fake) {}

  private final InetAddress server;
  private final int names;
  private final Tally tally = new Tally();
  private final List<Memory> cache = new CopyOnWriteArrayList<>();
  private final Set<Memory> known = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  private OracleClient(InetAddress server, int names) {
    this.server = server;
    this.names = names;
  }

  public static void main(String[] arguments) throws IOException {
    OracleClient client =
        new OracleClient(InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1]));
    client.start("resolver", Integer.parseInt(arguments[2]), client::resolve);
    client.start("connector", Integer.parseInt(arguments[3]), client::connect);
    client.start("keeper", Integer.parseInt(arguments[4]), client::keep);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (in.readLine() != null) {
      System.out.println("remembered=" + client.cache.size() + " " + client.tally);
      System.out.flush();
    }
    client.stopping = true;
  }

  /** A part of the oracle that runs until it stops. */
  private interface Part {
    void run(Random random) throws IOException;
  }

  private void start(String name, int count, Part part) {
    for (int i = 0; i < count; i++) {
      long seed = name.hashCode() * 31L + i;
      Thread thread = new Thread(() -> guard(name, part, new Random(seed)), name + "-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void guard(String name, Part part, Random random) {
    try {
      part.run(random);
    } catch (IOException | RuntimeException e) {
      tally.count("dead-" + name);
      System.err.println("oracle " + name + ": " + e);
    }
  }

  private void resolve(Random random) throws IOException {
    while (!stopping) {
      // A socket per burst: one that outlives a daemon may keep an error of that time.
      try (StubResolver resolver = new StubResolver(server, DNS_MILLIS)) {
        for (int i = 0; i < 50 && !stopping; i++) {
          remember(resolver, random.nextInt(names), random.nextBoolean());
          LockSupport.parkNanos(RESOLVER_PAUSE_NANOS);
        }
      }
    }
  }

  private void remember(StubResolver resolver, int name, boolean ipv6) throws IOException {
    StubResolver.Outcome outcome = resolver.ask(BulkNames.name(name), ipv6);
    InetAddress fake = outcome.address();
    if (outcome.rcode() < 0) {
      tally.count("unanswered");
    } else if (fake == null) {
      tally.count("rcode-" + outcome.rcode());
    } else {
      tally.count("answers");
      Memory memory = new Memory(name, ipv6, fake);
      if (known.add(memory)) {
        cache.add(memory);
      }
    }
  }

  private void connect(Random random) throws IOException {
    while (!stopping) {
      if (cache.isEmpty()) {
        LockSupport.parkNanos(RESOLVER_PAUSE_NANOS);
        continue;
      }
      Memory memory = cache.get(random.nextInt(cache.size()));
      try (Identity identity = Identity.of(memory.fake(), CONNECT_MILLIS)) {
        judge(memory, identity);
      } catch (ConnectException e) {
        tally.count("refused");
      } catch (SocketTimeoutException e) {
        tally.count("timeouts");
      } catch (IOException e) {
        tally.count("broken-connections");
        System.err.println("oracle: " + memory + " " + e);
      }
    }
  }

  private void judge(Memory memory, Identity identity) throws IOException {
    String expected = BulkNames.real(memory.name(), memory.ipv6());
    if (InetAddress.getByName(identity.real()).equals(InetAddress.getByName(expected))) {
      tally.count("connections");
    } else {
      tally.count("violations");
      if (tally.of("violations") <= SHOWN_VIOLATIONS) {
        System.err.println(
            "VIOLATION " + memory + " reached " + identity.real() + " instead of " + expected);
      }
    }
  }

  private void keep(Random random) throws IOException {
    while (!stopping) {
      if (cache.isEmpty()) {
        LockSupport.parkNanos(KEEPER_PAUSE_NANOS);
        continue;
      }
      Memory memory = cache.get(random.nextInt(cache.size()));
      try (Identity identity = Identity.of(memory.fake(), CONNECT_MILLIS)) {
        tally.count("flows");
        for (int i = 0; !stopping; i++) {
          identity.echo("line" + i);
          tally.count("echoes");
          LockSupport.parkNanos(KEEPER_PAUSE_NANOS);
        }
      } catch (IOException e) {
        tally.count("broken-flows");
        System.err.println("oracle flow: " + memory + " " + e);
      }
    }
  }
}
