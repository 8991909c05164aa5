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

/**
 * Finds the netfilter sockets that a native library opens in this process. Thread: the library's.
 *
 * <p>The library binds its socket with the first message only; therefore the sockets are noted
 * first, and their ports looked up when the library has spoken to the kernel.
 */
final class OwnSockets {
  private static final Logger LOG = LoggerFactory.getLogger(OwnSockets.class);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path SOCKETS = Path.of("/proc/thread-self/net/netlink");
  private static final String SOCKET = "socket:[";

  private final Set<String> before = inodes();
  private Set<String> opened = Set.of();

  /** The sockets opened since this object was made; those that other threads open are ours too. */
  void note() {
    Set<String> inodes = new HashSet<>(inodes());
    inodes.removeAll(before);
    opened = Set.copyOf(inodes);
  }

  /** Port ids of the noted sockets that are netfilter's; empty where /proc does not tell. */
  Set<Integer> ports() {
    Set<Integer> ports = new HashSet<>();
    try {
      for (String line : Files.readAllLines(SOCKETS, StandardCharsets.ISO_8859_1)) {
        // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
        String[] columns = line.trim().split(" +", -1);
        if (columns.length >= 10
            && columns[1].equals(String.valueOf(NetlinkSocket.NETFILTER))
            && opened.contains(columns[9])) {
          ports.add((int) Long.parseLong(columns[2]));
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.debug("own netlink sockets unknown", e);
      return Set.of();
    }
    return ports;
  }

  private static Set<String> inodes() {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        String target = targetOf(descriptor);
        if (target.startsWith(SOCKET)) {
          inodes.add(target.substring(SOCKET.length(), target.length() - 1));
        }
      }
    } catch (IOException e) {
      LOG.debug("own descriptors unknown", e);
      return Set.of();
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
