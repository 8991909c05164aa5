package io.dotp.nat.nft;

import io.dotp.config.NatConfig.Backend;

/** The suite with elements by netlink. */
class NetlinkNftablesKernelTest extends NftablesKernelSuite {
  NetlinkNftablesKernelTest() {
    super(Backend.NETLINK);
  }
}
