/** The thinnest form that carries the main path. */
@NullMarked
package io.dotp.nat;

import org.jspecify.annotations.NullMarked;
