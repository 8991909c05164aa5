package io.dotp.nat;

import java.util.List;

/**
 * Counts as of the end of the writer's last cycle.
 *
 * @param pools those that the rules know, in the order of the configuration
 * @param inStep whether the kernel held what we think when it was last asked
 */
public record NatStatus(Counts ipv4, Counts ipv6, List<PoolStatus> pools, boolean inStep) {
  static final NatStatus EMPTY =
      new NatStatus(new Counts(0, 0, 0, 0, 0, 0), new Counts(0, 0, 0, 0, 0, 0), List.of(), true);

  public NatStatus {
    pools = List.copyOf(pools);
  }

  /**
   * One family, all routes together.
   *
   * @param poolSize fakes that can be taken at the same time
   * @param setElements real addresses in the kernel's set, as our shadow counts them
   */
  public record Counts(
      long pending, long live, long retired, long quarantined, long poolSize, long setElements) {
    public long free() {
      return Math.max(0, poolSize - pending - live - retired - quarantined);
    }

    /** Elements of the kernel's map, as our shadow counts them. */
    public long mapElements() {
      return live + retired;
    }

    private void appendTo(StringBuilder line, String family) {
      line.append(family).append("-live=").append(live);
      line.append(' ').append(family).append("-pending=").append(pending);
      line.append(' ').append(family).append("-retired=").append(retired);
      line.append(' ').append(family).append("-quarantined=").append(quarantined);
      line.append(' ').append(family).append("-free=").append(free());
      line.append(' ').append(family).append("-map=").append(mapElements());
      line.append(' ').append(family).append("-set=").append(setElements);
    }
  }

  /** {@code key=value} pairs for the status line. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(200);
    ipv4.appendTo(line, "ipv4");
    line.append(' ');
    ipv6.appendTo(line, "ipv6");
    return line.append(" kernel-in-step=").append(inStep).toString();
  }
}
