/**
 * Names and addresses of hosts(5) files: reading them, noticing that they changed, and looking
 * names up without allocating. Knows nothing of DNS messages; whoever calls {@link
 * io.dotp.dns.hosts.HostsFiles#check} gives the thread, which is no event loop.
 *
 * <p>Reading order: {@link io.dotp.dns.hosts.HostsTable}, the content; {@link
 * io.dotp.dns.hosts.HostsFile}, one file's text; {@link io.dotp.dns.hosts.HostsFiles}, the files
 * that are watched.
 */
@NullMarked
package io.dotp.dns.hosts;

import org.jspecify.annotations.NullMarked;
