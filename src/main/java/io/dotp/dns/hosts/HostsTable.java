package io.dotp.dns.hosts;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names and addresses of all hosts files together. Immutable. Thread: any. */
public final class HostsTable {
  /** No names at all. */
  public static final HostsTable EMPTY = new Builder().build();

  /** Pairs of a name and an address that are taken at most. */
  static final int MOST_ENTRIES = 1_000_000;

  /** Addresses that one name may have. */
  static final int MOST_ADDRESSES = 64;

  private final NameIndex names;
  private final List<List<IpAddress>> addresses;
  private final Map<IpAddress, DomainName> byAddress;

  private HostsTable(Builder builder) {
    names = builder.names;
    addresses = builder.addresses;
    byAddress = builder.byAddress;
  }

  public boolean isEmpty() {
    return addresses.isEmpty();
  }

  /** Number of different names. */
  public int size() {
    return addresses.size();
  }

  /**
   * The addresses of {@code name}, of both families, in the order of the files; null when no file
   * names it. Allocates nothing.
   */
  public @Nullable List<IpAddress> addresses(WireName name) {
    if (addresses.isEmpty()) {
      return null;
    }
    int number = names.find(name);
    return number == NameIndex.NONE ? null : addresses.get(number);
  }

  /** The first name of the first line with {@code address}, null without one. */
  public @Nullable DomainName name(IpAddress address) {
    return byAddress.get(address);
  }

  /** Collects lines. Thread: one. */
  static final class Builder {
    private final NameIndex names = new NameIndex();
    private final List<List<IpAddress>> addresses = new ArrayList<>();
    private final Map<IpAddress, DomainName> byAddress = new HashMap<>();

    /** Most names of a list have the one address that all of them have. */
    private final Map<IpAddress, List<IpAddress>> single = new HashMap<>();

    private int entries;

    /**
     * Adds one more address to a name.
     *
     * @return what is wrong with that, null for nothing
     */
    @Nullable String add(DomainName name, IpAddress address) {
      int number = names.add(name);
      if (number == addresses.size()) {
        addresses.add(single.computeIfAbsent(address, List::of));
        entries++;
        return null;
      }
      List<IpAddress> known = addresses.get(number);
      if (known.contains(address)) {
        return null;
      }
      if (known.size() == MOST_ADDRESSES) {
        return "more than " + MOST_ADDRESSES + " addresses of " + name;
      }
      List<IpAddress> more = new ArrayList<>(known);
      more.add(address);
      addresses.set(number, List.copyOf(more));
      entries++;
      return null;
    }

    /** The name that {@code address} leads back to, if none does yet. */
    void addReverse(IpAddress address, DomainName name) {
      boolean unspecified = address.high() == 0 && address.low() == 0;
      if (!unspecified) {
        byAddress.putIfAbsent(address, name);
      }
    }

    boolean isFull() {
      return entries >= MOST_ENTRIES;
    }

    /** The builder is of no use afterwards. */
    HostsTable build() {
      return new HostsTable(this);
    }
  }
}
