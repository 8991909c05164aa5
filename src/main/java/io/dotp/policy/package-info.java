/**
 * Which route, if any, a name takes: immutable, without I/O, without dnsjava. A new configuration
 * gives a new {@link io.dotp.policy.Policy}; nobody changes one.
 *
 * <p>Reading order: {@link io.dotp.policy.Policy}, {@link io.dotp.policy.NameRules}, {@link
 * io.dotp.policy.SuffixSet}, {@link io.dotp.policy.KeywordMatcher}, {@link
 * io.dotp.policy.RegexpMatcher}.
 */
@NullMarked
package io.dotp.policy;

import org.jspecify.annotations.NullMarked;
