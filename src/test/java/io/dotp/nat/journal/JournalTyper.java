package io.dotp.nat.journal;

import static io.dotp.nat.journal.JournalRig.ROUTE;
import static io.dotp.nat.journal.JournalRig.fake;
import static io.dotp.nat.journal.JournalRig.names;
import static io.dotp.nat.journal.JournalRig.real;

import io.dotp.metrics.JournalMetrics;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A program that notes the lives of fakes without end, and prints the number of the last one whose
 * retirement is written. It is there to be killed.
 */
final class JournalTyper {
  /** Fakes whose rest lasts so many further fakes, but for one in four, which rest for ever. */
  static final int REST = 100;

  private static final int GROUP = 8;

  private JournalTyper() {}

  static boolean isFreed(int number) {
    return number % 4 != 1;
  }

  /**
   * @param arguments the file and the first number
   */
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    MappingJournal journal =
        MappingJournal.open(
            Path.of(arguments[0]),
            System::currentTimeMillis,
            System::nanoTime,
            new JournalMetrics());
    Semaphore settled = new Semaphore(0);
    journal.onWritten(settled::release);
    int number = Integer.parseInt(arguments[1]);
    while (true) {
      long ticket = 0;
      for (int i = 0; i < GROUP; i++, number++) {
        journal.live(fake(number), real(number), ROUTE, names(number % 50));
        if (number >= REST && isFreed(number - REST)) {
          journal.freed(List.of(fake(number - REST)));
        }
        ticket = journal.retiring(List.of(new Retirement(fake(number), real(number), ROUTE)));
      }
      while (!journal.isWritten(ticket)) {
        settled.acquire();
      }
      out.println(number - 1);
    }
  }
}
