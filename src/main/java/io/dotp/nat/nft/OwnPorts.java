package io.dotp.nat.nft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether a netlink port id belongs to a socket of this process, and so whose transaction a
 * notification is about. Thread: one.
 */
final class OwnPorts {
  /*
   * libnftables does not tell the port id of its socket, and may open another one at any time. The
   * kernel does: /proc/net/netlink has port id and inode of every netlink socket, /proc/self/fd the
   * inodes of ours. A port id once found to be ours is believed from then on: the kernel gives out a
   * process id as the first one, which our own watching socket holds while the process lives, and
   * random numbers after that. Not found means somebody else's, the harmless error.
   */

  private static final Logger LOG = LoggerFactory.getLogger(OwnPorts.class);
  private static final String NETFILTER = "12";
  private static final String SOCKET = "socket:[";

  private final Path proc;
  private final Set<Integer> known = new HashSet<>();
  private boolean complained;

  /**
   * @param proc what the kernel tells about this process, {@code /proc/self}
   */
  OwnPorts(Path proc) {
    this.proc = proc;
  }

  /** Whether {@code portId} was ours when asked before. */
  boolean isKnown(int portId) {
    return known.contains(portId);
  }

  /** Asks the kernel when the port id is not known; dear. */
  boolean isOwn(int portId) {
    if (!known.contains(portId)) {
      look();
    }
    return known.contains(portId);
  }

  private void look() {
    try {
      Set<String> inodes = inodes();
      List<String> sockets =
          Files.readAllLines(proc.resolve("net/netlink"), StandardCharsets.US_ASCII);
      for (String socket : sockets) {
        // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
        String[] columns = socket.strip().split("\\s+", -1);
        if (columns.length >= 10
            && columns[1].equals(NETFILTER)
            && inodes.contains(columns[columns.length - 1])) {
          known.add(Integer.parseUnsignedInt(columns[2]));
        }
      }
    } catch (IOException | NumberFormatException e) {
      if (!complained) {
        complained = true;
        LOG.warn("own netlink sockets unknown, own changes count as foreign: {}", e.toString());
      }
    }
  }

  private Set<String> inodes() throws IOException {
    Set<String> inodes = new HashSet<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        String target = target(descriptor);
        if (target.startsWith(SOCKET)) {
          inodes.add(target.substring(SOCKET.length(), target.length() - 1));
        }
      }
    }
    return inodes;
  }

  /** Descriptors come and go while we look. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
