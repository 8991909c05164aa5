package io.dotp.nat.nft;

import io.dotp.config.NatConfig.Backend;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.OpenResult.Opened;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a transaction costs with either backend, on an otherwise empty host and beside somebody
 * else's firewall. Run it in a namespace of its own (`unshare -nm java -cp ... `); prints medians.
 */
public final class NftBackendsBench {
  private static final int ROUNDS = 2_000;
  private static final long LONGEST_NANOS = 5_000_000_000L;

  private NftBackendsBench() {}

  /** Any argument leaves out the foreign tables. */
  public static void main(String[] arguments) {
    Shell.requirePrivateNamespace();
    measureAll("empty host");
    if (arguments.length > 0) {
      return;
    }
    ForeignFirewall.loadRules(600);
    measureAll("600 rules");
    ForeignFirewall.loadPrefixes(20_000);
    measureAll("600 rules, 20,000 prefixes");
    Shell.nft("flush ruleset");
  }

  private static void measureAll(String host) {
    for (Backend backend : List.of(Backend.LIBNFTABLES, Backend.NETLINK)) {
      OpenResult result =
          NftBackends.open(
              backend, TableSpecTest.spec("198.18.0.0/15"), new NatMetrics(), System::nanoTime);
      try (Nftables nftables = ((Opened) result).nftables()) {
        for (int mappings : new int[] {1, 10, 100}) {
          measure(host + ", " + backend + ", " + mappings, nftables, mappings);
        }
        dump(host + ", " + backend, nftables);
      }
      Shell.nft("delete table inet dotp");
    }
  }

  private static void measure(String name, Nftables nftables, int mappings) {
    List<NftElement> elements = mappings(mappings);
    NftTransaction add = new NftTransaction(List.of(), elements);
    NftTransaction delete = new NftTransaction(elements, List.of());
    long end = System.nanoTime() + 2 * LONGEST_NANOS;
    long half = System.nanoTime() + LONGEST_NANOS;
    List<long[]> taken = new ArrayList<>();
    for (int i = 0; i < ROUNDS && System.nanoTime() < half; i++) {
      once(nftables, add, delete);
    }
    for (int i = 0; i < ROUNDS && System.nanoTime() < end; i++) {
      taken.add(once(nftables, add, delete));
    }
    System.out.printf(
        "%-52s add %8.1f us  delete %8.1f us  (%d rounds)%n",
        name, median(taken, 0), median(taken, 1), taken.size());
  }

  private static long[] once(Nftables nftables, NftTransaction add, NftTransaction delete) {
    long begin = System.nanoTime();
    CommitResult added = nftables.commit(add);
    long middle = System.nanoTime();
    CommitResult deleted = nftables.commit(delete);
    long end = System.nanoTime();
    if (!(added instanceof Committed) || !(deleted instanceof Committed)) {
      throw new IllegalStateException(added + " " + deleted);
    }
    return new long[] {middle - begin, end - middle};
  }

  private static double median(List<long[]> taken, int column) {
    long[] sorted = taken.stream().mapToLong(row -> row[column]).sorted().toArray();
    return sorted[sorted.length / 2] / 1e3;
  }

  /** Fills the table to 100,000 elements and reads it. */
  private static void dump(String name, Nftables nftables) {
    List<NftElement> all = mappings(50_000);
    NftTransaction fill = new NftTransaction(List.of(), all);
    long begin = System.nanoTime();
    nftables.commit(fill);
    long filled = System.nanoTime();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] reads = new long[5];
    for (int i = 0; i < reads.length; i++) {
      long start = threads.getCurrentThreadCpuTime();
      nftables.read();
      reads[i] = threads.getCurrentThreadCpuTime() - start;
    }
    Arrays.sort(reads);
    System.out.printf(
        "%-52s 100,000 elements: write %.0f ms, read %.0f ms of CPU%n",
        name, (filled - begin) / 1e6, reads[reads.length / 2] / 1e6);
  }

  private static List<NftElement> mappings(int count) {
    List<NftElement> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      IpAddress real = IpAddress.ofIpv4(0x0a000000 + i);
      elements.add(new NftElement.MapEntry(IpAddress.ofIpv4(0xc6120001 + i), real));
      elements.add(new NftElement.RealEntry(real));
    }
    return elements;
  }
}
