/**
 * The kernel side: typed elements and transactions, and who carries them out. Knows table, set and
 * map names, libnftables, nfnetlink and rtnetlink, and nothing about leases. Every object here
 * belongs to the thread that made it; libnftables contexts are not thread safe.
 *
 * <p>Reading order: {@link io.dotp.nat.nft.NftElement}, {@link io.dotp.nat.nft.NftTransaction},
 * {@link io.dotp.nat.nft.Nftables} and its implementations {@link io.dotp.nat.nft.LibNftables},
 * {@link io.dotp.nat.nft.NetlinkNftables} and {@link io.dotp.nat.nft.DryRunNftables}, of which
 * {@link io.dotp.nat.nft.NftBackends} chooses; then how a table is opened: {@link
 * io.dotp.nat.nft.TableSpec}, {@link io.dotp.nat.nft.OpenResult}, {@link
 * io.dotp.nat.nft.ManagedTable} and the installer; and what its rules do: {@link
 * io.dotp.nat.nft.KernelRules}, {@code managed.nft} with {@link io.dotp.nat.nft.RuleTemplate}, and
 * {@link io.dotp.nat.nft.LocalDelivery}.
 */
@NullMarked
package io.dotp.nat.nft;

import org.jspecify.annotations.NullMarked;
