"""Rules of somebody else: a firewall of 600 rules and an interval set of 20,000 prefixes."""

import contextlib

from lab import nft, run

CHAINS = 60
RULES_PER_CHAIN = 10
SETS = 40
PREFIXES = 20_000
PREFIXES_AT_ONCE = 2_000
TABLES = ("bench_firewall", "bench_prefixes")


def firewall():
    """No packet of the bench is forwarded, so the rules cost only who reads them."""
    table = TABLES[0]
    yield f"add table inet {table}\n" + "".join(
        f"add set inet {table} s{number} {{ type ipv4_addr; elements = {{ "
        + ", ".join(f"192.168.{number}.{host}" for host in range(1, 11)) + " }; }\n" for number in range(SETS))
    yield f"add chain inet {table} forward {{ type filter hook forward priority 0; policy accept; }}\n"
    for chain in range(CHAINS):
        yield f"add chain inet {table} c{chain}\n" + "".join(
            f"add rule inet {table} c{chain} ip saddr @s{rule % SETS} "
            f"ip daddr {{ 10.{chain}.{rule}.1, 10.{chain}.{rule}.2 }} "
            f"tcp dport {{ {1000 + chain * 100 + rule}, {20_000 + chain * 100 + rule} }} counter accept\n"
            for rule in range(RULES_PER_CHAIN)) + f"add rule inet {table} forward jump c{chain}\n"


def prefixes():
    table = TABLES[1]
    yield f"add table inet {table}\nadd set inet {table} far {{ type ipv4_addr; flags interval; }}\n"
    for first in range(0, PREFIXES, PREFIXES_AT_ONCE):
        # Every other /24, so that none can be merged with its neighbour.
        networks = (2 * number for number in range(first, first + PREFIXES_AT_ONCE))
        elements = ", ".join(f"{32 + (n >> 16)}.{n >> 8 & 255}.{n & 255}.0/24" for n in networks)
        yield f"add element inet {table} far {{ {elements} }}\n"


@contextlib.contextmanager
def rules(file):
    """In the kernel while the block runs; file is where their text goes. In several transactions: an
    ordinary user's socket takes no large ones."""
    for part in (*firewall(), *prefixes()):
        with open(file, "w", encoding="ascii") as out:
            out.write(part)
        run("nft", "-f", file)
    yield
    for table in TABLES:
        nft(f"delete table inet {table}")
