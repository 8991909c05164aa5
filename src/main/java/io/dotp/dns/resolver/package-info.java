/** Decides and builds the answer. */
@NullMarked
package io.dotp.dns.resolver;

import org.jspecify.annotations.NullMarked;
