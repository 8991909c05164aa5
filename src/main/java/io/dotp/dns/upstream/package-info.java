/**
 * Asks upstream servers: random IDs and ports, repeats, failover, TCP when an answer is truncated
 * or doubtful, TLS and HTTPS where a server is to be asked through them. A response leaves this
 * package only after its source, ID, question and structure were checked. It neither caches nor
 * interprets: whoever asks twice is asked for twice.
 *
 * <p>Reading order: {@link io.dotp.dns.upstream.UpstreamClient}, {@link
 * io.dotp.dns.upstream.PendingQuery}, one question and its servers; {@link
 * io.dotp.dns.upstream.Attempt}, one server and its checks; {@link io.dotp.dns.upstream.UdpSockets}
 * and {@link io.dotp.dns.upstream.StreamConnections}, what goes over the wire, with a {@link
 * io.dotp.dns.upstream.MessageWire} for each protocol; {@link io.dotp.dns.upstream.TlsClient}, whom
 * we trust; {@link io.dotp.dns.upstream.UpstreamGroups}, what all loops know of the servers.
 */
@NullMarked
package io.dotp.dns.upstream;

import org.jspecify.annotations.NullMarked;
