/**
 * The whole program in a LAN of network namespaces: real sockets, real libnftables, real kernel,
 * the launcher as users start it. contrib/lab is the one place that knows the topology.
 *
 * <p>Reading order: {@link io.dotp.e2e.Lab}, {@link io.dotp.e2e.Host} and the {@link
 * io.dotp.e2e.Agent} that it talks to, {@link io.dotp.e2e.Dotp}, {@link io.dotp.e2e.Kernel}, {@link
 * io.dotp.e2e.MainPathTest}; then the oracle: {@link io.dotp.e2e.OracleClient}, {@link
 * io.dotp.e2e.OracleTest}.
 */
@NullMarked
package io.dotp.e2e;

import org.jspecify.annotations.NullMarked;
