package io.dotp.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelRoutesTest {
  private static final String IPV4 =
      """
      Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
      eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
      eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
      wg0	000012C6	00000000	0001	0	0	0	0000FEFF	0	0	0
      wg0	010012C6	00000000	0001	0	0	0	FFFFFFFF	0	0	0
      """;

  private static final String IPV6 =
      """
      fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
      00000000000000000000000000000000 00 00000000000000000000000000000000 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
      fd000000000000000000000000000002 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001     eth0
      ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000004 00000000 00000001     eth0
      nonsense
      """;

  @TempDir Path directory;

  @Test
  void read_bothFiles_givesNetworksOnly() throws IOException {
    Files.writeString(directory.resolve("route"), IPV4);
    Files.writeString(directory.resolve("ipv6_route"), IPV6);

    assertThat(KernelRoutes.read(directory))
        .extracting(IpPrefix::toString)
        .containsExactly("192.0.2.0/24", "198.18.0.0/15", "fd00::/64");
  }

  @Test
  void read_noFiles_givesNothing() throws IOException {
    assertThat(KernelRoutes.read(directory)).isEmpty();
  }
}
