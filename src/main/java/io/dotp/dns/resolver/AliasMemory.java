package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.name.WireName;
import org.jspecify.annotations.Nullable;

/** Names that aliases of listed names led to. */
public final class AliasMemory {
  @Nullable RouteId route(WireName name) {
    return null;
  }

  long generation() {
    return 0;
  }
}
