package io.dotp.nat;

import io.dotp.ip.IpPrefix;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.usage.Usage;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whom the writer asks and tells besides the kernel's table.
 *
 * @param usage who uses which fakes
 * @param journal what is to outlive the process
 * @param pools told of the prefixes that the rules know, whenever they change
 */
record NatNeighbours(Usage usage, Journal journal, Consumer<List<IpPrefix>> pools) {}
