/**
 * Bytes to message and back, and the only place that trusts no byte. Works on buffers without
 * channels or event loops; allocates nothing on the path of an unlisted name.
 *
 * <p>Reading order: {@link io.dotp.dns.message.ResponseFacts}, what is kept of it.
 */
@NullMarked
package io.dotp.dns.message;

import org.jspecify.annotations.NullMarked;
