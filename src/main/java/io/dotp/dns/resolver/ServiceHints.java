package io.dotp.dns.resolver;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.HTTPSRecord;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.SVCBBase.ParameterBase;
import org.xbill.DNS.SVCBBase.ParameterIpv4Hint;
import org.xbill.DNS.SVCBBase.ParameterIpv6Hint;
import org.xbill.DNS.SVCBBase.ParameterMandatory;
import org.xbill.DNS.SVCBRecord;

/**
 * What would lead a client past the gateway in HTTPS and SVCB records: the address hints, and the
 * path of the server's own DoH (RFC 9460 section 7.3, RFC 9461 section 5).
 */
final class ServiceHints {
  private static final Set<Integer> LEAKS =
      Set.of(SVCBBase.IPV4HINT, SVCBBase.IPV6HINT, SVCBBase.DOHPATH);

  private ServiceHints() {}

  /** RFC 9460 section 2.4.2: priority 0 makes it an alias, whose parameters mean nothing. */
  static boolean isAlias(SVCBBase each) {
    return each.getSvcPriority() == 0;
  }

  /** Whether the record has to be changed before a client may see it. */
  static boolean leak(SVCBBase each) {
    Set<Integer> keys = each.getSvcParamKeys();
    return isAlias(each) ? !keys.isEmpty() : keys.stream().anyMatch(LEAKS::contains);
  }

  /** The addresses in it, in order, IPv4 first; none in an alias. */
  static List<IpAddress> addresses(SVCBBase each) {
    List<IpAddress> found = new ArrayList<>();
    if (!isAlias(each)) {
      addTo(found, each.getSvcParamValue(SVCBBase.IPV4HINT), Family.IPV4);
      addTo(found, each.getSvcParamValue(SVCBBase.IPV6HINT), Family.IPV6);
    }
    return found;
  }

  /** The bytes, because java.net would unwrap an IPv4-mapped address. */
  private static void addTo(List<IpAddress> found, @Nullable ParameterBase hint, Family family) {
    byte[] bytes = hint == null ? new byte[0] : hint.toWire();
    int size = family == Family.IPV4 ? 4 : 16;
    for (int at = 0; at + size <= bytes.length; at += size) {
      found.add(IpAddress.ofBytes(family, bytes, at));
    }
  }

  /**
   * The record with other addresses and without the path. A hint that has no address left goes, and
   * {@code mandatory} loses what went: a key that is mandatory but absent makes a client drop the
   * record (RFC 9460 section 8). An alias loses all parameters.
   *
   * @param fakes null for an address that is to be left out
   */
  static SVCBBase replace(SVCBBase each, Function<IpAddress, @Nullable IpAddress> fakes) {
    NavigableMap<Integer, ParameterBase> parameters = new TreeMap<>();
    if (!isAlias(each)) {
      for (int key : each.getSvcParamKeys()) {
        if (!LEAKS.contains(key)) {
          parameters.put(key, Objects.requireNonNull(each.getSvcParamValue(key)));
        }
      }
      putHints(parameters, each, fakes);
      adjustMandatory(parameters);
    }
    return with(each, List.copyOf(parameters.values()));
  }

  private static void putHints(
      NavigableMap<Integer, ParameterBase> parameters,
      SVCBBase each,
      Function<IpAddress, @Nullable IpAddress> fakes) {
    ByteArrayOutputStream ipv4 = new ByteArrayOutputStream();
    ByteArrayOutputStream ipv6 = new ByteArrayOutputStream();
    for (IpAddress address : addresses(each)) {
      IpAddress fake = fakes.apply(address);
      if (fake != null) {
        (fake.family() == Family.IPV4 ? ipv4 : ipv6).writeBytes(fake.toBytes());
      }
    }
    if (ipv4.size() > 0) {
      parameters.put(SVCBBase.IPV4HINT, filled(new ParameterIpv4Hint(), ipv4));
    }
    if (ipv6.size() > 0) {
      parameters.put(SVCBBase.IPV6HINT, filled(new ParameterIpv6Hint(), ipv6));
    }
  }

  private static ParameterBase filled(ParameterBase hint, ByteArrayOutputStream bytes) {
    try {
      hint.fromWire(bytes.toByteArray());
      return hint;
    } catch (IOException e) {
      throw new UncheckedIOException("whole addresses were refused", e);
    }
  }

  private static void adjustMandatory(NavigableMap<Integer, ParameterBase> parameters) {
    if (parameters.get(SVCBBase.MANDATORY) instanceof ParameterMandatory mandatory) {
      List<Integer> keys = mandatory.getValues().stream().filter(parameters::containsKey).toList();
      if (keys.isEmpty()) {
        parameters.remove(SVCBBase.MANDATORY);
      } else {
        parameters.put(SVCBBase.MANDATORY, new ParameterMandatory(keys));
      }
    }
  }

  private static SVCBBase with(SVCBBase each, List<ParameterBase> parameters) {
    return each instanceof HTTPSRecord
        ? new HTTPSRecord(
            each.getName(),
            each.getDClass(),
            each.getTTL(),
            each.getSvcPriority(),
            each.getTargetName(),
            parameters)
        : new SVCBRecord(
            each.getName(),
            each.getDClass(),
            each.getTTL(),
            each.getSvcPriority(),
            each.getTargetName(),
            parameters);
  }
}
