package io.dotp.config;

/**
 * A route's place in the configuration.
 *
 * @param index 0 for the first route, which is the one of the command line
 */
public record RouteId(int index) {
  /** The route that the command line describes. */
  public static final RouteId DEFAULT = new RouteId(0);
}
