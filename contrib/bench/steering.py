"""P3 to P6: listed names, with live mappings and with new ones, alone and beside trouble."""

import foreign
import targets
from forwarding import cache_hit, repeat
from setting import PLAIN, add_faults

HALF_LOAD_NAMES = 28_000
FLOOD_NAMES = 110_000
FLOOD_FIRST = 3_000_000
HOT_NUMBER = 16_100_000
HOT_RATE = 200
# A peer that takes 30 ms for each of its mappings must not have its place taken by samples.
SAMPLES_BESIDE_RULES = 5


def hot_steer(bench, target):
    """P3: listed names with live mappings, beside P2 of the same program."""
    if isinstance(target, targets.DotpUnlisted):
        return cache_hit(bench, target)
    return repeat(bench, target, bench.hot_listed, targets.SUFFIX)


def warm_up(server):
    server.load(server.bench.plain)
    server.load(server.bench.warm, once=True)


def cold_steer(bench, target):
    """P4: listed names, each new; then new names at half that rate, timed beside unlisted ones."""
    with bench.serving(target) as server:
        warm_up(server)
        result = server.measure_cold()
        result |= half_load(server, result["rate"] / 2)
    return result


def half_load(server, rate):
    """What a new mapping adds to a forward while the server has time left."""
    seconds = server.bench.seconds
    rate = max(1, min(rate, HALF_LOAD_NAMES / seconds))

    def asked(suffix):
        # One asker is served in another way than a flood, and that is new to a young JVM as well.
        for duration in (1, seconds):
            found = server.ask(rate, duration, server.bench.fresh(rate * duration), suffix).result()
        return found
    plain, cold = asked(PLAIN), asked(targets.SUFFIX)
    return {"half_rate": rate, "plain_p99_us": plain["p99"], "cold_p99_us": cold["p99"],
            "added_p99_us": cold["p99"] - plain["p99"],
            "half_faults": sum(one[key] for one in (plain, cold) for key in ("lost", "wrong"))}


def beside_rules(bench, target):
    """P5: the load of P4 in an empty namespace, then beside the rules of somebody else."""
    def mappings():
        with bench.serving(target) as server:
            warm_up(server)
            return server.measure_cold(SAMPLES_BESIDE_RULES)
    alone = mappings()
    with foreign.rules(bench.path("foreign.nft")):
        beside = mappings()
    result = {}
    for when, one in (("alone", alone), ("beside", beside)):
        # A server may be so slow that nothing was mapped in time; a refusal is no mapping.
        if one["good"]:
            per_mapping = one["completed"] / one["good"]
            result |= {f"{when}_us": 1e6 / one["rate"] * per_mapping, f"{when}_cpu_us": one["cpu_us"] * per_mapping}
    if alone["good"] and beside["good"]:
        result["ratio"] = result["beside_us"] / result["alone_us"]
    add_faults(result, alone, beside)
    return result


def hot_under_flood(bench, target):
    """P6: one live listed name at a steady rate: alone, under as many new listed names as are answered, and
    under new unlisted names at the rate that those reached: what so many forwards cost by themselves."""
    cold = bench.names("flood", FLOOD_NAMES, targets.SUFFIX, FLOOD_FIRST)
    plain = bench.names("flood-plain", FLOOD_NAMES, PLAIN, FLOOD_FIRST)
    with bench.serving(target) as server:
        warm_up(server)
        alone = hot_name(server).result()
        cold_rate, under_cold = flooded(server, cold, FLOOD_NAMES / (bench.seconds + 1))
        plain_rate, under_plain = flooded(server, plain, cold_rate["rate"])
    result = {"flood_rate": cold_rate["rate"], "ratio": under_cold["p99"] / max(1, alone["p99"])}
    for name, one in (("alone", alone), ("cold", under_cold), ("plain", under_plain)):
        result |= {f"{name}_p50_us": one["p50"], f"{name}_p99_us": one["p99"]}
    add_faults(result, alone, under_cold, under_plain, cold_rate, plain_rate)
    return result


def hot_name(server):
    return server.ask(HOT_RATE, server.bench.seconds, f"{HOT_NUMBER}+1", targets.SUFFIX)


def flooded(server, names, rate):
    """The flood's own result, and that of the hot name meanwhile; no name twice, none left over too early."""
    flood = server.flood(names, server.bench.seconds + 1, once=True, rate=rate)
    hot = hot_name(server).result()
    return flood.result(), hot
