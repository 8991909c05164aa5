"""P1, P2, P13: names that nobody steers, forwarded and from the cache; start and memory."""

import time

from setting import HOT_NAMES, PLAIN


def forward(bench, target, far):
    """Unlisted names, as fast as they go; an answer that was not asked for upstream came from a cache."""
    with bench.serving(target, far) as server:
        warm = server.load(bench.plain)
        result = server.measure(bench.plain, PLAIN)
    result["wrong"] += max(0, warm["completed"] + result["completed"] - server.upstream.answered)
    return result


def forward_near(bench, target):
    return forward(bench, target, far=False)


def forward_far(bench, target):
    return forward(bench, target, far=True)


def repeated(server, names, suffix):
    """Names that were all asked before."""
    server.load(names, once=True)
    server.load(names)
    return server.measure(names, suffix)


def repeat(bench, target, names, suffix):
    """What the upstream is asked meanwhile must be next to nothing."""
    with bench.serving(target) as server:
        result = repeated(server, names, suffix)
    result["misses"] = max(0, server.upstream.answered - result["sampled"] - HOT_NAMES)
    return result


def cache_hit(bench, target):
    return repeat(bench, target, bench.hot, PLAIN)


def footprint(bench, target):
    """From exec to the first answer; resident memory before and after the load of P1a."""
    with bench.serving(target, far=False) as server:
        # What a start leaves to do in the background is done by then.
        time.sleep(1)
        idle = server.service.resident_megabytes()
        load = server.load(bench.plain, bench.warm_seconds + bench.seconds)
        loaded = server.service.resident_megabytes()
    return {"first_answer_ms": server.first_answer * 1000, "idle_mb": idle, "loaded_mb": loaded,
            "lost": load["lost"], "wrong": load["wrong"]}
