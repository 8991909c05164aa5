package io.dotp.lists;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What tells that files are others now: another inode, size or time of change, through symbolic
 * links. A list of v2fly's includes files beside it, so for such a one all of its directory counts.
 */
record FileStamps(Map<Path, String> stamps) {
  private static final String ABSENT = "absent";

  /** Files of a directory that are looked at. */
  private static final int MOST_FILES = 10_000;

  FileStamps {
    stamps = Map.copyOf(stamps);
  }

  /**
   * @param directories all files of each count
   */
  static FileStamps of(Collection<Path> files, Collection<Path> directories) {
    Map<Path, String> stamps = new HashMap<>();
    files.forEach(file -> stamps.put(file, stamp(file)));
    directories.forEach(directory -> addAll(directory, stamps));
    return new FileStamps(stamps);
  }

  /** These, for just the files of {@code others}; one that is not among these was not there. */
  FileStamps of(FileStamps others) {
    Map<Path, String> chosen = new HashMap<>();
    others.stamps.keySet().forEach(file -> chosen.put(file, stamps.getOrDefault(file, ABSENT)));
    return new FileStamps(chosen);
  }

  private static void addAll(Path directory, Map<Path, String> stamps) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      int left = MOST_FILES;
      for (Path file : files) {
        if (left-- == 0) {
          return;
        }
        stamps.put(file, stamp(file));
      }
    } catch (IOException e) {
      stamps.put(directory, ABSENT);
    }
  }

  private static String stamp(Path file) {
    try {
      return new java.util.TreeMap<>(Files.readAttributes(file, "unix:dev,ino,size,ctime"))
          .toString();
    } catch (IOException e) {
      return ABSENT;
    }
  }
}
