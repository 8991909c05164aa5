package io.dotp.dns.resolver;

import io.dotp.config.LocalConfig;
import io.dotp.dns.hosts.HostsTable;
import io.dotp.dns.message.LocalAnswer;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.policy.SuffixSet;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names that are answered here and never asked upstream: canaries, the special-use names of RFC
 * 6761 and its successors, the reverse names of fakes and of nobody's addresses (RFC 6303), the
 * hosts files, and our own health. Asked for every query before the cache; a name that is not ours
 * costs a look at its last labels and allocates nothing.
 *
 * <p>A canary wins over everything, so a route that lists its name has no effect on it until the
 * canary is passed. Then come the reverse names of fakes, then the hosts files, then whoever claims
 * a name, and special use last.
 *
 * <p>Immutable but for what its sources tell. Thread: any.
 */
public final class LocalAnswers {
  /** TTL of what hosts files say, in seconds; a change there is seen after that at the latest. */
  private static final int HOSTS_TTL = 60;

  /** RFC 8914 section 4.16: on a block list by the policy of this server's operator. */
  private static final int EDE_BLOCKED = 15;

  private final SuffixSet suffixes;
  private volatile ReverseZones reverse;
  private final Sources sources;
  private final int ttl;

  /**
   * What is asked anew for every answer.
   *
   * @param hosts the hosts files as they are now
   * @param pools of all routes, with those that drain; small and seldom another
   * @param fakes mappings that the kernel holds
   * @param healthy what {@code healthcheck.dotp.internal} says
   * @param nanoClock that of the leases
   */
  public record Sources(
      Supplier<HostsTable> hosts,
      Supplier<List<IpPrefix>> pools,
      MappingTable fakes,
      BooleanSupplier healthy,
      LongSupplier nanoClock) {}

  /**
   * @param fakeTtlSeconds upper bound of every TTL in here but those of the hosts files
   */
  public LocalAnswers(LocalConfig config, int fakeTtlSeconds, Sources sources) {
    SuffixSet.Builder builder = new SuffixSet.Builder(new SecureRandom());
    for (int i = 0; i < SpecialName.ALL.size(); i++) {
      SpecialName special = SpecialName.ALL.get(i);
      if (special.canary() == null || !config.passed().contains(special.canary())) {
        builder.add(special.name(), i);
      }
    }
    this.suffixes = builder.build();
    this.reverse = new ReverseZones(sources.pools.get());
    this.sources = sources;
    this.ttl = Math.min(fakeTtlSeconds, HOSTS_TTL);
  }

  /**
   * The answer to a question of class IN.
   *
   * @param claimed whether a route lists a name for this client, or a forward zone covers it; such
   *     a name is not taken for a special one, {@code localhost} and {@code invalid} excepted
   * @return null when the name is to be asked upstream
   */
  public @Nullable LocalAnswer answer(
      WireName qname, int qtype, int qclass, Predicate<WireName> claimed) {
    if (qclass != DnsRecord.CLASS_IN) {
      return null;
    }
    int index = suffixes.longestMatch(qname);
    if (index == SuffixSet.NONE) {
      List<IpAddress> addresses = sources.hosts.get().addresses(qname);
      return addresses == null ? null : ofHosts(qname, addresses, qtype);
    }
    SpecialName special = SpecialName.ALL.get(index);
    return switch (special.treatment()) {
      case REVERSE_IPV4 -> reverse(qname, Family.IPV4, qtype, claimed);
      case REVERSE_IPV6 -> reverse(qname, Family.IPV6, qtype, claimed);
      case ABSENT, EMPTY_ZONE -> unlessClaimed(special, qname, qtype, claimed);
      default -> own(special, qname, qtype);
    };
  }

