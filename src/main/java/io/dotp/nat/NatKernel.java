package io.dotp.nat;

import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.usage.NoUsage;
import io.dotp.nat.usage.Usage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The kernel's side, made by the controller when it starts.
 *
 * @param table opens the table; called once, on thread {@code dotp-nat}; what it gives is used
 *     there only
 * @param watch begins to watch the table before it is opened; its listener is to be run after every
 *     change that somebody else made, or may have made, from any thread. What it gives is closed
 *     before the table
 * @param usage begins to look who uses which fakes, once the table is open; its listener is to be
 *     run after every reading, from any thread
 * @param rules told what the table's rules do, whenever that changes; called on thread {@code
 *     dotp-nat}
 */
public record NatKernel(
    Supplier<OpenResult> table,
    Function<Runnable, AutoCloseable> watch,
    Function<Runnable, Usage> usage,
    Consumer<KernelRules> rules) {
  /** Nobody else writes, nothing is in use: for a dry run. */
  public static NatKernel pretended(Supplier<OpenResult> table, LongSupplier nanoClock) {
    return new NatKernel(
        table, listener -> () -> {}, listener -> new NoUsage(nanoClock), rules -> {});
  }
}
