"""Carries a comparison out: starts whom it names, plays the rounds, and makes a table of it."""

from contextlib import ExitStack
from dataclasses import dataclass

from . import rounds, targets

TWIN = "again"
NO_PROXY = "no proxy"


@dataclass
class Row:
    name: str
    cost: float | None
    ratio: tuple[float, float, float]
    requests_per_second: float
    p50: float
    p99: float
    verdict: str = ""


def compare(comparison, chosen, settings, workspace, say):
    """Rows, best known first: the subject, its twin, everybody else; and the number of rejected rounds."""
    with ExitStack() as stack:
        origin = stack.enter_context(targets.start_origin(workspace))
        servers = started(comparison, chosen, origin, workspace, stack)
        if not servers:
            return [], 0
        played, rejected = rounds.play(servers, comparison.load, settings, say)
    subject = next(iter(servers))
    reference = comparison.reference if comparison.reference in servers else subject
    rows = [row(name, played, reference) for name in servers if name != twin(subject)]
    rows.insert(1, row(twin(subject), played, subject))
    judge(rows, comparison, reference)
    return rows, rejected


def started(comparison, chosen, origin, workspace, stack):
    """Servers by the name they have in the table; the first is the subject."""
    able = [target for target in chosen if comparison.mode in target.modes]
    if comparison.reference == "brownout":
        able = [target for target in able if target.name == "brownout"]
    servers = {}
    for target in able:
        servers[target.name] = target.server(comparison.mode, origin, workspace)
        if len(servers) == 1:
            servers[twin(target.name)] = target.server(comparison.mode, origin, workspace)
        if target.name == "brownout":
            for mode in comparison.also:
                servers[f"brownout {mode}"] = target.server(mode, origin, workspace)
    for server in servers.values():
        stack.enter_context(server)
    if comparison.key == "latency" and servers:
        servers[NO_PROXY] = origin
    return servers


def twin(name):
    return f"{name} {TWIN}"


def row(name, played, reference):
    return Row(
        name=name,
        # Without a proxy there is only the origin, and that is not what is compared.
        cost=None if name == NO_PROXY else rounds.median(played, name, "processor_microseconds"),
        ratio=rounds.ratio(played, name, reference),
        requests_per_second=rounds.median(played, name, "requests_per_second"),
        p50=rounds.median(played, name, "p50_microseconds"),
        p99=rounds.median(played, name, "p99_microseconds"),
    )


def judge(rows, comparison, reference):
    """Writes a verdict on the row that has a target: Brownout's, or the variant that is compared with Brownout."""
    judged = "brownout" if comparison.reference != "brownout" else f"brownout {comparison.also[0]}"
    for one in rows:
        if one.name == judged and comparison.first and reference == comparison.reference:
            met = one.ratio[0] <= comparison.first
            one.verdict = f"{'met' if met else 'MISSED'}: <= {comparison.first:g}, aim {comparison.aim:g}"
        elif one.name.endswith(f" {TWIN}"):
            one.verdict = "A/A, to the one above"
