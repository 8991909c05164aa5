package io.dotp.nat.nft;

import io.dotp.config.NatConfig.Backend;

/** The troubles with libnftables alone. */
class LibNftablesTroubleTest extends NftablesTroubleSuite {
  LibNftablesTroubleTest() {
    super(Backend.LIBNFTABLES);
  }
}
