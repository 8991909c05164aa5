package io.dotp.nat.nft;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Encoding;
import jnr.ffi.types.u_int32_t;
import org.jspecify.annotations.Nullable;

/**
 * The part of libnftables that we call; see nftables/libnftables.h. Public because jnr-ffi's
 * generated class lives in a class loader of its own. No method may have exactly six parameters:
 * jnr-ffi passes a wrong sixth one on x86-64.
 */
public interface NftablesLibrary {
  @Nullable Pointer nft_ctx_new(@u_int32_t int flags);

  void nft_ctx_free(Pointer context);

  int nft_ctx_buffer_output(Pointer context);

  int nft_ctx_buffer_error(Pointer context);

  @Nullable String nft_ctx_get_output_buffer(Pointer context);

  @Nullable String nft_ctx_get_error_buffer(Pointer context);

  void nft_ctx_output_set_flags(Pointer context, @u_int32_t int flags);

  int nft_run_cmd_from_buffer(Pointer context, @Encoding("UTF-8") String commands);
}
