package io.dotp.nat;

import io.dotp.ip.IpAddress;

/**
 * A fake of an earlier run that lies in no pool, while clients may still have it.
 *
 * @param restingSince on the clock of the writer
 */
record Leftover(IpAddress fake, IpAddress real, long restingSince) {}
