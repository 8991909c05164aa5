package io.dotp.dns.upstream;

import io.dotp.name.DomainName;

/**
 * One question for the upstream servers, and the key under which equal questions are one.
 *
 * @param name QNAME, canonical
 * @param qtype 0 to 65535
 * @param qclass 0 to 65535
 * @param recursionDesired RD
 * @param checkingDisabled CD
 * @param dnssecOk DO
 * @param group whose servers are asked: an index into {@link UpstreamGroups}, 0 the default
 */
public record UpstreamQuery(
    DomainName name,
    int qtype,
    int qclass,
    boolean recursionDesired,
    boolean checkingDisabled,
    boolean dnssecOk,
    int group) {}
