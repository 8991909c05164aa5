/**
 * Bytes to message and back, and the only place that trusts no byte. Works on buffers without
 * channels or event loops; allocates nothing on the path of an unlisted name.
 *
 * <p>Reading order: {@link io.dotp.dns.message.QueryView}, what a client asks; {@link
 * io.dotp.dns.message.ResponseWalk}, the one pass over what an upstream says; {@link
 * io.dotp.dns.message.Replies}, what the client gets; {@link io.dotp.dns.message.MessageDecoder}
 * and {@link io.dotp.dns.message.MessageEncoder}, the way through message objects of a listed name.
 */
@NullMarked
package io.dotp.dns.message;

import org.jspecify.annotations.NullMarked;
