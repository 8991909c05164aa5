package io.dotp.control;

import io.dotp.config.ControlConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that the control socket is: its directory, its forerunner, its rights. Thread: main. */
final class SocketFile {
  private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);

  /** Whose members may give commands beside root and our own user. */
  private static final String GROUP = "dotp";

  private final Path path;

  SocketFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /**
   * Makes room for the socket.
   *
   * @return what is in the way, with the remedy; null when nothing is
   */
  @Nullable String prepare() {
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > ControlConfig.LONGEST_PATH) {
      return path + " is longer than " + ControlConfig.LONGEST_PATH + " bytes";
    }
    try {
      Path directory = path.toAbsolutePath().getParent();
      if (directory != null && !Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      }
      // Before a forerunner goes: without the right to write, nothing can take its place.
      if (directory != null && !Files.isWritable(directory)) {
        return path + ": its directory is not writable";
      }
      return removeForerunner();
    } catch (IOException e) {
      return path + ": " + reason(e);
    }
  }

  /**
   * A socket whose process is dead refuses connections; two processes at once are kept apart by the
   * locks of table and state directory.
   */
  private @Nullable String removeForerunner() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    BasicFileAttributes is =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!is.isOther()) {
      return path + " is there and is no socket";
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // Whoever is too busy to take a connection is alive: that must not make us wait.
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(path));
      return path + " is in use by another process";
    } catch (ConnectException e) {
      LOG.debug("socket of an earlier run is replaced path={}", path);
      Files.deleteIfExists(path);
      return null;
    }
  }

  /**
   * Lets the group in where there is one.
   *
   * @return whether it was let in
   */
  boolean protect() throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    try {
      GroupPrincipal group =
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(GROUP);
      PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
      view.setGroup(group);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      LOG.debug("there is no group {}: only root and our own user may give commands", GROUP);
    } catch (IOException e) {
      LOG.debug("the socket is not given to group {}, we are none of its members", GROUP);
    }
    return false;
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
  }
}
