package io.dotp.config;

import org.jspecify.annotations.Nullable;

/**
 * What the kernel does with traffic to the pools of a route, beside its treatment.
 *
 * @param mark bits of the packet mark that are set, within {@code markMask}; 0 and 0 for no mark
 * @param markMask bits of the packet mark that belong to this route
 * @param clampMss whether TCP connections are told the MTU of the way that they take
 * @param blockQuic whether UDP to port 443 is rejected, so that browsers use TCP
 * @param proxy where the traffic of a proxied route goes, null for all other treatments
 */
public record RouteRules(
    int mark, int markMask, boolean clampMss, boolean blockQuic, @Nullable ProxyRules proxy) {
  /** Nothing beside the treatment. */
  public static final RouteRules NONE = new RouteRules(0, 0, false, false, null);
}