  private @Nullable LocalAnswer unlessClaimed(
      SpecialName special, WireName qname, int qtype, Predicate<WireName> claimed) {
    HostsTable hosts = sources.hosts.get();
    List<IpAddress> addresses = hosts.addresses(qname);
    if (addresses != null) {
      LocalAnswer answer = ofHosts(qname, addresses, qtype);
      return answer == null && !claimed.test(qname) ? nodata(special.labels()) : answer;
    }
    return claimed.test(qname) ? null : own(special, qname, qtype);
  }

  private LocalAnswer own(SpecialName special, WireName qname, int qtype) {
    int labels = special.labels();
    boolean apex = qname.splitLabels() == labels;
    return switch (special.treatment()) {
      case BLOCKED ->
          negative(DnsResponseCode.NXDOMAIN, labels - 1)
              .withEde(EDE_BLOCKED, "blocked here by policy, it would pass this resolver by");
      case EMPTY_ZONE, OWN_ZONE -> ofZone(apex, labels, qtype);
      case NOTHING -> apex ? nodata(labels - 1) : negative(DnsResponseCode.NXDOMAIN, labels - 1);
      case LOOPBACK -> loopback(qtype);
      case HEALTH -> apex ? health(labels, qtype) : negative(DnsResponseCode.NXDOMAIN, labels - 1);
      // These names do not exist, so the SOA is that of the zone above them.
      default -> negative(DnsResponseCode.NXDOMAIN, labels - 1);
    };
  }

  /** RFC 6303 section 3: an apex with SOA and NS, and nothing else. */
  private LocalAnswer ofZone(boolean apex, int labels, int qtype) {
    if (!apex) {
      return negative(DnsResponseCode.NXDOMAIN, labels);
    }
    List<LocalAnswer.OwnRecord> records = new ArrayList<>();
    if (asks(qtype, DnsRecordType.SOA)) {
      records.add(LocalAnswer.soa(ttl));
    }
    if (asks(qtype, DnsRecordType.NS)) {
      records.add(LocalAnswer.nameServer(ttl));
    }
    return records.isEmpty() ? nodata(labels) : LocalAnswer.positive(records);
  }

  private LocalAnswer loopback(int qtype) {
    List<IpAddress> both = List.of(ReverseZones.LOOPBACK_IPV4, ReverseZones.LOOPBACK_IPV6);
    LocalAnswer answer = addresses(both, qtype, ttl);
    return answer == null ? nodata(1) : answer;
  }

  private LocalAnswer health(int labels, int qtype) {
    if (!sources.healthy.getAsBoolean()) {
      FailureCause cause = FailureCause.UNHEALTHY;
      return LocalAnswer.failure(cause.rcode(), cause.ede(), cause.text());
    }
    // Whoever asks wants to know how it is now.
    return asks(qtype, DnsRecordType.TXT)
        ? LocalAnswer.positive(List.of(LocalAnswer.text(1, "ok")))
        : LocalAnswer.negative(DnsResponseCode.NOERROR, labels - 1, 1);
  }

  /**
   * A, AAAA, HTTPS, SVCB and ANY of a name in the hosts files never leave; other types do, because
   * these files cannot say anything about them.
   */
  private static @Nullable LocalAnswer ofHosts(
      WireName qname, List<IpAddress> addresses, int qtype) {
    LocalAnswer answer = addresses(addresses, qtype, HOSTS_TTL);
    if (answer != null) {
      return answer.asSteerable();
    }
    boolean kept =
        qtype == DnsRecordType.A.intValue()
            || qtype == DnsRecordType.AAAA.intValue()
            || qtype == DnsRecordType.HTTPS.intValue()
            || qtype == DnsRecordType.SVCB.intValue();
    return kept
        ? LocalAnswer.negative(DnsResponseCode.NOERROR, qname.splitLabels(), HOSTS_TTL)
        : null;
  }

  /** Those of the family that is asked for, of both for ANY; null for none. */
  private static @Nullable LocalAnswer addresses(List<IpAddress> all, int qtype, int ttl) {
    List<LocalAnswer.OwnRecord> records = new ArrayList<>();
    for (IpAddress each : all) {
      DnsRecordType type = each.family() == Family.IPV4 ? DnsRecordType.A : DnsRecordType.AAAA;
      if (asks(qtype, type)) {
        records.add(LocalAnswer.address(ttl, each));
      }
    }
    return records.isEmpty() ? null : LocalAnswer.positive(records);
  }

