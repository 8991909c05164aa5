package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.nft.NativeLibraries.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Loading, which needs no privilege. */
class NativeLibrariesTest {
  @Test
  void load_noSuchLibrary_saysWhatToInstall() {
    Loaded loaded = NativeLibraries.load("libnftables-of-nobody.so.1");

    String message = NativeLibraries.missing(((Loaded.Absent) loaded).text());

    assertThat(message).contains("libnftables1", "libnftables-of-nobody", "--dry-run");
  }

  @Test
  void libraryFile_installed_isAFile() {
    String file = LibNftables.libraryFile();

    assertThat(file).contains("libnftables.so.1");
    assertThat(Files.exists(Path.of(file))).isTrue();
  }

  @Test
  void context_anotherThread_isToldSo() {
    Loaded.Present libraries = (Loaded.Present) NativeLibraries.load();
    NftContext context = Objects.requireNonNull(NftContext.open(libraries.nftables()));

    CompletableFuture<NftContext.Reply> elsewhere =
        CompletableFuture.supplyAsync(() -> context.run("list tables"));

    assertThat(elsewhere)
        .failsWithin(Duration.ofSeconds(60))
        .withThrowableThat()
        .withCauseInstanceOf(IllegalStateException.class);
    context.close();
  }

  @Test
  void context_syntaxError_isTextAndTheContextGoesOn() {
    Loaded.Present libraries = (Loaded.Present) NativeLibraries.load();
    NftContext context = Objects.requireNonNull(NftContext.open(libraries.nftables()));

    NftContext.Reply first = context.run("nonsense here");
    NftContext.Reply second = context.run("describe ip daddr");

    assertThat(first.ok()).isFalse();
    assertThat(first.error()).contains("syntax error");
    assertThat(second.ok()).as(second.error()).isTrue();
    assertThat(second.output()).contains("ipv4_addr");
    context.close();
  }
}
