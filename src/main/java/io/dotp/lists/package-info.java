/**
 * Reads domain lists, in every format that people publish them in, into rules of {@code policy}.
 * Lists are foreign input: everything is bounded, a bad line is counted and named, and a list that
 * is mostly something else is refused whole. Knows what has been loaded for all routes, and makes
 * the policy of it. Fetches nothing and decides nothing.
 *
 * <p>Reading order: {@link io.dotp.lists.DomainListParser}, {@link io.dotp.lists.FormatDetection},
 * {@link io.dotp.lists.RuleCollector}, then one class for each {@link io.dotp.config.ListFormat};
 * and {@link io.dotp.lists.RouteLists} for all lists together.
 */
@NullMarked
package io.dotp.lists;

import org.jspecify.annotations.NullMarked;
