/**
 * The command line: parses flags, prints help, version and mistakes, and hands a checked
 * configuration to the daemon. Decides exit codes of usage errors; everything else is the daemon's.
 *
 * <p>Reading order: {@link io.dotp.cli.CommandLineRun}, {@link io.dotp.cli.Arguments}, {@link
 * io.dotp.cli.DotpCommand}.
 */
@NullMarked
package io.dotp.cli;

import org.jspecify.annotations.NullMarked;
