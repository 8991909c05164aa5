package io.dotp.nat;

import io.dotp.nat.journal.Journal;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.usage.Usage;
import java.util.function.Consumer;

/**
 * Whom the writer asks and tells besides the kernel's table.
 *
 * @param usage who uses which fakes
 * @param journal what is to outlive the process
 * @param rules told what the table's rules do, whenever that changes
 */
record NatNeighbours(Usage usage, Journal journal, Consumer<KernelRules> rules) {}
