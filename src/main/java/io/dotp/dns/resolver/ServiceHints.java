package io.dotp.dns.resolver;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.xbill.DNS.HTTPSRecord;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.SVCBBase.ParameterBase;
import org.xbill.DNS.SVCBBase.ParameterMandatory;
import org.xbill.DNS.SVCBRecord;

/**
 * Takes out of HTTPS and SVCB records what would lead a client past the gateway: the address hints,
 * and the path of the server's own DoH (RFC 9460 section 7.3, RFC 9461 section 5).
 */
final class ServiceHints {
  private static final Set<Integer> LEAKS =
      Set.of(SVCBBase.IPV4HINT, SVCBBase.IPV6HINT, SVCBBase.DOHPATH);

  private ServiceHints() {}

  static boolean leak(SVCBBase each) {
    return each.getSvcParamKeys().stream().anyMatch(LEAKS::contains);
  }

  /**
   * The record without them, and with another TTL. {@code mandatory} loses the same keys: a key
   * that is mandatory but absent makes a client drop the record (RFC 9460 section 8).
   */
  static SVCBBase strip(SVCBBase each, long ttl) {
    List<ParameterBase> parameters = new ArrayList<>();
    for (int key : each.getSvcParamKeys()) {
      ParameterBase value = Objects.requireNonNull(each.getSvcParamValue(key));
      if (value instanceof ParameterMandatory mandatory) {
        List<Integer> keys =
            mandatory.getValues().stream().filter(named -> !LEAKS.contains(named)).toList();
        if (!keys.isEmpty()) {
          parameters.add(new ParameterMandatory(keys));
        }
      } else if (!LEAKS.contains(key)) {
        parameters.add(value);
      }
    }
    return each instanceof HTTPSRecord
        ? new HTTPSRecord(
            each.getName(),
            each.getDClass(),
            ttl,
            each.getSvcPriority(),
            each.getTargetName(),
            parameters)
        : new SVCBRecord(
            each.getName(),
            each.getDClass(),
            ttl,
            each.getSvcPriority(),
            each.getTargetName(),
            parameters);
  }
}
