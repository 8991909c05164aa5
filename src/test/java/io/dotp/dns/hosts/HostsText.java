package io.dotp.dns.hosts;

import java.nio.charset.StandardCharsets;

/** Hosts files as text, for tests. */
public final class HostsText {
  private HostsText() {}

  /** What a file with these lines says. */
  public static HostsTable table(String... lines) {
    HostsTable.Builder builder = new HostsTable.Builder();
    byte[] content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    HostsFile.read("hosts", content, builder);
    return builder.build();
  }
}
