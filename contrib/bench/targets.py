"""The servers that the bench compares: how each is started, and what says its version."""

import functools
import os
import re
import subprocess
import time

from lab import BenchError, Service, nft

# Where every server answers, and where it steers.
ADDRESS = "127.0.0.1"
PORT = 5300
SUFFIX = "steer.test"
POOL = "198.18.0.0/15"
# As large as a set that dotp makes may be.
WIDE_POOL = "10.64.0.0/14"
SET_SIZE = 1 << 18
# The shortest life of a mapping that dotp takes.
NAT_TTL = 90
REAL = "0.0.0.0/0"


class Target:
    """One way to answer: a name, the files it needs in a folder of its own, a command."""

    name = ""
    program = ""
    # What answers to listed names are checked for.
    network = REAL
    # Whether it may answer from a cache.
    cache = False
    # The program it is a variant of: --only knows it by that name as well.
    group = ""
    # Whether it may refuse to start, which only leaves it out.
    optional = False

    def command(self, folder, upstream, upstream_port):
        raise NotImplementedError

    def version(self):
        return ""

    def mappings(self):
        """Fake to real, as the kernel has them now; None for a server that maps nothing."""
        return None

    def clean(self):
        """Removes what the server leaves in the kernel."""

    def start(self, folder, upstream, upstream_port):
        self.clean()
        return Service(self.name, self.command(folder, upstream, upstream_port), folder)


def first_line(*command, pattern=r"\d+\.\d+[^\s,()\"]*"):
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = run.returncode == 0 and re.search(pattern, run.stdout + run.stderr)
    return found.group(0) if found else "unknown"


class Direct(Target):
    """No forwarder at all: what load generator and responder reach between themselves."""

    name = "no forwarder"
    program = "dnsperf"

    def start(self, folder, upstream, upstream_port):
        return None


class Dnsmasq(Target):
    name = "dnsmasq"
    program = "dnsmasq"

    def command(self, folder, upstream, upstream_port):
        # In the foreground as whoever we are: it may not change its group in a user namespace.
        return ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                f"--cache-size={10_000 if self.cache else 0}", "--dns-forward-max=1000",
                "--bind-interfaces", f"--listen-address={ADDRESS}", f"--port={PORT}",
                f"--server={upstream}#{upstream_port}"]

    def version(self):
        return first_line("dnsmasq", "--version")


class DnsmasqNftset(Dnsmasq):
    """Answers with real addresses and adds each to a set."""

    name = "dnsmasq --nftset"

    def command(self, folder, upstream, upstream_port):
        nft(f"add table inet bench; add set inet bench reals {{ type ipv4_addr; size {SET_SIZE}; }}")
        return super().command(folder, upstream, upstream_port) + [
            f"--nftset=/{SUFFIX}/4#inet#bench#reals"]

    def mappings(self):
        return {address: address for address in nft_elements("inet", "bench", "reals")}

    def clean(self):
        nft("add table inet bench; delete table inet bench")


class PerMapping(Target):
    name = "one nft per mapping"
    program = "python3"
    network = POOL

    def command(self, folder, upstream, upstream_port):
        here = os.path.dirname(os.path.realpath(__file__))
        return ["python3", os.path.join(here, "per-mapping.py"), ADDRESS, str(PORT), upstream,
                str(upstream_port), SUFFIX]

    def version(self):
        return first_line("python3", "--version") + ", nft " + first_line("nft", "--version")

    def mappings(self):
        return dict(nft_elements("ip", "bench", "fakes"))

    def clean(self):
        nft("add table ip bench; delete table ip bench")


