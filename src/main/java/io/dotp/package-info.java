/** The entry point; see {@code README.md} for the map of the eight files of the main path. */
@NullMarked
package io.dotp;

import org.jspecify.annotations.NullMarked;
