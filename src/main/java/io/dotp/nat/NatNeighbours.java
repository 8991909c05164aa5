package io.dotp.nat;

import io.dotp.nat.journal.Journal;
import io.dotp.nat.usage.Usage;

/**
 * Whom the writer asks and tells besides the kernel's table.
 *
 * @param usage who uses which fakes
 * @param journal what is to outlive the process
 */
record NatNeighbours(Usage usage, Journal journal) {}
