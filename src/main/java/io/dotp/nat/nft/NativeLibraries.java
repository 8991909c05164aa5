package io.dotp.nat.nft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jnr.ffi.LibraryLoader;

/** Loads libnftables. Thread: any; the library itself has no state outside its contexts. */
final class NativeLibraries {
  private static final String SONAME = "libnftables.so.1";
  private static final Path MAPS = Path.of("/proc/self/maps");

  private NativeLibraries() {}

  /** What loading gives. */
  sealed interface Loaded {
    /** Both libraries are at hand. */
    record Present(NftablesLibrary nftables, KernelErrors errors) implements Loaded {}

    /** The reason in the loader's words. */
    record Absent(String text) implements Loaded {}
  }

  static Loaded load() {
    return load(SONAME);
  }

  static Loaded load(String soname) {
    try {
      NftablesLibrary nftables =
          LibraryLoader.create(NftablesLibrary.class).failImmediately().load(soname);
      StrerrorLibrary libc =
          LibraryLoader.create(StrerrorLibrary.class).failImmediately().load("c");
      return new Loaded.Present(
          nftables,
          new KernelErrors(
              number -> {
                String words = libc.strerror(number);
                return words == null ? "" : words;
              }));
    } catch (LinkageError e) {
      return new Loaded.Absent(firstLine(String.valueOf(e.getMessage())));
    }
  }

  /** The remedy for {@link Loaded.Absent}. */
  static String missing(String text) {
    return SONAME
        + " cannot be loaded ("
        + text
        + "): install the package libnftables1, or start with --dry-run";
  }

  /** The file that {@link #load} mapped, or why there is none. */
  static String file() {
    Loaded loaded = load();
    if (loaded instanceof Loaded.Absent absent) {
      return missing(absent.text());
    }
    // Library names are bytes to the kernel; Latin-1 decodes all of them.
    try (Stream<String> lines = Files.lines(MAPS, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.contains("/libnftables.so"))
          .map(line -> line.substring(line.indexOf('/')))
          .findFirst()
          .orElse(SONAME);
    } catch (IOException e) {
      return SONAME + " (" + MAPS + ": " + e.getMessage() + ")";
    }
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("no reason given");
  }
}
