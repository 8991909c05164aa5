package io.dotp.nat.nft;

import io.dotp.config.NatConfig.Backend;

/** The suite with libnftables alone. */
class LibNftablesKernelTest extends NftablesKernelSuite {
  LibNftablesKernelTest() {
    super(Backend.LIBNFTABLES);
  }
}
