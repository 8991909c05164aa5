"""P14: what queries cost when there are more mappings and more listed names; one program beside itself."""

import os

import targets
from forwarding import repeated
from setting import PLAIN, add_faults
from steering import warm_up

FEWEST = 1_000
FILL_FIRST = 1_000_000
LISTED_FIRST = 2_000_000
LISTED_SUFFIX = "listed.test"


class Grown(targets.Dotp):
    """dotp with so many live mappings and so many names besides the suffix that every case lists."""

    group = "dotp"
    cache = True

    def __init__(self, root, mappings=FEWEST, listed=FEWEST):
        super().__init__(root, backend="auto", pool=targets.WIDE_POOL)
        self.mappings_before = mappings
        self.listed = listed
        self.name = f"{mappings:,} mappings, {listed:,} names"

    def command(self, folder, upstream, upstream_port):
        names = os.path.join(folder, "names")
        with open(names, "w", encoding="ascii") as out:
            out.writelines(f"-d n{LISTED_FIRST + number}.{LISTED_SUFFIX}\n" for number in range(self.listed))
        # A million flags need room to be read, and all rows the same heap.
        return ["env", "DOTP_JAVA_OPTS=-Xmx1g", *super().command(folder, upstream, upstream_port), "@" + names]


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
    with bench.serving(target) as server:
        if more:
            fill = server.load(bench.names(f"fill-{more}", more, targets.SUFFIX, FILL_FIRST), 60, once=True)
        else:
            fill = {"lost": 0, "wrong": 0}
        measured = {"P1": server.measure(bench.plain, PLAIN, once=True),
                    "P2": repeated(server, bench.hot, PLAIN),
                    "P3": repeated(server, hot, targets.SUFFIX)}
        warm_up(server)
        measured["P4"] = server.measure_cold()
    result = {}
    for case, one in measured.items():
        result |= {f"{case}_rate": one["rate"], f"{case}_cpu_us": one["cpu_us"]}
    add_faults(result, fill, *measured.values())
    return result


def columns():
    return [column for case in ("P1", "P2", "P3", "P4")
            for column in ((f"{case}_rate", f"{case} queries/s", 0), (f"{case}_cpu_us", f"{case} CPU us", 1))]


def goals(root):
    smallest = sizes(root)[0].name
    bound = 1.15
    return [(key, smallest, 1 / bound if key.endswith("rate") else bound, key.endswith("rate"))
            for key, _, _ in columns()]
