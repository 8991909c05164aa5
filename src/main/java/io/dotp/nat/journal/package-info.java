/**
 * The file of what the kernel cannot tell after a crash: which names led to a fake, and since when
 * it rests. One thread, {@code dotp-journal}, writes it; others only queue and never wait for a
 * disk. It decides nothing about mappings, and the kernel's elements win over whatever it says:
 * losing the file loses names and rests, never mappings.
 *
 * <p>Reading order: {@link io.dotp.nat.journal.MappingJournal}, {@link
 * io.dotp.nat.journal.JournalContents}, then {@link io.dotp.nat.journal.JournalWriter}, {@link
 * io.dotp.nat.journal.JournalPicture}, {@link io.dotp.nat.journal.JournalFile}, {@link
 * io.dotp.nat.journal.RecordFormat}, {@link io.dotp.nat.journal.JournalReader}.
 */
@NullMarked
package io.dotp.nat.journal;

import org.jspecify.annotations.NullMarked;
