"""What is measured: one function per case, each gives one record per target and round."""

import os
import tempfile
import time

import targets
from lab import BenchError, Service, answers, in_upstream
from load import SAMPLE_FIRST, SAMPLES_PER_SECOND, Asker, dnsperf, write_names, wrong_mappings

UPSTREAM_PORT = 5353
# Fewer than the 65,536 elements that a set of any of the targets holds.
COLD_NAMES = 30_000
WARM_NAMES = 3_000
HALF_LOAD_NAMES = 28_000
HALF_LOAD_FIRST = 13_000_000
PLAIN_NAMES = 50_000
# All of them fit into the caches of all targets.
HOT_NAMES = 5_000


class Bench:
    """What all cases share: programs, durations, a folder that goes away."""

    def __init__(self, root, seconds, warm_seconds):
        self.root = root
        self.seconds = seconds
        self.warm_seconds = warm_seconds
        self.build = os.path.join(root, "target/bench")
        self.scratch = tempfile.TemporaryDirectory(prefix="dotp-bench-")
        self.plain = write_names(self.path("plain"), PLAIN_NAMES, "plain.example.net")
        self.hot = write_names(self.path("hot"), HOT_NAMES, "plain.example.net")
        self.hot_listed = write_names(self.path("hot-listed"), HOT_NAMES, targets.SUFFIX)
        self.cold = write_names(self.path("cold"), COLD_NAMES, targets.SUFFIX)
        self.warm = write_names(self.path("warm"), WARM_NAMES, targets.SUFFIX, 11_000_000)

    def path(self, name):
        return os.path.join(self.scratch.name, name)

    def program(self, name):
        return os.path.join(self.build, name)

    def start(self, target, upstream):
        """The running target, the port that answers, and seconds to the first answer."""
        folder = tempfile.mkdtemp(dir=self.scratch.name)
        service = target.start(folder, upstream, UPSTREAM_PORT)
        if service is None:
            return None, upstream, UPSTREAM_PORT, 0.0
        first = targets.wait_until_answered(service, targets.PORT, answers)
        return service, targets.ADDRESS, targets.PORT, first

    def asker(self, address, port, rate, seconds, first, suffix, network, pairs=None):
        return Asker(self.program("asker"), address, port, rate, seconds, first, suffix, network, pairs)


class Upstream:
    """The responder, on loopback or behind the veth; counts what it was asked."""

    def __init__(self, bench, far):
        self.address = "192.0.2.2" if far else "127.0.0.1"
        self.answered = 0
        command = [bench.program("responder"), self.address, str(UPSTREAM_PORT)]
        folder = tempfile.mkdtemp(dir=bench.scratch.name)
        self.service = Service("responder", in_upstream(command) if far else command, folder)

    def __enter__(self):
        deadline = time.monotonic() + 5
        while not answers(self.address, UPSTREAM_PORT):
            if time.monotonic() > deadline:
                raise BenchError(f"the responder does not answer:\n{self.service.log_tail()}")
        return self

    def __exit__(self, kind, *_):
        self.service.stop()
        if kind is None:
            self.answered = int(self.service.log_tail())


def measured(service, address, port, names, seconds, once=False):
    """dnsperf's result with the CPU time that each answer took."""
    before = service.cpu_seconds() if service else 0
    result = dnsperf(address, port, names, seconds, once)
    if service and result["completed"]:
        result["cpu_us"] = (service.cpu_seconds() - before) / result["completed"] * 1e6
    return result


def forward(bench, target, far):
    """P1: unlisted names, as fast as they go; samples beside them are checked for their address."""
    with Upstream(bench, far) as upstream:
        service, address, port, _ = bench.start(target, upstream.address)
        warm = dnsperf(address, port, bench.plain, bench.warm_seconds)
        samples = bench.asker(address, port, SAMPLES_PER_SECOND, bench.seconds, SAMPLE_FIRST, "plain.example.net",
                              targets.REAL)
        result = measured(service, address, port, bench.plain, bench.seconds)
        add_samples(result, samples.result())
        stop(service, target)
    # An answer that was not asked for came from a cache.
    result["wrong"] += max(0, warm["completed"] + result["completed"] - upstream.answered)
    return result


def forward_near(bench, target):
    return forward(bench, target, far=False)


def forward_far(bench, target):
    return forward(bench, target, far=True)


def repeat(bench, target, names, suffix):
    """Names that were all asked before; what the upstream is asked meanwhile must be next to nothing."""
    with Upstream(bench, far=True) as upstream:
        service, address, port, _ = bench.start(target, upstream.address)
        dnsperf(address, port, names, bench.warm_seconds, once=True)
        dnsperf(address, port, names, bench.warm_seconds)
        samples = bench.asker(address, port, SAMPLES_PER_SECOND, bench.seconds, SAMPLE_FIRST, suffix,
                              target.network if suffix == targets.SUFFIX else targets.REAL)
        result = measured(service, address, port, names, bench.seconds)
        add_samples(result, samples.result())
        stop(service, target)
    misses = upstream.answered - result["sampled"] - HOT_NAMES
    result["misses"] = max(0, misses)
    return result


def cache_hit(bench, target):
    """P2: unlisted names from the cache."""
    return repeat(bench, target, bench.hot, "plain.example.net")


