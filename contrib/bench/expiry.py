"""P7: many mappings whose leases end within seconds, and what DNS clients feel of it."""

import time

import elements
import targets
from setting import PLAIN, add_faults

MAPPINGS = 100_000
FILL_FIRST = 1_000_000
FILL_SECONDS = 60
HOT_NUMBER = 16_200_000
RATE = 200
QUIET_SECONDS = 4
# Of measurement after the last lease has ended.
AFTER_SECONDS = 4
LONGEST_AFTER = 60
POLL_SECONDS = 0.5


def expiry(bench, target):
    names = bench.names("fill", MAPPINGS, targets.SUFFIX, FILL_FIRST)
    with bench.serving(target) as server:
        server.load(bench.plain)
        started = time.monotonic()
        fill = server.load(names, FILL_SECONDS, once=True)
        filled = time.monotonic()
        live = held()
        first_end, last_end = started + targets.NAT_TTL, filled + targets.NAT_TTL
        time.sleep(max(0, first_end - QUIET_SECONDS - 1 - time.monotonic()))
        quiet = both(server, QUIET_SECONDS)()
        before = server.cpu_seconds()
        finish = both(server, last_end + AFTER_SECONDS - time.monotonic())
        empty = wait_until_empty(last_end + LONGEST_AFTER)
        ends = finish()
        cpu = server.cpu_seconds() - before
    result = {"fill_seconds": filled - started, "live": live, "empty_seconds": empty - last_end,
              "cpu_us": cpu / MAPPINGS * 1e6}
    for when, (plain, listed) in (("quiet", quiet), ("end", ends)):
        result |= {f"{when}_plain_p99_us": plain["p99"], f"{when}_listed_p99_us": listed["p99"]}
    result["end_max_us"] = max(one["max"] for one in ends)
    add_faults(result, fill, *quiet, *ends)
    # Fewer would be another case.
    result["wrong"] += max(0, MAPPINGS - live)
    return result


def both(server, seconds):
    """Starts to ask an unlisted cached name and a listed live one; gives what waits for their results."""
    askers = [server.ask(RATE, seconds, f"{HOT_NUMBER}+1", suffix) for suffix in (PLAIN, targets.SUFFIX)]
    return lambda: [asker.result() for asker in askers]


def held():
    while (found := elements.count("dotp", "nat_map")) is None:
        pass
    return found


def wait_until_empty(deadline):
    """When only the mapping that is asked for all the time was left."""
    while time.monotonic() < deadline:
        asked = time.monotonic()
        if elements.count("dotp", "nat_map") == 1:
            return asked
        time.sleep(POLL_SECONDS)
    return deadline
