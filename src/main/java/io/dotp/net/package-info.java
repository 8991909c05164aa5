/**
 * Event loops and what the sockets of all pillars need from the system: thread names, own
 * addresses, datagrams that know their own address, socket options that Netty has no name for.
 *
 * <p>Reading order: {@link io.dotp.net.EventLoops}, {@link io.dotp.net.OwnAddresses}, {@link
 * io.dotp.net.AddressWatch}, {@link io.dotp.net.ControlDatagramSocket}.
 */
@NullMarked
package io.dotp.net;

import org.jspecify.annotations.NullMarked;
