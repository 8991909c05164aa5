package io.dotp.e2e;

import java.io.IOException;
import java.net.InetAddress;

/**
 * A program that asks for names nobody has asked for, one after the other, each once and with a
 * timeout of its own. Arguments: server, number of names. Prints a {@link Tally}: answered, lost.
 */
final class PatientClient {
  private static final int TIMEOUT_MILLIS = 2_000;

  private PatientClient() {}

  public static void main(String[] arguments) throws IOException {
    Tally tally = new Tally();
    try (StubResolver resolver =
        new StubResolver(InetAddress.getByName(arguments[0]), TIMEOUT_MILLIS)) {
      for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
        boolean answered = resolver.ask("patient" + i + ".plain.example.net", false).rcode() >= 0;
        tally.count(answered ? "answered" : "lost");
      }
    }
    System.out.println(tally);
  }
}
