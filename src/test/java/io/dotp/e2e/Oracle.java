package io.dotp.e2e;

import java.util.List;

/** A running {@link OracleClient} on the LAN. */
final class Oracle {
  private final ReportingProgram program;

  private Oracle(ReportingProgram program) {
    this.program = program;
  }

  /**
   * @param names how many of the lab's bulk names it asks for
   */
  static Oracle start(Lab lab, int names) {
    return start(lab, names, 3, 4);
  }

  /** One that leaves the machine time for what else is measured. */
  static Oracle startCalmly(Lab lab, int names) {
    return start(lab, names, 1, 1);
  }

  private static Oracle start(Lab lab, int names, int resolvers, int connectors) {
    List<String> arguments =
        List.of(Lab.GATEWAY_LAN, "" + names, "" + resolvers, "" + connectors, "10");
    return new Oracle(ReportingProgram.start(lab, Lab.CLIENT2, OracleClient.class, arguments));
  }

  /** What it has counted until now. */
  Tally report() {
    return program.report();
  }

  /** Waits until it has made that many more connections. */
  Tally awaitConnections(long more) {
    long goal = report().of("connections") + more;
    Patience.until(() -> report().of("connections") >= goal, () -> "oracle: " + report());
    return report();
  }
}
