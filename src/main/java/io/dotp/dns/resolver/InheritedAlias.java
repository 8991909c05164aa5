package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import org.xbill.DNS.Name;

/**
 * A name that no route lists, and that an alias of a steered name leads to.
 *
 * @param route of the name that the alias belongs to
 * @param root the steered name that the chain of aliases begins with, as far as it is known
 * @param ttlSeconds of the alias record, as it came
 */
record InheritedAlias(Name target, RouteId route, Name root, long ttlSeconds) {}
