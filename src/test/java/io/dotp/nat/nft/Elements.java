package io.dotp.nat.nft;

import io.dotp.ip.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Elements for tests, from text. */
final class Elements {
  private Elements() {}

  static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.parse(text), text);
  }

  static NftElement map(String fake, String real) {
    return new NftElement.MapEntry(address(fake), address(real));
  }

  static NftElement real(String real) {
    return new NftElement.RealEntry(address(real));
  }

  static NftTransaction adding(NftElement... adds) {
    return new NftTransaction(List.of(), List.of(adds));
  }

  static NftTransaction deleting(NftElement... deletes) {
    return new NftTransaction(List.of(deletes), List.of());
  }

  /** Mappings of 198.18.0.0/15 to 203.0.113.0/24 and of 2001:2::/48 alternately. */
  static List<NftElement> many(int count) {
    return IntStream.range(0, count).mapToObj(Elements::numbered).toList();
  }

  /** The same elements in the form in which they are read back. */
  static KernelElements held(Stream<NftElement> elements) {
    Map<IpAddress, IpAddress> map = new HashMap<>();
    Set<IpAddress> reals = new HashSet<>();
    elements.forEach(
        element -> {
          if (element instanceof NftElement.MapEntry entry) {
            map.put(entry.fake(), entry.real());
          } else if (element instanceof NftElement.RealEntry entry) {
            reals.add(entry.real());
          }
        });
    return new KernelElements(map, reals);
  }

  private static NftElement numbered(int number) {
    if (number % 2 == 0) {
      return new NftElement.MapEntry(
          IpAddress.ofIpv4(0xc6120001 + number), IpAddress.ofIpv4(0xcb007100 | number & 0xff));
    }
    return new NftElement.MapEntry(
        IpAddress.ofIpv6(0x2001_0002_0000_0000L, number),
        IpAddress.ofIpv6(0x2001_0db8_0000_0000L, number));
  }
}
