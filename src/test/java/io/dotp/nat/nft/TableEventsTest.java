package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.netlink.NetlinkWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Notifications as bytes, and a process whose sockets are files. */
class TableEventsTest {
  private static final int NFTABLES = 10 << 8;
  private static final int NEW_ELEMENT = NFTABLES | 12;
  private static final int NEW_GENERATION = NFTABLES | 15;
  private static final int INET = 1;
  private static final int OWN = 4_711;
  private static final int FOREIGN = 815;

  @TempDir private Path proc;

  @BeforeEach
  void writeProcess() throws IOException {
    Files.createDirectories(proc.resolve("net"));
    Files.createDirectories(proc.resolve("fd"));
    Files.writeString(
        proc.resolve("net/netlink"),
        """
        sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
        00000000d8ba85b6 12  0          00000000 0        0        0     2        0        30
        00000000ef458da3 12  4711       00000000 0        0        0     2        0        31
        00000000ef458da4 12  815        00000000 0        0        0     2        0        32
        00000000ef458da5 0   816        00000000 0        0        0     2        0        33
        """);
    Files.createSymbolicLink(proc.resolve("fd/3"), Path.of("socket:[31]"));
    Files.createSymbolicLink(proc.resolve("fd/4"), Path.of("socket:[33]"));
    Files.createSymbolicLink(proc.resolve("fd/5"), Path.of("pipe:[32]"));
  }

  private static NetlinkWriter notification(int type, int family, String table, int portId) {
    NetlinkWriter message = new NetlinkWriter(256);
    message.begin(type, 0, 1).netfilter(family, 0).putString(1, table).putString(2, "x").end();
    ByteBuffer.wrap(message.bytes()).order(ByteOrder.nativeOrder()).putInt(12, portId);
    return message;
  }

  private boolean isChange(NetlinkWriter message) {
    return new TableEvents("dotp", new OwnPorts(proc))
        .tellsOfChange(message.bytes(), message.length());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "foreign element,   2572, 1, dotp,   815, true",
    "foreign table,     2562, 1, dotp,   815, true",
    "unknown kind,      2670, 1, dotp,   815, true",
    "own element,       2572, 1, dotp,  4711, false",
    "route socket,      2572, 1, dotp,   816, true",
    "other table,       2572, 1, dotp2,  815, false",
    "other family,      2572, 2, dotp,   815, false",
    "other subsystem,   268,  1, dotp,   815, false",
    "generation,        2575, 1, dotp,   815, false",
  })
  void message_ofSomeKind_isAChangeOrNot(
      String name, int type, int family, String table, int portId, boolean change) {
    NetlinkWriter message = notification(type, family, table, portId);

    assertThat(isChange(message)).as(name).isEqualTo(change);
  }

  @Test
  void message_withoutATable_isNoChange() {
    NetlinkWriter message = new NetlinkWriter(64);
    message.begin(NEW_ELEMENT, 0, 1).netfilter(INET, 0).end();

    assertThat(isChange(message)).isFalse();
  }

  @Test
  void processUnreadable_everybodyIsForeign() {
    TableEvents events = new TableEvents("dotp", new OwnPorts(proc.resolve("missing")));
    NetlinkWriter message = notification(NEW_ELEMENT, INET, "dotp", OWN);

    assertThat(events.tellsOfChange(message.bytes(), message.length())).isTrue();
  }

  @Test
  void generations_ofKnownSockets_areCounted() {
    TableEvents events = new TableEvents("dotp", new OwnPorts(proc));
    for (int portId : new int[] {OWN, FOREIGN}) {
      for (int type : new int[] {NEW_ELEMENT, NEW_GENERATION}) {
        NetlinkWriter message = notification(type, INET, "dotp", portId);
        events.tellsOfChange(message.bytes(), message.length());
      }
    }

    assertThat(events.ownTransactions()).isEqualTo(1);
  }
}
