package io.dotp.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that is a LAN at work: asks for listed names at a steady rate, uses every fake at once,
 * and keeps downloads going. Arguments: server, names asked for again and again, further names that
 * are asked for once, questions a second, downloads. Commands on standard input: "report" prints
 * the tally; the end of the input ends the program.
 */
final class SteadyClient {
  /*
   * Of an answer: answers (a fake), servfail, wrong-answers (anything else), unanswered.
   * Of the connection to its fake: connections, violations (another server), unreachable (never
   * reached within the patience of one who tries again); refused counts the tries that met a reset.
   * Of downloads: downloads, broken-downloads, kilobytes; longest-... are in milliseconds.
   */
  private static final int DNS_MILLIS = 3_000;
  private static final int CONNECT_MILLIS = 8_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** As many as may hang in a connect at the same time while a table is away. */
  private static final int ASKERS = 96;

  private static final int HTTP_PORT = 80;
  private static final long BYTES = 1L << 34;
  private static final int STALL_MILLIS = 20_000;

  /** Small, so that the server always has something that it wants to send. */
  private static final int BUFFER = 16_384;

  private static final long READ_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final InetAddress server;
  private final int names;
  private final int fresh;
  private final long gapNanos;
  private final long begin = System.nanoTime();
  private final AtomicLong turns = new AtomicLong();
  private final AtomicInteger nextFresh = new AtomicInteger();
  private final Tally tally = new Tally();
  private final AtomicLong longestAnswer = new AtomicLong();
  private final AtomicLong longestConnect = new AtomicLong();
  private final AtomicLong longestStall = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  private SteadyClient(InetAddress server, int names, int fresh, int rate) {
    this.server = server;
    this.names = names;
    this.fresh = fresh;
    this.gapNanos = TimeUnit.SECONDS.toNanos(1) / rate;
  }

  public static void main(String[] arguments) throws IOException {
    SteadyClient client =
        new SteadyClient(
            InetAddress.getByName(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]));
    for (int i = 0; i < ASKERS; i++) {
      Random random = new Random(i);
      start("asker-" + i, () -> client.ask(random));
    }
    for (int i = 0; i < Integer.parseInt(arguments[4]); i++) {
      int number = i;
      start("download-" + i, () -> client.download(number));
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (in.readLine() != null) {
      System.out.println(client.report());
      System.out.flush();
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private String report() {
    return tally
        + " longest-answer="
        + longestAnswer.get()
        + " longest-connect="
        + longestConnect.get()
        + " longest-stall="
        + longestStall.get()
        + " kilobytes="
        + bytes.get() / 1024;
  }

  private void ask(Random random) {
    while (true) {
      // A socket per burst: one that outlives a daemon may keep an error of that time.
      try (StubResolver resolver = new StubResolver(server, DNS_MILLIS)) {
        for (int i = 0; i < 50; i++) {
          long turn = turns.getAndIncrement();
          LockSupport.parkNanos(begin + turn * gapNanos - System.nanoTime());
          turn(resolver, turn % 2 == 0 ? known(random) : fresh(random), random.nextBoolean());
        }
      } catch (IOException e) {
        tally.count("askers-hiccups");
        System.err.println("steady client: " + e);
      }
    }
  }

  private int known(Random random) {
    return random.nextInt(names);
  }

  private int fresh(Random random) {
    int number = nextFresh.getAndIncrement();
    return number < fresh ? names + number : known(random);
  }

  private void turn(StubResolver resolver, int name, boolean ipv6) throws IOException {
    long asked = System.nanoTime();
    StubResolver.Outcome outcome = resolver.ask(BulkNames.name(name), ipv6);
    raise(longestAnswer, asked);
    InetAddress fake = outcome.address();
    if (outcome.rcode() < 0) {
      tally.count("unanswered");
    } else if (outcome.rcode() == 2) {
      tally.count("servfail");
    } else if (outcome.rcode() != 0 || fake == null || !isFake(fake)) {
      tally.count("wrong-answers");
      System.err.println("WRONG ANSWER " + BulkNames.name(name) + " " + outcome);
    } else {
      tally.count("answers");
      connect(name, ipv6, fake);
    }
  }

  private static boolean isFake(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4
        ? (bytes[0] & 0xff) == 198 && (bytes[1] & 0xfe) == 18
        : bytes[0] == 0x20 && bytes[1] == 1 && bytes[3] == 2 && bytes[7] == 7;
  }

  private void connect(int name, boolean ipv6, InetAddress fake) throws IOException {
    long begun = System.nanoTime();
    String expected = BulkNames.real(name, ipv6);
    while (true) {
      try (Identity identity = Identity.of(fake, CONNECT_MILLIS)) {
        boolean right =
            InetAddress.getByName(identity.real()).equals(InetAddress.getByName(expected));
        tally.count(right ? "connections" : "violations");
        if (!right) {
          System.err.println("VIOLATION " + fake + " reached " + identity.real() + ", " + expected);
        }
        raise(longestConnect, begun);
        return;
      } catch (IOException e) {
        tally.count(e instanceof java.net.ConnectException ? "refused" : "hung");
        if (System.nanoTime() - begun > PATIENCE_NANOS) {
          tally.count("unreachable");
          System.err.println("UNREACHABLE " + BulkNames.name(name) + " " + fake + " " + e);
          return;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  private void download(int number) {
    boolean ipv6 = number % 2 == 1;
    try (StubResolver resolver = new StubResolver(server, DNS_MILLIS)) {
      InetAddress fake = null;
      while (fake == null) {
        fake = resolver.ask(BulkNames.name(number), ipv6).address();
      }
      fetch(fake);
    } catch (IOException e) {
      tally.count("broken-downloads");
      System.err.println("BROKEN DOWNLOAD " + number + " " + e);
    }
  }

  private void fetch(InetAddress fake) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(BUFFER);
      socket.setSoTimeout(STALL_MILLIS);
      socket.connect(new InetSocketAddress(fake, HTTP_PORT), CONNECT_MILLIS);
      String request = "GET /bytes/" + BYTES + " HTTP/1.1\r\nHost: lab\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] piece = new byte[BUFFER];
      tally.count("downloads");
      while (true) {
        long begun = System.nanoTime();
        int length = in.read(piece);
        if (length < 0) {
          throw new IOException("ended by the server");
        }
        raise(longestStall, begun);
        bytes.addAndGet(length);
        LockSupport.parkNanos(READ_PAUSE_NANOS);
      }
    }
  }

  private static void raise(AtomicLong longest, long sinceNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
    longest.accumulateAndGet(millis, Math::max);
  }
}
