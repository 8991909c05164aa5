"""P14: what queries cost when there are more mappings and more listed names; one program beside itself.

Every row is warmed up by the same queries, for a young JVM costs more than any of the growth. P4 needs new
mappings for that: its rows hold WARM_COLD more than their names say.
"""

import os

import targets
from forwarding import repeated
from setting import PLAIN, PLAIN_NAMES, add_faults

FEWEST = 1_000
FILL_FIRST = 1_000_000
LISTED_FIRST = 2_000_000
LISTED_SUFFIX = "listed.test"
WARM_PLAIN_FIRST = 1_200_000
WARM_COLD_FIRST = 1_300_000
WARM_COLD = 20_000
FILL_SECONDS = 60


class Grown(targets.Dotp):
    """dotp with so many live mappings and so many names besides the suffix that every case lists."""

    group = "dotp"
    cache = True

    def __init__(self, root, mappings=FEWEST, listed=FEWEST):
        super().__init__(root, pool=targets.WIDE_POOL)
        self.mappings_before = mappings
        self.listed = listed
        self.name = f"{short(mappings)} / {short(listed)}"

    def command(self, folder, upstream, upstream_port):
        names = os.path.join(folder, "names")
        with open(names, "w", encoding="ascii") as out:
            out.writelines(f"-d n{LISTED_FIRST + number}.{LISTED_SUFFIX}\n" for number in range(self.listed))
        # A million flags need room to be read, and all rows the same heap.
        return ["env", "DOTP_JAVA_OPTS=-Xmx1g -Xms1g -Xmn16m", *super().command(folder, upstream, upstream_port), "@" + names]


def short(number):
    return f"{number // 1_000_000}M" if number >= 1_000_000 else f"{number // 1000}k"


def sizes(root):
    """The smallest first: the others are compared with it."""
    return [Grown(root), Grown(root, mappings=10_000), Grown(root, mappings=100_000),
            Grown(root, listed=100_000), Grown(root, listed=1_000_000)]


def growth(bench, target):
    """Hot names are as many in all rows, and spread over all that is listed."""
    hot = bench.path(f"hot-{target.listed}")
    with open(hot, "w", encoding="ascii") as out:
        out.writelines(f"n{LISTED_FIRST + number}.{LISTED_SUFFIX} A\n"
                       for number in range(0, target.listed, target.listed // FEWEST))
    more = target.mappings_before - FEWEST
    loads = []
    with bench.serving(target) as server:
        if more:
            names = bench.names(f"fill-{more}", more, targets.SUFFIX, FILL_FIRST)
            loads.append(server.load(names, FILL_SECONDS, once=True))
        server.load(bench.names("warm-plain", PLAIN_NAMES, PLAIN, WARM_PLAIN_FIRST), FILL_SECONDS, once=True)
        measured = {"P1": server.measure(bench.plain, PLAIN, once=True),
                    "P2": repeated(server, bench.hot, PLAIN),
                    "P3": repeated(server, hot, targets.SUFFIX)}
        warm_cold = bench.names("warm-cold", WARM_COLD, targets.SUFFIX, WARM_COLD_FIRST)
        loads.append(server.load(warm_cold, FILL_SECONDS, once=True))
        measured["P4"] = server.measure_cold()
    result = {}
    for case, one in measured.items():
        result |= {f"{case}_rate": one["rate"], f"{case}_cpu_us": one["cpu_us"]}
    add_faults(result, *loads, *measured.values())
    return result


def columns():
    return [column for case in ("P1", "P2", "P3", "P4")
            for column in ((f"{case}_rate", f"{case} queries/s", 0), (f"{case}_cpu_us", f"{case} CPU us", 1))]


def goals(root):
    smallest = sizes(root)[0].name
    bound = 1.15
    return [(key, smallest, 1 / bound if key.endswith("rate") else bound, key.endswith("rate"))
            for key, _, _ in columns()]
