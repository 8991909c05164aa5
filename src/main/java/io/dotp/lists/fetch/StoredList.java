package io.dotp.lists.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good copy of one list on the disk, and where it came from. At every moment it is one
 * whole list: a new one is written beside it, forced to the disk and moved into its place. Thread:
 * one at a time, which may block.
 */
public final class StoredList {
  private static final Logger LOG = LoggerFactory.getLogger(StoredList.class);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Path directory;
  private final String name;

  /**
   * Where a copy came from.
   *
   * @param url that was asked for
   * @param etag of it, empty for none
   * @param lastModified as the server wrote it, empty for none
   * @param fetchedAt when the source last gave or confirmed it, seconds since 1970; 0 for never
   */
  record Origin(String url, String etag, String lastModified, long fetchedAt) {
    static final Origin NONE = new Origin("", "", "", 0);
  }

  /**
   * @param directory of all downloaded lists; is made when it is needed
   * @param name see {@link #isName}
   */
  public StoredList(Path directory, String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException("'" + name + "' cannot name a file");
    }
    this.directory = directory;
    this.name = name;
  }

  /** Whether a list of this name can be kept: it is that of a file, and cannot lead elsewhere. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.endsWith(".origin") && !name.contains(".new");
  }

  public String name() {
    return name;
  }

  /** The last good copy; there may be none yet. */
  public Path file() {
    return directory.resolve(name);
  }

  /** A list on its way, as it came. */
  Path received() {
    return directory.resolve(name + ".new-received");
  }

  /** A list on its way, decompressed. */
  Path fresh() {
    return directory.resolve(name + ".new");
  }

  private Path originFile() {
    return directory.resolve(name + ".origin");
  }

  void makeDirectory() throws IOException {
    Files.createDirectories(directory);
  }

  /** Nothing when there is no copy, or when nobody noted where it came from. */
  Origin origin() {
    Properties noted = new Properties();
    try (InputStream in = Files.newInputStream(originFile())) {
      noted.load(in);
      if (!Files.exists(file())) {
        return Origin.NONE;
      }
      return new Origin(
          noted.getProperty("url", ""),
          noted.getProperty("etag", ""),
          noted.getProperty("last-modified", ""),
          Long.parseLong(noted.getProperty("fetched-at", "0")));
    } catch (NoSuchFileException e) {
      return Origin.NONE;
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn(
          "it is not known where a list came from, it is fetched again list={} error=\"{}\"",
          name,
          e.toString());
      return Origin.NONE;
    }
  }

  /** Puts {@link #fresh} in place. */
  void replace(Origin origin) throws IOException {
    force(fresh());
    // The note of the old list goes first: with the new one it would keep us from asking for more.
    Files.deleteIfExists(originFile());
    Files.move(fresh(), file(), StandardCopyOption.ATOMIC_MOVE);
    note(origin);
    Files.deleteIfExists(received());
  }

  /** Notes that the copy is still the newest. */
  void note(Origin origin) throws IOException {
    Properties noted = new Properties();
    noted.setProperty("url", origin.url());
    noted.setProperty("etag", origin.etag());
    noted.setProperty("last-modified", origin.lastModified());
    noted.setProperty("fetched-at", Long.toString(origin.fetchedAt()));
    Path beside = directory.resolve(name + ".new-origin");
    try (OutputStream out = Files.newOutputStream(beside)) {
      noted.store(out, null);
    }
    force(beside);
    Files.move(beside, originFile(), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Forgets a list on its way. */
  void discard() {
    try {
      Files.deleteIfExists(received());
      Files.deleteIfExists(fresh());
    } catch (IOException e) {
      LOG.debug("rest of a download stays, the next one writes over it error=\"{}\"", e.toString());
    }
  }
}
