package io.dotp;

import io.dotp.cli.ClientRun;
import io.dotp.cli.CommandLineRun;

/** The entry point. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(
        ClientRun.isMeant(args)
            ? new ClientRun(System.getenv(), System.out, System.err).run(args)
            : new CommandLineRun(System.getenv(), System.out, System.err).run(args));
  }
}
