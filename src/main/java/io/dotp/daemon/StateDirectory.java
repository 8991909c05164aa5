package io.dotp.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/** The state directory: created, locked for one process, and home of the pool key. */
final class StateDirectory implements AutoCloseable {
  private static final int KEY_BYTES = 16;

  private final Path directory;
  private final FileChannel lock;

  private StateDirectory(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  static StateDirectory open(Path directory) throws StartFailure {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        channel.close();
        throw new StartFailure(
            ExitCode.FILE,
            "state directory "
                + directory
                + " is in use by another dotp; stop it, or give this one"
                + " its own --state-dir");
      }
      return new StateDirectory(directory, channel);
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

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
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
      throw new StartFailure(ExitCode.FILE, file + " cannot be written: " + reason(e), e);
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

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
