package io.dotp.nat.nft;

import org.jspecify.annotations.Nullable;

/** The one function of libc that says how an error number reads in the locale of the process. */
public interface StrerrorLibrary {
  @Nullable String strerror(int number);
}
