/**
 * Pairs of fake and real addresses: who owns which fake, for how long, and what others may see of
 * it. No threads, no I/O, no kernel; time is a parameter. All but the reads of {@link
 * io.dotp.nat.mapping.MappingTable} and {@link io.dotp.nat.mapping.Mapping} belongs to thread
 * {@code dotp-nat}.
 *
 * <p>Reading order: {@link io.dotp.nat.mapping.Mapping}, {@link io.dotp.nat.mapping.MappingTable},
 * {@link io.dotp.nat.mapping.FakePool}, {@link io.dotp.nat.mapping.LeaseWheel}.
 */
@NullMarked
package io.dotp.nat.mapping;

import org.jspecify.annotations.NullMarked;
