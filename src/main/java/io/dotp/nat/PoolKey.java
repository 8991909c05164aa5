package io.dotp.nat;

/** The thinnest form that carries the main path. */
public final class PoolKey {
  public PoolKey(byte[] b) {}
}
