package io.dotp.e2e;

import java.util.List;

/** A running {@link SteadyClient} on the LAN. */
final class Load implements AutoCloseable {
  private final ReportingProgram program;

  private Load(ReportingProgram program) {
    this.program = program;
  }

  /**
   * Returns when every download flows.
   *
   * @param names of the lab's bulk names, asked for again and again
   * @param fresh the names after those, each asked for once
   * @param rate questions a second, half of them for fresh names
   */
  static Load start(Lab lab, int names, int fresh, int rate, int downloads) {
    List<String> arguments =
        List.of(Lab.GATEWAY_LAN, "" + names, "" + fresh, "" + rate, "" + downloads);
    Load load = new Load(ReportingProgram.start(lab, Lab.CLIENT, SteadyClient.class, arguments));
    Patience.until(() -> load.report().of("downloads") == downloads, () -> "" + load.report());
    return load;
  }

  /** What it has counted until now. */
  Tally report() {
    return program.report();
  }

  /** Waits until that many more connections were made, and until the downloads have moved on. */
  Tally awaitConnections(long more) {
    Tally now = report();
    long goal = now.of("connections") + more;
    long moved = now.of("kilobytes");
    Patience.until(
        () -> {
          Tally then = report();
          boolean flows = then.of("downloads") == 0 || then.of("kilobytes") > moved;
          return then.of("connections") >= goal && flows;
        },
        () -> "load: " + report());
    return report();
  }

  /** Stops all of it. */
  @Override
  public void close() {
    program.close();
  }
}
