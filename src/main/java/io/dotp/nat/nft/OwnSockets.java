package io.dotp.nat.nft;

import io.dotp.netlink.NetlinkSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the netfilter sockets that a native library opened in this process. Thread: any. */
final class OwnSockets {
  private static final Logger LOG = LoggerFactory.getLogger(OwnSockets.class);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path SOCKETS = Path.of("/proc/thread-self/net/netlink");
  private static final String SOCKET = "socket:[";

  private OwnSockets() {}

  /**
   * Port ids of all netfilter sockets of this process in the thread's network namespace; empty
   * where /proc does not tell.
   */
  static Set<Integer> netfilterPorts() {
    Set<Integer> ports = new HashSet<>();
    try {
      Set<String> inodes = inodes();
      for (String line : Files.readAllLines(SOCKETS, StandardCharsets.ISO_8859_1)) {
        // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
        String[] columns = line.trim().split(" +", -1);
        if (columns.length >= 10
            && columns[1].equals(String.valueOf(NetlinkSocket.NETFILTER))
            && inodes.contains(columns[9])) {
          ports.add((int) Long.parseLong(columns[2]));
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.debug("own netlink sockets unknown", e);
      return Set.of();
    }
    return ports;
  }

  private static Set<String> inodes() throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        String target = targetOf(descriptor);
        if (target.startsWith(SOCKET)) {
          inodes.add(target.substring(SOCKET.length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }

  /** Empty for a descriptor that is closed by now. */
  private static String targetOf(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      LOG.trace("descriptor went away", e);
      return "";
    }
  }
}
