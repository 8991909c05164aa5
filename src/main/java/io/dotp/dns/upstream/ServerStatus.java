package io.dotp.dns.upstream;

import io.dotp.ip.IpAddress;

/**
 * One server's health at one moment.
 *
 * @param failuresInRow since its last answer
 * @param resting whether it is only probed at the moment
 * @param keepsCase whether it returns the question's letters as they were sent
 */
public record ServerStatus(
    IpAddress address, int port, int failuresInRow, boolean resting, boolean keepsCase) {}
