package io.dotp.config;

import io.dotp.name.DomainName;

/**
 * A domain whose names other servers are asked for.
 *
 * @param zone it and everything below it
 */
public record ForwardZone(DomainName zone, UpstreamConfig upstream) {}
