package io.dotp.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state directory: created, locked for one process, and home of the pool key. */
final class StateDirectory implements AutoCloseable {
  /*
   * A disk that became full or read-only, as disks do when they fail, must not keep a gateway from
   * serving: names and rests are then those of the kernel and of whatever can still be read.
   *
   * Such a process cannot hold the lock alone, since that takes a file that is open for writing. It
   * shares it, with others that cannot write either and so have nothing to spoil here: whoever can
   * write is kept out. Two processes on one table are kept apart by TableLock, wherever they keep
   * their state. Missing rights are no such trouble but a mistake of whoever set up the directory.
   */

  private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);
  private static final int KEY_BYTES = 16;

  private final Path directory;

  /** Null when there is no file that could be locked. */
  private final @Nullable FileChannel lock;

  private StateDirectory(Path directory, @Nullable FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  static StateDirectory open(Path directory) throws StartFailure {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return new StateDirectory(directory, lock(directory));
    } catch (IOException e) {
      throw new StartFailure(
          ExitCode.FILE,
          "state directory "
              + directory
              + " cannot be used: "
              + reason(e)
              + "; choose another with --state-dir",
          e);
    }
  }

  private static @Nullable FileChannel lock(Path directory) throws IOException, StartFailure {
    Path file = directory.resolve("lock");
    FileChannel channel;
    boolean shared = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      if (!isOfTheDisk(e)) {
        throw e;
      }
      LOG.error(
          "state directory cannot be written directory={} error={}; serving without, but names and"
              + " rests of mappings are lost with this process: make it writable",
          directory,
          reason(e));
      if (!Files.exists(file)) {
        return null;
      }
      channel = FileChannel.open(file, StandardOpenOption.READ);
      shared = true;
    }
    if (!tryLock(channel, shared)) {
      channel.close();
      throw new StartFailure(
          ExitCode.FILE,
          "state directory "
              + directory
              + " is in use by another dotp; stop it, or give this one"
              + " its own --state-dir");
    }
    return channel;
  }

  /** Whether writing failed for the disk's sake: read-only, full, broken. */
  private static boolean isOfTheDisk(IOException e) {
    // The library has classes of their own for missing rights and missing files, and for these
    // none.
    return e.getClass() == FileSystemException.class || e.getClass() == IOException.class;
  }

  private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
    try {
      return channel.tryLock(0, Long.MAX_VALUE, shared) != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Where names and rests of mappings are kept; may not exist. */
  Path journal() {
    return directory.resolve("mappings.journal");
  }

  /** The key of the fakes' hash, made at the first start and kept for good. */
  byte[] poolKey() throws StartFailure {
    Path file = directory.resolve("pool-key");
    try {
      byte[] key = Files.readAllBytes(file);
      if (key.length == KEY_BYTES) {
        return key;
      }
      throw new StartFailure(
          ExitCode.FILE,
          file
              + " has "
              + key.length
              + " bytes instead of "
              + KEY_BYTES
              + "; restore it, or delete it to have fakes chosen anew");
    } catch (NoSuchFileException e) {
      return createPoolKey(file);
    } catch (IOException e) {
      throw new StartFailure(ExitCode.FILE, file + " cannot be read: " + reason(e), e);
    }
  }

  /** Written beside and moved into place, so that a crash leaves a whole key or none. */
  private byte[] createPoolKey(Path file) throws StartFailure {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path fresh = directory.resolve("pool-key.new");
    try {
      Files.deleteIfExists(fresh);
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(key));
        channel.force(true);
      }
      moveInto(fresh, file);
      return key;
    } catch (IOException e) {
      if (!isOfTheDisk(e)) {
        throw new StartFailure(ExitCode.FILE, file + " cannot be written: " + reason(e), e);
      }
      LOG.error(
          "pool key cannot be kept file={} error={}; the next start gives names other fakes: make"
              + " it writable, or set --pool-key",
          file,
          reason(e));
      return key;
    }
  }

  private static void moveInto(Path fresh, Path file) throws IOException {
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(fresh, file);
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
  }

  /** Directory of the last good copies of lists that come from URLs. */
  Path lists() {
    return lists(directory);
  }

  /** The same of a state directory that is not opened. */
  static Path lists(Path stateDirectory) {
    return stateDirectory.resolve("lists");
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }
}
