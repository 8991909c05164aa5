package io.dotp.dns.resolver;

import io.dotp.ip.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param address by which routes are chosen, not IPv4-mapped
 * @param account on which new fakes are given out, null for nobody's
 */
record Asker(IpAddress address, @Nullable IpAddress account) {}
