/**
 * Netlink (netlink(7)): a blocking socket and its messages. Knows no family's meaning. Thread: the
 * one that owns a socket, for every call but waking it.
 */
@NullMarked
package io.dotp.netlink;

import org.jspecify.annotations.NullMarked;
