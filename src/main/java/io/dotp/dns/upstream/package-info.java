/**
 * Asks upstream servers: random IDs and ports, retries, failover, TCP when truncated or doubtful. A
 * response leaves this package only after its source, ID, question and structure were checked.
 *
 * <p>Reading order: {@link io.dotp.dns.upstream.UpstreamQuery}, {@link
 * io.dotp.dns.upstream.UpstreamResult}.
 */
@NullMarked
package io.dotp.dns.upstream;

import org.jspecify.annotations.NullMarked;
