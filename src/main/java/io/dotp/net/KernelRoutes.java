package io.dotp.net;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Destinations that the kernel has a route for, of the main table: {@code /proc/net/route} and
 * {@code /proc/net/ipv6_route} (proc_net(5)). Default routes, host routes and multicast are left
 * out.
 */
public final class KernelRoutes {
  private static final int IPV6_DIGITS = 32;

  private KernelRoutes() {}

  /**
   * Reads them, each once; what is in another form is left out.
   *
   * @param directory {@code /proc/net}
   * @throws IOException when one of the two files is there and cannot be read
   */
  public static List<IpPrefix> read(Path directory) throws IOException {
    Set<IpPrefix> routes = new LinkedHashSet<>();
    for (String line : lines(directory.resolve("route"))) {
      String[] fields = line.split("\t", -1);
      if (fields.length > 7 && isHex(fields[1], 8) && isHex(fields[7], 8)) {
        int mask = Integer.reverseBytes(Integer.parseUnsignedInt(fields[7].strip(), 16));
        int network = Integer.reverseBytes(Integer.parseUnsignedInt(fields[1], 16));
        add(routes, IpAddress.ofIpv4(network), Integer.bitCount(mask), 32);
      }
    }
    for (String line : lines(directory.resolve("ipv6_route"))) {
      String[] fields = line.split(" ", -1);
      if (fields.length > 1 && isHex(fields[0], IPV6_DIGITS) && isHex(fields[1], 2)) {
        long high = Long.parseUnsignedLong(fields[0].substring(0, 16), 16);
        long low = Long.parseUnsignedLong(fields[0].substring(16), 16);
        add(routes, IpAddress.ofIpv6(high, low), Integer.parseInt(fields[1], 16), 128);
      }
    }
    return new ArrayList<>(routes);
  }

  private static void add(Set<IpPrefix> routes, IpAddress network, int length, int host) {
    boolean multicast = host == 128 && network.high() >>> 56 == 0xff;
    if (length > 0 && length < host && !multicast) {
      routes.add(new IpPrefix(network, length));
    }
  }

  private static boolean isHex(String text, int digits) {
    String digitsOnly = text.strip();
    return digitsOnly.length() == digits
        && digitsOnly.chars().allMatch(c -> Character.digit(c, 16) >= 0);
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.US_ASCII) : List.of();
  }
}
