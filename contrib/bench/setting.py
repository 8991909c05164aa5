"""What all cases stand on: a target that runs beside its upstream, and load for it."""

import contextlib
import os
import tempfile
import time

import targets
from lab import BenchError, Service, answers, in_upstream
from load import Asker, Dnsperf, write_names, wrong_mappings

UPSTREAM_PORT = 5353
PLAIN = "plain.example.net"
SAMPLES_PER_SECOND = 50
# Each name's number is its real address as well (11.0.0.0 plus the number), so no two kinds of names that
# one server is asked may share numbers.
WARM_FIRST = 3_500_000
FRESH_FIRST = 4_000_000
FRESH_END = 16_000_000
# Together, and with those of half load, fewer than the elements that a set of any of the targets holds. A
# young JVM compiles what it is asked for while it answers, which takes it some ten thousand queries of a kind.
COLD_NAMES = 80_000
WARM_NAMES = 60_000
PLAIN_NAMES = 50_000
# All of them fit into the caches of all targets.
HOT_NAMES = 5_000


class Bench:
    """Programs, durations, files of names, a folder that goes away."""

    def __init__(self, root, seconds, warm_seconds):
        self.root = root
        self.seconds = seconds
        self.warm_seconds = warm_seconds
        self.scratch = tempfile.TemporaryDirectory(prefix="dotp-bench-")
        self.plain = self.names("plain", PLAIN_NAMES, PLAIN)
        self.hot = self.names("hot", HOT_NAMES, PLAIN)
        self.hot_listed = self.names("hot-listed", HOT_NAMES, targets.SUFFIX)
        self.cold = self.names("cold", COLD_NAMES, targets.SUFFIX)
        self.warm = self.names("warm", WARM_NAMES, targets.SUFFIX, WARM_FIRST)
        self.next_fresh = FRESH_FIRST

    def path(self, name):
        return os.path.join(self.scratch.name, name)

    def program(self, name):
        return os.path.join(self.root, "target/bench", name)

    def names(self, file, count, suffix, first=0):
        return write_names(self.path(file), count, suffix, first)

    def fresh(self, count):
        """The first of so many numbers that no file of names has and no running server was asked for."""
        if self.next_fresh + count > FRESH_END:
            self.next_fresh = FRESH_FIRST
        first = self.next_fresh
        self.next_fresh += int(count) + 1
        return first

    @contextlib.contextmanager
    def serving(self, target, far=True):
        """The target, ready to answer, and its upstream: on loopback, or far behind the veth."""
        with Upstream(self, far) as upstream:
            folder = tempfile.mkdtemp(dir=self.scratch.name)
            service = target.start(folder, upstream.address, UPSTREAM_PORT)
            if service is None:
                yield Server(self, target, None, (upstream.address, UPSTREAM_PORT), upstream)
                return
            server = Server(self, target, service, (targets.ADDRESS, targets.PORT), upstream)
            server.first_answer = targets.wait_until_answered(service, targets.PORT, answers)
            yield server
            service.stop()
            target.clean()


class Upstream:
    """The responder; counts what it was asked, known when it has stopped."""

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


class Server:
    """A running target as its clients see it; without a service, the upstream itself."""

    def __init__(self, bench, target, service, endpoint, upstream):
        self.bench = bench
        self.target = target
        self.service = service
        self.endpoint = endpoint
        self.upstream = upstream
        self.first_answer = 0.0

    def flood(self, names, seconds, once=False, rate=None):
        return Dnsperf(*self.endpoint, names, seconds, once, rate)

    def load(self, names, seconds=None, once=False):
        """Unmeasured load, for the warm-up seconds unless told otherwise."""
        return self.flood(names, seconds or self.bench.warm_seconds, once).result()

    def ask(self, rate, seconds, numbers, suffix, pairs=None):
        """An asker at work; numbers: the first of many, or "FIRST+COUNT" for some over and over."""
        network = targets.REAL if suffix == PLAIN else self.target.network
        return Asker(self.bench.program("asker"), *self.endpoint, rate, seconds, numbers, suffix, network, pairs)

    def cpu_seconds(self):
        return self.service.cpu_seconds() if self.service else 0.0

    def measure(self, names, suffix, once=False, pairs=None, samples=SAMPLES_PER_SECOND):
        """Load at full speed with the CPU time of each answer; new names beside it are checked one by one."""
        seconds = self.bench.seconds
        sampled = self.ask(samples, seconds, self.bench.fresh(samples * seconds), suffix, pairs)
        before = self.cpu_seconds()
        result = self.flood(names, seconds, once).result()
        if self.service and result["completed"]:
            result["cpu_us"] = (self.cpu_seconds() - before) / result["completed"] * 1e6
        found = sampled.result()
        result["sampled"] = found["sent"]
        add_faults(result, found)
        return result

    def measure_cold(self, samples=SAMPLES_PER_SECOND):
        """The same for listed names, each new; the kernel must stand behind every sample."""
        pairs = self.bench.path("pairs")
        result = self.measure(self.bench.cold, targets.SUFFIX, once=True, pairs=pairs, samples=samples)
        result["wrong"] += wrong_mappings(self.target.mappings(), pairs)
        return result


def add_faults(result, *others):
    for key in ("lost", "wrong"):
        result[key] = result.get(key, 0) + sum(other[key] for other in others)