  private @Nullable LocalAnswer reverse(
      WireName qname, Family family, int qtype, Predicate<WireName> claimed) {
    HostsTable hosts = sources.hosts.get();
    ReverseName name = ReverseName.of(qname, family);
    ReverseZones reverse = zones();
    IpPrefix pool = reverse.pool(name);
    if (pool != null) {
      return ofPool(name, pool, qtype);
    }
    DomainName host = name.isAddress() ? host(name.prefix().network(), hosts) : null;
    if (host != null && asks(qtype, DnsRecordType.PTR)) {
      return LocalAnswer.positive(List.of(LocalAnswer.pointer(HOSTS_TTL, host)));
    }
    IpPrefix zone = reverse.locallyServed(name);
    if (zone == null || claimed.test(qname)) {
      return null;
    }
    int labels = ReverseName.apexLabels(family, zone.length());
    boolean hasMore =
        host != null
            || (name.exact() && !name.isAddress() && !hosts.isEmpty())
            || (name.exact() && reverse.touchesPool(name));
    if (hasMore && !name.isApexOf(zone)) {
      return nodata(labels);
    }
    return ofZone(name.isApexOf(zone), labels, qtype);
  }

  /** Whoever comes first after a change makes them anew. */
  private ReverseZones zones() {
    List<IpPrefix> pools = sources.pools.get();
    ReverseZones zones = reverse;
    if (!zones.isOf(pools)) {
      zones = new ReverseZones(pools);
      reverse = zones;
    }
    return zones;
  }

  /** RFC 6303 section 4.2 and 4.3 leave the loopback addresses to us. */
  private static @Nullable DomainName host(IpAddress address, HostsTable hosts) {
    boolean loopback =
        address.equals(ReverseZones.LOOPBACK_IPV4) || address.equals(ReverseZones.LOOPBACK_IPV6);
    return loopback ? DomainName.parse("localhost") : hosts.name(address);
  }

  private LocalAnswer ofPool(ReverseName name, IpPrefix pool, int qtype) {
    int labels = ReverseName.apexLabels(pool.family(), pool.length());
    if (!name.exact()) {
      return negative(DnsResponseCode.NXDOMAIN, labels);
    }
    if (name.isApexOf(pool) && !name.isAddress()) {
      return ofZone(true, labels, qtype);
    }
    return name.isAddress() ? ofFake(name.prefix().network(), labels, qtype) : nodata(labels);
  }

  private LocalAnswer ofFake(IpAddress fake, int labels, int qtype) {
    Mapping mapping = sources.fakes.byFake(fake);
    long left =
        mapping == null
            ? 0
            : TimeUnit.NANOSECONDS.toSeconds(mapping.leaseLeftNanos(sources.nanoClock.getAsLong()));
    if (mapping == null || left < 1) {
      return negative(DnsResponseCode.NXDOMAIN, labels);
    }
    List<DomainName> names = mapping.names();
    if (names.isEmpty() || !asks(qtype, DnsRecordType.PTR)) {
      return nodata(labels);
    }
    int life = (int) Math.min(ttl, left);
    return LocalAnswer.positive(
        names.stream().map(each -> LocalAnswer.pointer(life, each)).toList());
  }

  private LocalAnswer nodata(int soaLabels) {
    return negative(DnsResponseCode.NOERROR, soaLabels);
  }

  private LocalAnswer negative(DnsResponseCode rcode, int soaLabels) {
    return LocalAnswer.negative(rcode, soaLabels, ttl);
  }

  private static boolean asks(int qtype, DnsRecordType type) {
    return qtype == type.intValue() || qtype == DnsRecordType.ANY.intValue();
  }
}
