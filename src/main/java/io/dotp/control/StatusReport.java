package io.dotp.control;

import java.util.List;

/**
 * How the running program is.
 *
 * @param version of the program
 * @param uptimeSeconds since DNS was answered first
 * @param problems what is wrong, each with its remedy; none when all is well
 * @param pools one for each route and family, also those that drain
 * @param upstreams in the order in which they are asked
 * @param lists in the order of the configuration
 * @param fetches of lists
 * @param commands what has come by the control socket
 */
public record StatusReport(
    String version,
    long pid,
    long uptimeSeconds,
    List<String> problems,
    Queries queries,
    Reloads reloads,
    List<Pool> pools,
    Table table,
    List<Upstream> upstreams,
    List<ListReport> lists,
    Fetches fetches,
    Commands commands) {
  public StatusReport {
    problems = List.copyOf(problems);
    pools = List.copyOf(pools);
    upstreams = List.copyOf(upstreams);
    lists = List.copyOf(lists);
  }

  /** Whether nothing is wrong. */
  public boolean isHealthy() {
    return problems.isEmpty();
  }

  /** Counts since the start. */
  public record Queries(
      long received, long answered, long steered, long servfail, long cacheHits, long dropped) {}

  /**
   * How often the configuration was read again since the start.
   *
   * @param mistakes of the last time, none when that was taken over
   */
  public record Reloads(long done, long refused, List<String> mistakes) {
    public Reloads {
      mistakes = List.copyOf(mistakes);
    }
  }

  /**
   * Fakes and mappings of one route and family.
   *
   * @param usedPercent fakes at rest are used
   * @param draining whether it gives out no more and waits for its last lease to end
   */
  public record Pool(
      String route,
      String family,
      String prefix,
      long size,
      long live,
      long pending,
      long retired,
      long quarantined,
      long free,
      int usedPercent,
      boolean draining) {}

  /** Downloads of lists since the start. */
  public record Fetches(
      long started, long replaced, long unchanged, long failed, long refused, long bytes) {}

  /**
   * Requests since the start, and connections that were cut off.
   *
   * @param strangers users who may not give commands
   */
  public record Commands(
      long requests, long malformed, long tooSlow, long overLimit, long strangers, long bugs) {}

  /**
   * The kernel's table.
   *
   * @param inSync whether it held what we think when it was last asked
   */
  public record Table(String name, boolean inSync, long resyncs, long foreignChanges) {}

  /**
   * One upstream server.
   *
   * @param group whom it serves: 0 the default, others are those of routes and zones
   * @param state {@code up} or {@code resting}
   * @param lastError empty for never
   */
  public record Upstream(
      String server,
      int port,
      String protocol,
      int group,
      String state,
      int failuresInRow,
      String lastError) {}
}
