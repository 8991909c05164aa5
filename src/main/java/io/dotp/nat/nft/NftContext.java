package io.dotp.nat.nft;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * One libnftables context. Thread: the one that made it, for every call, because contexts are not
 * thread safe; another thread is a bug and is told so before it does harm.
 */
final class NftContext implements AutoCloseable {
  /** Bits of the output flags, from nftables/libnftables.h. */
  private static final int STATELESS = 1 << 2;

  private static final int JSON = 1 << 4;

  private static final int TERSE = 1 << 11;

  /** How a listing is written. */
  enum Output {
    JSON(NftContext.JSON),
    /** Without elements. */
    TERSE_JSON(NftContext.JSON | NftContext.TERSE),
    TERSE_TEXT(NftContext.TERSE),
    /** Without elements and without what counters say: the same until somebody changes it. */
    DECLARATIONS(NftContext.TERSE | NftContext.STATELESS);

    private final int flags;

    Output(int flags) {
      this.flags = flags;
    }
  }

  /**
   * What came of a run.
   *
   * @param ok whether everything was carried out; otherwise nothing was
   * @param output the listing, empty without one
   * @param error the library's message, several lines with a marker under the place
   */
  record Reply(boolean ok, String output, String error) {}

  private final NftablesLibrary library;
  private final Thread owner = Thread.currentThread();
  private @Nullable Pointer context;

  private NftContext(NftablesLibrary library, Pointer context) {
    this.library = library;
    this.context = context;
  }

  /**
   * Needs no privilege.
   *
   * @return null when there is no memory or no netlink socket
   */
  static @Nullable NftContext open(NftablesLibrary library) {
    Pointer context = library.nft_ctx_new(0);
    if (context == null) {
      return null;
    }
    if (library.nft_ctx_buffer_output(context) != 0 || library.nft_ctx_buffer_error(context) != 0) {
      library.nft_ctx_free(context);
      return null;
    }
    return new NftContext(library, context);
  }

  /** Carries out all commands as one transaction. */
  Reply run(String commands) {
    return run(commands, Output.TERSE_TEXT);
  }

  Reply run(String commands, Output output) {
    Pointer own = checked();
    library.nft_ctx_output_set_flags(own, output.flags);
    int code = library.nft_run_cmd_from_buffer(own, commands);
    // Both buffers are fetched always: fetching is what empties them.
    String listing = library.nft_ctx_get_output_buffer(own);
    String error = library.nft_ctx_get_error_buffer(own);
    return new Reply(code == 0, listing == null ? "" : listing, error == null ? "" : error.strip());
  }

  @Override
  public void close() {
    if (context != null) {
      library.nft_ctx_free(checked());
      context = null;
    }
  }

  private Pointer checked() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException("context of " + owner.getName() + " used by another thread");
    }
    if (context == null) {
      throw new IllegalStateException("context is closed");
    }
    return context;
  }
}
