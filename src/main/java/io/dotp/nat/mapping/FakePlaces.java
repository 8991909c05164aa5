package io.dotp.nat.mapping;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.ip.UsableHosts;
import io.dotp.name.DomainName;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which host of a prefix stands for whom, and which are taken. Thread: nat. */
final class FakePlaces {
  /*
   * A keyed hash of route and real address, and of the name if names have fakes of their own, names
   * the host part, and the first free one from there on is taken. The same key therefore gives the
   * same owner the same fake, whichever gateway asks and whenever. A reserve does not move the
   * places: only who would stand in it has to go on. Hosts are numbered as UsableHosts does.
   *
   * A prefix of up to 2^24 hosts keeps a bit for each: the search then skips 64 taken hosts a step,
   * and a nearly full pool costs no more than a look over its bits. A larger prefix is never filled
   * to a notable part, because the kernel's sets bound the pool.
   */

  /** Up to this many hosts each has a bit: 2 MB. */
  private static final long MOST_BITS = 1 << 24;

  private final int number;
  private final IpPrefix prefix;
  private final SipHash hash;
  private final UsableHosts hosts;

  /** The taken ones by number, null in a larger prefix. */
  private final @Nullable BitSet bits;

  /** The taken ones of a larger prefix. */
  private final Set<IpAddress> far = new HashSet<>();

  /**
   * @param number goes into the hash, so that pools of the same key differ
   * @param reserve addresses that are never given out, of any pool and family
   */
  FakePlaces(int number, IpPrefix prefix, List<IpPrefix> reserve, SipHash hash) {
    this.number = number;
    this.prefix = prefix;
    this.hash = hash;
    hosts = new UsableHosts(prefix, reserve);
    bits = Long.compareUnsigned(hosts.highest(), MOST_BITS) <= 0 ? new BitSet() : null;
  }

  /** Fakes that can be given out, unsigned. */
  long count() {
    return hosts.count();
  }

  void take(IpAddress fake) {
    if (bits == null) {
      far.add(fake);
    } else {
      bits.set((int) prefix.indexOf(fake));
    }
  }

  void release(IpAddress fake) {
    if (bits == null) {
      far.remove(fake);
    } else {
      bits.clear((int) prefix.indexOf(fake));
    }
  }

  boolean isTaken(IpAddress fake) {
    return bits == null ? far.contains(fake) : bits.get((int) prefix.indexOf(fake));
  }

  boolean isReserved(IpAddress fake) {
    return hosts.isReserved(index(fake));
  }

  /** Whether {@code one} stands less far behind the place of its owner than {@code other}. */
  boolean isNearer(Mapping one, Mapping other) {
    return Long.compareUnsigned(displacement(one), displacement(other)) < 0;
  }

  /**
   * The fake that an owner gets now. Ends because fewer than {@link #count} are taken.
   *
   * @param name part of the owner, null when all names share the fake
   */
  IpAddress free(@Nullable DomainName name, IpAddress real) {
    long host = place(name, real) + 1;
    while (true) {
      host = hosts.pastReserved(host);
      if (host == 0 || Long.compareUnsigned(host, hosts.highest()) > 0) {
        host = 1;
      } else if (isFree(host)) {
        return prefix.addressAt(host);
      } else {
        host = bits == null ? host + 1 : bits.nextClearBit((int) host);
      }
    }
  }

  private boolean isFree(long host) {
    return bits == null ? !far.contains(prefix.addressAt(host)) : !bits.get((int) host);
  }

  /** The hashed place of an owner: 0 to the number of hosts less one, unsigned. */
  private long place(@Nullable DomainName name, IpAddress real) {
    byte[] address = real.toBytes();
    byte[] message = new byte[Integer.BYTES + address.length + (name == null ? 0 : name.length())];
    ByteBuffer.wrap(message).putInt(number).put(address);
    if (name != null) {
      name.copyTo(message, Integer.BYTES + address.length);
    }
    return Long.remainderUnsigned(hash.of(message), hosts.highest());
  }

  /** How far behind its hashed place a mapping stands, unsigned; last for one outside the hosts. */
  private long displacement(Mapping mapping) {
    long index = index(mapping.fake());
    if (!isHost(index)) {
      return -1L;
    }
    long place = place(mapping.name(), mapping.real());
    long at = index - 1;
    return Long.compareUnsigned(at, place) >= 0 ? at - place : hosts.highest() - place + at;
  }

  /** Whether the fake is one that can be given out. */
  boolean isUsable(IpAddress fake) {
    long index = index(fake);
    return isHost(index) && !hosts.isReserved(index);
  }

  private boolean isHost(long index) {
    return index != 0 && Long.compareUnsigned(index, hosts.highest()) <= 0;
  }

  /** The number of a host of this prefix; 0 for one that the hosts do not reach. */
  private long index(IpAddress fake) {
    boolean reachable = prefix.hostBits() <= Long.SIZE || fake.high() == prefix.network().high();
    return reachable
        ? fake.low() - (prefix.hostBits() < Long.SIZE ? prefix.network().low() : 0)
        : 0;
  }
}
