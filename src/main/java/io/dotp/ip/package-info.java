/**
 * Addresses, prefixes and the tables that judge them. A leaf: it uses no other package, does no I/O
 * and never asks {@code java.net} what an address is, because {@code InetAddress} unwraps mapped
 * addresses and answers false to most of the questions that matter here.
 *
 * <p>Reading order: {@link io.dotp.ip.Family}, {@link io.dotp.ip.IpAddress}, {@link
 * io.dotp.ip.IpPrefix}, {@link io.dotp.ip.AccessList}, {@link io.dotp.ip.Unmappable}.
 */
@NullMarked
package io.dotp.ip;

import org.jspecify.annotations.NullMarked;
