"""Rules of somebody else: a firewall of 600 rules and an interval set of 20,000 prefixes."""

import contextlib

from lab import nft, run

CHAINS = 60
RULES_PER_CHAIN = 10
SETS = 40
PREFIXES = 20_000
TABLES = ("bench_firewall", "bench_prefixes")


def firewall():
    """No packet of the bench is forwarded, so the rules cost only who reads them."""
    yield f"table inet {TABLES[0]} {{"
    for number in range(SETS):
        addresses = ", ".join(f"192.168.{number}.{host}" for host in range(1, 11))
        yield f"set s{number} {{ type ipv4_addr; elements = {{ {addresses} }}; }}"
    for chain in range(CHAINS):
        yield f"chain c{chain} {{"
        for rule in range(RULES_PER_CHAIN):
            port = 1000 + chain * RULES_PER_CHAIN + rule
            yield (f"ip saddr @s{rule % SETS} ip daddr {{ 10.{chain}.{rule}.1, 10.{chain}.{rule}.2 }} "
                   f"tcp dport {{ {port}, {port + 10_000} }} counter accept")
        yield "}"
    yield "chain forward { type filter hook forward priority 0; policy accept;"
    yield from (f"jump c{chain}" for chain in range(CHAINS))
    yield "}\n}"


def prefixes():
    # Every other /24, so that none can be merged with its neighbour.
    networks = (2 * number for number in range(PREFIXES))
    elements = ", ".join(f"{32 + (n >> 16)}.{n >> 8 & 255}.{n & 255}.0/24" for n in networks)
    yield f"table inet {TABLES[1]} {{\nset far {{ type ipv4_addr; flags interval; elements = {{ {elements} }}; }}\n}}"


@contextlib.contextmanager
def rules(file):
    """In the kernel while the block runs; file is where their text goes."""
    with open(file, "w", encoding="ascii") as out:
        out.writelines(line + "\n" for part in (firewall(), prefixes()) for line in part)
    run("nft", "-f", file)
    yield
    for table in TABLES:
        nft(f"delete table inet {table}")
