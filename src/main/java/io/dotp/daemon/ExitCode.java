package io.dotp.daemon;

/** How the process ends; the numbers are dnsmasq's. */
public enum ExitCode {
  OK(0),
  /** Usage or configuration, also an upstream that is one of our own listeners. */
  USAGE(1),
  /** Address in use, missing capability, the kernel refuses the table. */
  NETWORK(2),
  /** State directory, or a lock that another dotp holds. */
  FILE(3),
  MEMORY(4),
  /** Anything else, also a missing libnftables. */
  OTHER(5);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  public int status() {
    return status;
  }
}
