/**
 * The DNS front end: listeners for UDP and TCP, admission, and one {@link
 * io.dotp.dns.server.ClientExchange} per query, which is answered once or dropped with a counter.
 * Decides nothing about names.
 *
 * <p>Reading order: {@link io.dotp.dns.server.DnsServer}, {@link io.dotp.dns.server.UdpListener}
 * and {@link io.dotp.dns.server.TcpListener}, {@link io.dotp.dns.server.QueryHandler}, {@link
 * io.dotp.dns.server.ClientExchange}.
 */
@NullMarked
package io.dotp.dns.server;

import org.jspecify.annotations.NullMarked;
