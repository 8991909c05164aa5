/**
 * Leases fakes for real addresses and keeps the kernel's elements in step with them. One thread,
 * {@code dotp-nat}, writes all of it; event loops read and renew. It knows nothing of DNS and opens
 * no sockets: names, TTLs and answers are the resolver's, words to the kernel are {@code
 * nat.nft}'s.
 *
 * <p>Reading order: {@link io.dotp.nat.NatController}, whose comment has the states and invariants,
 * {@link io.dotp.nat.NatWriter}, {@link io.dotp.nat.KernelShadow}, {@link io.dotp.nat.Adoption},
 * {@link io.dotp.nat.Pools} with what becomes of one that is taken away.
 */
@NullMarked
package io.dotp.nat;

import org.jspecify.annotations.NullMarked;