class Unbound(Target):
    name = "unbound"
    program = "unbound"

    def command(self, folder, upstream, upstream_port):
        config = os.path.join(folder, "unbound.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(f"""server:
  interface: {ADDRESS}@{PORT}
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  module-config: "iterator"
  num-threads: {os.cpu_count()}
  so-reuseport: yes
  do-not-query-localhost: no
  outgoing-range: 4096
  num-queries-per-thread: 2048
  local-zone: "test." nodefault
forward-zone:
  name: "."
  forward-addr: {upstream}@{upstream_port}
  forward-no-cache: {'no' if self.cache else 'yes'}
remote-control:
  control-enable: no
""")
        return ["unbound", "-d", "-c", config]

    def version(self):
        return first_line("unbound", "-V")


class Dnsdist(Target):
    name = "dnsdist"
    program = "dnsdist"

    def command(self, folder, upstream, upstream_port):
        config = os.path.join(folder, "dnsdist.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(f"""setLocal("{ADDRESS}:{PORT}")
setSecurityPollSuffix("")
newServer({{address="{upstream}:{upstream_port}", healthCheckMode="up"}})
""" + ('getPool(""):setCache(newPacketCache(100000))\n' if self.cache else ""))
        return ["dnsdist", "--supervised", "--disable-syslog", "-C", config]

    def version(self):
        return first_line("dnsdist", "--version")


class Smartdns(Target):
    name = "smartdns"
    program = "smartdns"

    def command(self, folder, upstream, upstream_port):
        config = os.path.join(folder, "smartdns.conf")
        with open(config, "w", encoding="ascii") as out:
            out.write(f"""bind {ADDRESS}:{PORT}
server {upstream}:{upstream_port}
cache-size {50_000 if self.cache else 0}
speed-check-mode none
dualstack-ip-selection no
prefetch-domain no
serve-expired no
log-level error
log-file {folder}/smartdns.log
""")
        return ["smartdns", "-f", "-c", config, "-p", "-"]

    def version(self):
        return first_line("dpkg-query", "-W", "-f", "${Version}", "smartdns", pattern=r"\S+")


class Dotp(Target):
    name = "dotp"
    program = "java"
    backend = "auto"

    def __init__(self, root, cache=False, pool=POOL, backend=None):
        self.root = root
        self.cache = cache
        self.network = pool
        self.backend = backend or self.backend

    def command(self, folder, upstream, upstream_port):
        launcher = os.path.join(self.root, "contrib/bin/dotp")
        command = [launcher, "-H", ADDRESS, "-p", str(PORT), "-d", SUFFIX, "-4", self.network,
                   "-6", "2001:2:0:d07::/64", "--upstream-host", upstream, "--upstream-port", str(upstream_port),
                   "--state-dir", os.path.join(folder, "state"), "--nft-backend", self.backend,
                   "--nat-ttl", str(NAT_TTL), "--cache-size", "16M" if self.cache else "0"]
        # All clients of the bench are one, and the peers have no limits.
        known = known_flags(launcher)
        for flag, value in (("--max-fakes-per-client", "0"), ("--max-pool-share", "100")):
            command += [flag, value] if flag in known else []
        return command

    def version(self):
        revision = first_line("git", "-C", self.root, "describe", "--always", "--dirty", pattern=r"\S+")
        archive = os.path.exists(os.path.join(self.root, "target/dotp.jsa"))
        return (f"{revision}, Java {first_line('java', '-version')}, "
                f"{'with' if archive else 'without'} class-data archive")

    def mappings(self):
        return dict(nft_elements("inet", "dotp", "nat_map"))

    def clean(self):
        nft("add table inet dotp; delete table inet dotp")


class DotpLibnftables(Dotp):
    """The same program, having all elements written by the library: its fallback."""

    name = "dotp-libnftables"
    group = "dotp"
    backend = "libnftables"
    optional = True


class DotpUnlisted(Dotp):
    """The same program, asked for names that it does not steer."""

    name = "dotp unlisted"
    group = "dotp"


@functools.cache
def known_flags(launcher):
    done = subprocess.run([launcher, "--help"], capture_output=True, text=True, timeout=60)
    return set(re.findall(r"--[a-z0-9-]+", done.stdout))


def cached(target):
    target.cache = True
    return target


def nft_elements(family, table, name):
    """The elements of a set, or the pairs of a map; read as text, which nft 1.0.6 lists fastest."""
    kind = "set" if name == "reals" else "map"
    text = nft(f"list {kind} {family} {table} {name}")
    elements = text.partition("elements = {")[2]
    addresses = re.findall(r"\d+\.\d+\.\d+\.\d+", elements)
    return addresses if kind == "set" else zip(addresses[::2], addresses[1::2])


def wait_until_answered(service, port, ask, seconds=60):
    """Seconds from the start of the service to its first good answer."""
    while time.monotonic() < service.started + seconds:
        if ask(ADDRESS, port):
            return time.monotonic() - service.started
        if service.ended():
            raise BenchError(f"{service.name} ended at once; its log ends:\n{service.log_tail()}")
    raise BenchError(f"{service.name} gave no answer in {seconds} s; its log ends:\n{service.log_tail()}")
