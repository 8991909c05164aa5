package io.dotp.config;

/** What has a fake of its own within a route. */
public enum MappingKey {
  /** A real address: all names that lead to it share the fake. */
  ADDRESS,
  /** A real address under one name: two names that share an address have a fake each. */
  NAME_ADDRESS
}
