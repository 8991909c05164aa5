"""The table of cases: what each compares, what it shows, and what dotp should reach."""

import growth
import targets
from expiry import expiry
from forwarding import cache_hit, footprint, forward_far, forward_near
from steering import beside_rules, cold_steer, hot_steer, hot_under_flood

RATE = ("rate", "queries/s", 0)
CPU = ("cpu_us", "CPU us/query", 1)
MISSES = ("misses", "asked upstream", 0)


class Case:
    """A row of the table of goals. A goal: column, peer ("fastest", a name, or None for the figure itself),
    bound, whether more is better; asked of each of the subjects. Where peers may lose, they are so slow that
    clients give up, which is their result and not a broken bench."""

    def __init__(self, name, title, measure, compared, columns, goals, subjects=("dotp", "dotp-libnftables"),
                 peers_may_lose=False):
        self.name = name
        self.title = title
        self.measure = measure
        self.targets = compared
        self.columns = columns
        self.goals = goals
        self.subjects = subjects
        self.peers_may_lose = peers_may_lose


def all_cases(root):
    dotp = targets.Dotp(root)
    direct, dnsmasq, unbound = targets.Direct(), targets.Dnsmasq(), targets.Unbound()
    forwarders = [dnsmasq, unbound, targets.Dnsdist(), targets.Smartdns()]
    steering = [targets.PerMapping(), targets.DnsmasqNftset(),
                *(kind(root, pool=targets.WIDE_POOL) for kind in (targets.Dotp, targets.DotpLibnftables))]
    wide = [kind(root, cache=True, pool=targets.WIDE_POOL) for kind in (targets.Dotp, targets.DotpLibnftables)]
    sizes = growth.sizes(root)
    return [
        Case("P1a", "forward an unlisted name, no cache, upstream on loopback", forward_near,
             [direct, *forwarders, dotp], [RATE, CPU],
             [("rate", "fastest", 1.1, True), ("cpu_us", "dnsmasq", 8 / 27, False)]),
        Case("P1b", "the same, upstream in another namespace", forward_far, [direct, dnsmasq, unbound, dotp],
             [RATE, CPU], [("rate", "dnsmasq", 2.0, True)]),
        Case("P2", "an unlisted name from the cache", cache_hit,
             [targets.cached(peer) for peer in (targets.Dnsmasq(), targets.Unbound(), targets.Dnsdist(),
                                                targets.Smartdns(), targets.Dotp(root))],
             [RATE, CPU, MISSES], [("rate", "unbound", 1.0, True), ("cpu_us", None, 5, False)]),
        Case("P3", "a listed name, mapping live", hot_steer,
             [targets.cached(targets.DotpUnlisted(root)), targets.cached(targets.Dotp(root))],
             [RATE, CPU, MISSES], [("rate", "dotp unlisted", 0.7, True)]),
        Case("P4", "listed names, a new mapping for each query", cold_steer, steering,
             [RATE, CPU, ("half_rate", "half load", 0), ("plain_p99_us", "p99 us unlisted", 0),
              ("cold_p99_us", "p99 us listed", 0), ("added_p99_us", "p99 us added", 0),
              ("half_faults", "lost at half load", 0)],
             [("rate", "one nft per mapping", 10, True), ("rate", "dnsmasq --nftset", 3, True),
              ("added_p99_us", None, 1000, False)]),
        Case("P5", "P4 beside a 600-rule firewall and 20,000 prefixes of somebody else", beside_rules, steering,
             [("alone_us", "us/mapping alone", 1), ("beside_us", "us/mapping beside", 1), ("ratio", "ratio", 2),
              ("alone_cpu_us", "CPU us alone", 1), ("beside_cpu_us", "CPU us beside", 1)],
             [("ratio", None, 1.2, False)], peers_may_lose=True),
        Case("P6", "one hot listed name, 200 queries/s, under a flood of new names", hot_under_flood, wide,
             [("alone_p50_us", "p50 us alone", 0), ("alone_p99_us", "p99 us alone", 0),
              ("flood_rate", "flood, listed/s", 0), ("cold_p50_us", "p50 us meanwhile", 0),
              ("cold_p99_us", "p99 us meanwhile", 0), ("plain_p50_us", "p50 us, flood unlisted", 0),
              ("plain_p99_us", "p99 us, flood unlisted", 0), ("ratio", "p99 ratio", 2)],
             [("ratio", None, 2, False)]),
        Case("P7", "100,000 mappings expire, 200 queries/s each of a cached and of a hot listed name", expiry, wide,
             [("fill_seconds", "s to fill", 1), ("live", "mappings", 0), ("cpu_us", "CPU us/mapping", 1),
              ("quiet_plain_p99_us", "p99 us cached before", 0), ("end_plain_p99_us", "p99 us cached meanwhile", 0),
              ("quiet_listed_p99_us", "p99 us listed before", 0),
              ("end_listed_p99_us", "p99 us listed meanwhile", 0), ("end_max_us", "max us meanwhile", 0),
              ("empty_seconds", "s from last lease to empty", 1)],
             [("fill_seconds", None, 10, False), ("end_plain_p99_us", None, 5000, False),
              ("end_listed_p99_us", None, 5000, False)]),
        Case("P13", "start and memory", footprint, [dnsmasq, dotp],
             [("first_answer_ms", "first answer ms", 0), ("idle_mb", "idle MB", 1),
              ("loaded_mb", "after load MB", 1)],
             [("first_answer_ms", None, 500, False), ("loaded_mb", None, 80, False)]),
        Case("P14", "P1 to P4 with more mappings / more listed names (one route: more cannot be configured)",
             growth.growth, sizes, growth.columns(), growth.goals(root), [size.name for size in sizes[1:]]),
    ]
