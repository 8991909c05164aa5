package io.dotp.nat;

/** The thinnest form that carries the main path. */
public record NatStatus(int live) {}
