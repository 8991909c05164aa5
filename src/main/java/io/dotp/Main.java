package io.dotp;

import io.dotp.cli.CommandLineRun;

/** The entry point. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int status = new CommandLineRun(System.getenv(), System.out, System.err).run(args).status();
    System.exit(status);
  }
}
