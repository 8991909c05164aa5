/** The entry point; {@code README.md} has the map of the eight files of the main path. */
@NullMarked
package io.dotp;

import org.jspecify.annotations.NullMarked;
