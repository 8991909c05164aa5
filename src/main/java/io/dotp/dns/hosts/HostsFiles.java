package io.dotp.dns.hosts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts files that are read again when they change. What was read last stays in force while a file
 * cannot be read.
 *
 * <p>Thread: {@link #load} and {@link #check} belong to one thread at a time, which may block;
 * {@link #table} is for any.
 */
public final class HostsFiles {
  private static final Logger LOG = LoggerFactory.getLogger(HostsFiles.class);

  /** Bytes of one file at most. */
  private static final long MOST_BYTES = 64L << 20;

  private final List<Path> files;
  private volatile HostsTable table = HostsTable.EMPTY;
  private List<Stamp> stamps = List.of();
  private @Nullable String reported;

  /** What tells that a file is another one now. */
  private record Stamp(FileTime modified, long size, @Nullable Object inode) {}

  /** A file that cannot be taken; the message is for the operator. */
  private static final class UnusableFile extends Exception {
    private static final long serialVersionUID = 1;

    UnusableFile(String message) {
      super(message);
    }
  }

  public HostsFiles(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** What the files said when they could be read last. Thread: any. */
  public HostsTable table() {
    return table;
  }

  /**
   * Reads the files for the first time.
   *
   * @return why that is impossible, null when it was done
   */
  public @Nullable String load() {
    try {
      reload();
      return null;
    } catch (UnusableFile e) {
      return e.getMessage();
    }
  }

  /** Reads the files again if one of them changed; to be called every few seconds. */
  public void check() {
    try {
      if (!stamps().equals(stamps)) {
        reload();
        LOG.info("hosts files were read again names={}", table.size());
      }
      reported = null;
    } catch (UnusableFile e) {
      report(e.getMessage());
    }
  }

  private void report(@Nullable String message) {
    if (!Objects.equals(message, reported)) {
      LOG.warn("hosts files cannot be read, the earlier content stays reason=\"{}\"", message);
      reported = message;
    }
  }

  /** Stamps first: a change while we read shows as another stamp at the next check. */
  private void reload() throws UnusableFile {
    List<Stamp> before = stamps();
    HostsTable.Builder builder = new HostsTable.Builder();
    for (Path file : files) {
      HostsFile.Report report = HostsFile.read(file.toString(), content(file), builder);
      if (report.tooLong()) {
        throw new UnusableFile(
            file + ": more than " + HostsTable.MOST_ENTRIES + " names and addresses");
      }
      if (report.mistakeCount() > 0) {
        LOG.warn(
            "hosts file has bad lines, they are passed over file={} count={} first={}",
            file,
            report.mistakeCount(),
            report.mistakes());
      }
    }
    table = builder.build();
    stamps = before;
  }

  private List<Stamp> stamps() throws UnusableFile {
    List<Stamp> found = new ArrayList<>();
    for (Path file : files) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
          throw new UnusableFile(file + ": is a directory");
        }
        found.add(
            new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
      } catch (IOException e) {
        throw new UnusableFile(file + ": " + reason(e));
      }
    }
    return found;
  }

  private static byte[] content(Path file) throws UnusableFile {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes((int) MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new UnusableFile(file + ": longer than " + (MOST_BYTES >> 20) + " MiB");
      }
      return content;
    } catch (IOException e) {
      throw new UnusableFile(file + ": " + reason(e));
    }
  }

  private static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    String text =
        failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
    return text == null ? failure.getClass().getSimpleName() : text;
  }
}
