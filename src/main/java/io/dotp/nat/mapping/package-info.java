/** The thinnest form that carries the main path. */
@NullMarked
package io.dotp.nat.mapping;

import org.jspecify.annotations.NullMarked;
