package io.dotp.config;

/**
 * Which route something belongs to. A route is known by its name alone, so it stays the same one
 * when a reload puts others before it, and when it comes back after it was left out.
 *
 * @param name of the route, as in the configuration, or of one that an earlier run had
 */
public record RouteId(String name) {
  /** The route that the command line describes. */
  public static final RouteId DEFAULT = new RouteId("default");

  @Override
  public String toString() {
    return name;
  }
}
