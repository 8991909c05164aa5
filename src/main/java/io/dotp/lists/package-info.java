/**
 * Reads domain lists, in every format that people publish them in, into rules of {@code policy}.
 * Lists are foreign input: everything is bounded, a bad line is counted and named, and a list that
 * is mostly something else is refused whole. Fetches nothing and decides nothing.
 *
 * <p>Reading order: {@link io.dotp.lists.DomainListParser}, {@link io.dotp.lists.FormatDetection},
 * {@link io.dotp.lists.RuleCollector}, then one class for each {@link io.dotp.lists.ListFormat}.
 */
@NullMarked
package io.dotp.lists;

import org.jspecify.annotations.NullMarked;
