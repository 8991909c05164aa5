/**
 * Counters, created once and handed to the parts. A counter is a field: nothing on a hot path looks
 * one up by name. Everything that is dropped, refused or given up has its counter here. {@link
 * io.dotp.metrics.WarningGate} keeps what is logged of them short.
 *
 * <p>Reading order: {@link io.dotp.metrics.Metrics}, then the group of the part in question.
 */
@NullMarked
package io.dotp.metrics;

import org.jspecify.annotations.NullMarked;
