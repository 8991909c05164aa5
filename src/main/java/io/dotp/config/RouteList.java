package io.dotp.config;

import java.util.List;

/**
 * A domain list that a route takes names from, or a part of one.
 *
 * @param category of a geosite file, empty for a list without such
 * @param attributes {@code @attribute} or {@code @-attribute} each, that the rules must have or
 *     lack
 * @param place where the route says so
 */
public record RouteList(ListConfig list, String category, List<String> attributes, String place) {
  public RouteList {
    attributes = List.copyOf(attributes);
  }
}
