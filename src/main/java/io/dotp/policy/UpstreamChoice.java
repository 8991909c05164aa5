package io.dotp.policy;

import io.dotp.config.ForwardZone;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.UpstreamConfig;
import io.dotp.name.WireName;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which servers are asked for a name: those of its route if that has some of its own, else those of
 * the longest forward zone, else the default ones. Immutable. Thread: any.
 */
public final class UpstreamChoice {
  private final List<UpstreamConfig> groups;
  private final Map<RouteId, Integer> ofRoutes;
  private final SuffixSet zones;

  /** What callers know each group by. */
  private final int[] indexes;

  private UpstreamChoice(
      List<UpstreamConfig> groups, Map<RouteId, Integer> ofRoutes, SuffixSet zones, int[] indexes) {
    this.groups = List.copyOf(groups);
    this.indexes = indexes;
    this.ofRoutes = Map.copyOf(ofRoutes);
    this.zones = zones;
  }

  /** Of two zones of one name the first one counts. */
  public static UpstreamChoice of(
      UpstreamConfig byDefault, List<RouteConfig> routes, List<ForwardZone> forwards) {
    List<UpstreamConfig> groups = new ArrayList<>(List.of(byDefault));
    Map<RouteId, Integer> ofRoutes = new HashMap<>();
    for (RouteConfig route : routes) {
      UpstreamConfig own = route.upstream();
      if (own != null) {
        ofRoutes.put(route.id(), groups.size());
        groups.add(own);
      }
    }
    SuffixSet.Builder zones = new SuffixSet.Builder(new SecureRandom());
    for (ForwardZone forward : forwards) {
      zones.add(forward.zone(), groups.size());
      groups.add(forward.upstream());
    }
    int[] places = IntStream.range(0, groups.size()).toArray();
    return new UpstreamChoice(groups, ofRoutes, zones.build(), places);
  }

  /**
   * The same choice, of groups that others have a number for already.
   *
   * @param indexes of each of {@link #groups}, what {@link #group} gives from now on; that of the
   *     default one is 0
   */
  public UpstreamChoice at(List<Integer> indexes) {
    int[] places = indexes.stream().mapToInt(Integer::intValue).toArray();
    return new UpstreamChoice(groups, ofRoutes, zones, places);
  }

  /** All groups; unless {@link #at} says else, {@link #group} gives an index of this list. */
  public List<UpstreamConfig> groups() {
    return groups;
  }

  /** Whether there is but one group. */
  public boolean isTrivial() {
    return groups.size() == 1;
  }

  /** Whether a forward zone holds {@code name}. */
  public boolean isForwarded(WireName name) {
    return zones.longestMatch(name) != SuffixSet.NONE;
  }

  /**
   * Allocates nothing.
   *
   * @param route that steers {@code name}, null for none
   */
  public int group(WireName name, @Nullable RouteId route) {
    Integer own = route == null ? null : ofRoutes.get(route);
    if (own != null) {
      return indexes[own];
    }
    int zone = zones.longestMatch(name);
    return zone == SuffixSet.NONE ? 0 : indexes[zone];
  }
}
