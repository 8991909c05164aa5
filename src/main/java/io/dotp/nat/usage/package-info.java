/**
 * What the kernel says about the use of fakes: the sets {@code used} and {@code used6}, and
 * connection tracking. Read on a thread of its own, {@code dotp-usage}, because a table of 250,000
 * entries takes its time; the writer asks, goes on, and is woken. Decides nothing about leases and
 * writes no element.
 *
 * <p>Reading order: {@link io.dotp.nat.usage.Usage}, {@link io.dotp.nat.usage.UseReading}, {@link
 * io.dotp.nat.usage.FlowReading}.
 */
@NullMarked
package io.dotp.nat.usage;

import org.jspecify.annotations.NullMarked;