def hot_steer(bench, target):
    """P3: listed names with live mappings, beside P2 of the same program."""
    if isinstance(target, targets.DotpUnlisted):
        return cache_hit(bench, target)
    return repeat(bench, target, bench.hot_listed, targets.SUFFIX)


def cold_steer(bench, target):
    """P4: listed names, each new; then new names at half that rate, timed beside unlisted ones."""
    with Upstream(bench, far=True) as upstream:
        service, address, port, _ = bench.start(target, upstream.address)
        dnsperf(address, port, bench.plain, bench.warm_seconds)
        dnsperf(address, port, bench.warm, bench.warm_seconds, once=True)
        pairs = bench.path("pairs")
        samples = bench.asker(address, port, SAMPLES_PER_SECOND, bench.seconds, SAMPLE_FIRST,
                              targets.SUFFIX, target.network, pairs)
        result = measured(service, address, port, bench.cold, bench.seconds, once=True)
        add_samples(result, samples.result())
        result["wrong"] += wrong_mappings(target.mappings(), pairs)
        result |= half_load(bench, target, address, port, result["rate"] / 2)
        stop(service, target)
    return result


def half_load(bench, target, address, port, rate):
    """What a new mapping adds to a forward while the server has time left."""
    rate = max(1, min(rate, HALF_LOAD_NAMES / bench.seconds))
    plain, cold = (
        bench.asker(address, port, rate, bench.seconds, HALF_LOAD_FIRST, suffix, network).result()
        for suffix, network in (("plain.example.net", targets.REAL), (targets.SUFFIX, target.network)))
    return {"half_rate": rate, "plain_p99_us": plain["p99"], "cold_p99_us": cold["p99"],
            "added_p99_us": cold["p99"] - plain["p99"],
            "half_faults": sum(one[key] for one in (plain, cold) for key in ("lost", "wrong"))}


def footprint(bench, target):
    """P13: from exec to the first answer; resident memory before and after the load of P1a."""
    with Upstream(bench, far=False) as upstream:
        service, address, port, first = bench.start(target, upstream.address)
        # What a start leaves to do in the background is done by then.
        time.sleep(1)
        idle = service.resident_megabytes()
        load = dnsperf(address, port, bench.plain, bench.warm_seconds + bench.seconds)
        loaded = service.resident_megabytes()
        stop(service, target)
    return {"first_answer_ms": first * 1000, "idle_mb": idle, "loaded_mb": loaded, "lost": load["lost"],
            "wrong": load["wrong"]}


def stop(service, target):
    if service is not None:
        service.stop()
        target.clean()


def add_samples(result, samples):
    result["lost"] += samples["lost"]
    result["wrong"] += samples["wrong"]
    result["sampled"] = samples["sent"]


class Case:
    """A row of the table of goals: its targets, its measure, and what dotp should reach."""

    def __init__(self, name, title, measure, peers, columns, goals):
        self.name = name
        self.title = title
        self.measure = measure
        self.targets = peers
        self.columns = columns
        self.goals = goals


RATE = ("rate", "queries/s", 0)
CPU = ("cpu_us", "CPU us/query", 1)


def all_cases(root):
    dotp = targets.Dotp(root)
    direct, dnsmasq, unbound = targets.Direct(), targets.Dnsmasq(), targets.Unbound()
    forwarders = [dnsmasq, unbound, targets.Dnsdist(), targets.Smartdns()]
    # A goal: column, "fastest"/peer/None, bound, whether more is better.
    return [
        Case("P1a", "forward an unlisted name, no cache, upstream on loopback", forward_near,
             [direct, *forwarders, dotp], [RATE, CPU],
             [("rate", "fastest", 1.1, True), ("cpu_us", "dnsmasq", 8 / 27, False)]),
        Case("P1b", "the same, upstream in another namespace", forward_far, [direct, dnsmasq, unbound, dotp],
             [RATE, CPU], [("rate", "dnsmasq", 2.0, True)]),
        Case("P2", "an unlisted name from the cache", cache_hit,
             [targets.cached(peer) for peer in (targets.Dnsmasq(), targets.Unbound(), targets.Dnsdist(),
                                                targets.Smartdns(), targets.Dotp(root))],
             [RATE, CPU, ("misses", "asked upstream", 0)],
             [("rate", "unbound", 1.0, True), ("cpu_us", None, 5, False)]),
        Case("P3", "a listed name, mapping live", hot_steer,
             [targets.cached(targets.DotpUnlisted(root)), targets.cached(targets.Dotp(root))],
             [RATE, CPU, ("misses", "asked upstream", 0)],
             [("rate", "dotp unlisted", 0.7, True)]),
        Case("P4", "listed names, a new mapping for each query", cold_steer,
             [targets.PerMapping(), targets.DnsmasqNftset(), dotp],
             [RATE, CPU, ("half_rate", "half load", 0), ("plain_p99_us", "p99 us unlisted", 0),
              ("cold_p99_us", "p99 us listed", 0), ("half_faults", "lost at half load", 0)],
             [("rate", "one nft per mapping", 10, True), ("rate", "dnsmasq --nftset", 3, True),
              ("added_p99_us", None, 1000, False)]),
        Case("P13", "start and memory", footprint, [dnsmasq, dotp],
             [("first_answer_ms", "first answer ms", 0), ("idle_mb", "idle MB", 1),
              ("loaded_mb", "after load MB", 1)],
             [("first_answer_ms", None, 500, False), ("loaded_mb", None, 80, False)]),
    ]
