/**
 * The composition root: builds the parts, starts them in order, stops them in reverse, and is the
 * only package that knows all of them, the clock and the process.
 *
 * <p>Start order: locks, own addresses, kernel table with what it holds, event loops, DNS. Reading
 * order: {@link io.dotp.daemon.DaemonRun}, {@link io.dotp.daemon.Daemon}, {@link
 * io.dotp.daemon.Reloader}.
 */
@NullMarked
package io.dotp.daemon;

import org.jspecify.annotations.NullMarked;
