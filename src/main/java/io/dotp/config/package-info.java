/**
 * What the operator said, as immutable records: one per part of the program. Parts receive their
 * own record; the whole {@link io.dotp.config.Config} is for daemon and cli only. No I/O, no
 * defaults hidden elsewhere.
 *
 * <p>Reading order: {@link io.dotp.config.Config}, then the section records and {@link
 * io.dotp.config.ConfigBuilder}, which checks the flags, {@link io.dotp.config.ConfigReread}, which
 * does so again while the program runs.
 */
@NullMarked
package io.dotp.config;

import org.jspecify.annotations.NullMarked;
