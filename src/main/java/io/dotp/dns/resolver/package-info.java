/**
 * Decides and builds the answer: bytes through, or a rewrite whose mappings the kernel has
 * acknowledged. Knows no channel and never waits; {@link io.dotp.dns.resolver.FailureCause} is the
 * one table of RCODEs.
 *
 * <p>Reading order: {@link io.dotp.dns.resolver.Resolver}, {@link
 * io.dotp.dns.resolver.InflightQueries}, {@link io.dotp.dns.resolver.RewritePlan}.
 */
@NullMarked
package io.dotp.dns.resolver;

import org.jspecify.annotations.NullMarked;
