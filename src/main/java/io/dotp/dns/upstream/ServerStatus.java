package io.dotp.dns.upstream;

import io.dotp.config.UpstreamEndpoint.Protocol;

/**
 * One server's health at one moment.
 *
 * @param server its address, or its name when it was given by name
 * @param failuresInRow since its last answer
 * @param resting whether it is only probed at the moment
 * @param keepsCase whether it returns the question's letters as they were sent
 * @param lastError what went wrong last, for people; stays when all is well again, empty for never
 */
public record ServerStatus(
    String server,
    int port,
    Protocol protocol,
    int failuresInRow,
    boolean resting,
    boolean keepsCase,
    String lastError) {}
