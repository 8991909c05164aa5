"""From records to a table: medians, ranges, ratios within a round, and whether a goal is met."""

import statistics


def spread(values, digits):
    middle = statistics.median(values)
    if len(values) == 1:
        return f"{middle:,.{digits}f}"
    return f"{middle:,.{digits}f} ({min(values):,.{digits}f} - {max(values):,.{digits}f})"


def column(rounds, target, key):
    return [one[target][key] for one in rounds if key in one.get(target, {})]


def fastest(case, rounds):
    """The peer with the highest median; the load generator alone is none."""
    peers = [t.name for t in case.targets
             if t.name not in (*case.subjects, "no forwarder") and column(rounds, t.name, "rate")]
    return max(peers, key=lambda name: statistics.median(column(rounds, name, "rate")), default=None)


def judge(case, rounds, subject, goal):
    """One goal as a record: values of each round, what they had to be, and whether they were."""
    key, peer, bound, more = goal
    peer = fastest(case, rounds) if peer == "fastest" else peer
    if peer is None:
        values = column(rounds, subject, key)
    else:
        both = [one for one in rounds if key in one.get(subject, {}) and one.get(peer, {}).get(key)]
        values = [one[subject][key] / one[peer][key] for one in both]
    if not values:
        return None
    middle = statistics.median(values)
    return {"target": subject, "column": key, "peer": peer, "bound": bound, "at_least": more, "values": values,
            "median": middle, "met": middle >= bound if more else middle <= bound}


def goals(case, rounds):
    return [found for subject in case.subjects for goal in case.goals
            if (found := judge(case, rounds, subject, goal)) is not None]


def faults(case, rounds):
    """Targets with lost or wrong answers in any round; at half load a peer may lose what it likes."""
    def keys(name):
        if name in case.subjects:
            return "lost", "wrong", "half_faults"
        return ("wrong",) if case.peers_may_lose else ("lost", "wrong")
    names = dict.fromkeys(name for one in rounds for name in one)
    return [name for name in names if any(sum(column(rounds, name, key)) for key in keys(name))]


def markdown(case, rounds):
    titles = dict((key, title) for key, title, _ in case.columns)
    lines = [f"### {case.name}: {case.title}", "",
             "| target | " + " | ".join(title for _, title, _ in case.columns) + " | lost | wrong |",
             "|---|" + "---|" * (len(case.columns) + 2)]
    for name in (target.name for target in case.targets):
        if not any(name in one for one in rounds):
            continue
        cells = []
        for key, _, digits in case.columns:
            values = column(rounds, name, key)
            cells.append(spread(values, digits) if values else "-")
        cells += [str(sum(column(rounds, name, key))) for key in ("lost", "wrong")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("")
    for goal in goals(case, rounds):
        what = titles.get(goal["column"], goal["column"].replace("_", " "))
        over = f" against {goal['peer']}" if goal["peer"] else ""
        sign = ">=" if goal["at_least"] else "<="
        lines.append(f"- {goal['target']}, {what}{over}: {spread(goal['values'], 2)}, goal {sign} {goal['bound']:.3g}: "
                     f"**{'met' if goal['met'] else 'missed'}**")
    return "\n".join(lines)
