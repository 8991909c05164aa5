package io.dotp.nat;

/** How {@link NatController#reload} ended. */
public sealed interface PoolReload {
  /**
   * The new pools give fakes.
   *
   * @param draining pools that give no more, and live on until their last lease ends
   */
  record Done(int draining) implements PoolReload {}

  /**
   * Nothing was changed.
   *
   * @param text why, and what to do
   */
  record Refused(String text) implements PoolReload {}
}
