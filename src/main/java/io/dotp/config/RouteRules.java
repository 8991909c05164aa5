package io.dotp.config;

/**
 * What the kernel does with traffic to the pools of a route, beside its treatment.
 *
 * @param mark bits of the packet mark that are set, within {@code markMask}; 0 and 0 for no mark
 * @param markMask bits of the packet mark that belong to this route
 */
public record RouteRules(int mark, int markMask) {
  /** Nothing beside the treatment. */
  public static final RouteRules NONE = new RouteRules(0, 0);
}
