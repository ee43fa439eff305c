"""How a comparison is made fair on a machine that is shared.

All targets run at the same time, idle but for the one under load. A round loads each for a moment, in turn:

    round 1   A  A'  B  C
    round 2   C  B  A'  A        and so on

so that whatever drifts, drifts over all of them. The result is the median of the *paired* ratios of each round, with
its range. A' is the same program as A in a second process: how far its ratio is from 1 is what this machine cannot
tell apart. A round during which other processes took too much of the processor is played again.
"""

import statistics
import time
from dataclasses import dataclass

from . import load as clients
from . import machine


@dataclass(frozen=True)
class Trial:
    """One target under load for a moment."""

    processor_microseconds: float
    requests_per_second: float
    p50_microseconds: float
    p99_microseconds: float
    disturbance: float


@dataclass(frozen=True)
class Settings:
    rounds: int = 5
    seconds: int = 2
    most_disturbance: float = 0.12


def trial(server, load, seconds):
    pids = server.tree()
    others, began = machine.ticks_of_others(), time.monotonic()
    before = machine.processor_nanoseconds(pids)
    outcome = clients.run_wrk(load, server.port, seconds)
    spent = machine.processor_nanoseconds(pids) - before
    elapsed = time.monotonic() - began
    disturbed = (machine.ticks_of_others() - others) / machine.TICKS_PER_SECOND / elapsed
    return Trial(
        processor_microseconds=spent / 1000 / outcome.requests,
        requests_per_second=outcome.requests_per_second,
        p50_microseconds=outcome.p50_microseconds,
        p99_microseconds=outcome.p99_microseconds,
        disturbance=max(disturbed, 0),
    )


def play(servers, load, settings, say):
    """Servers by name to a list of rounds (each a dictionary of trials by name), and how many were thrown away."""
    for server in servers.values():
        clients.run_wrk(load, server.port, 1)
    accepted, rejected = [], 0
    while len(accepted) < settings.rounds:
        forwards = len(accepted) % 2 == 0
        order = list(servers) if forwards else list(reversed(servers))
        outcome = {name: trial(servers[name], load, settings.seconds) for name in order}
        worst = max(result.disturbance for result in outcome.values())
        if worst <= settings.most_disturbance:
            accepted.append(outcome)
            continue
        rejected += 1
        reject(worst, rejected, settings, say)
    return accepted, rejected


def undisturbed(once, settings, say):
    """What `once` returns in as many rounds as wanted; rounds that others disturbed are played again."""
    accepted, rejected = [], 0
    while len(accepted) < settings.rounds:
        others, began = machine.ticks_of_others(), time.monotonic()
        outcome = once()
        elapsed = time.monotonic() - began
        disturbed = (machine.ticks_of_others() - others) / machine.TICKS_PER_SECOND / elapsed
        if disturbed <= settings.most_disturbance:
            accepted.append(outcome)
            continue
        rejected += 1
        reject(disturbed, rejected, settings, say)
    return accepted


def reject(disturbance, rejected, settings, say):
    say(f"  round rejected: other processes took {disturbance:.0%} of a core")
    if rejected > 3 * settings.rounds:
        raise SystemExit("error: this machine is too busy to compare anything; try again, or raise --disturbance")


def ratio(rounds, name, reference, figure="processor_microseconds"):
    """Median, lowest and highest of the paired ratios."""
    pairs = [getattr(one[name], figure) / getattr(one[reference], figure) for one in rounds]
    return statistics.median(pairs), min(pairs), max(pairs)


def median(rounds, name, figure):
    return statistics.median(getattr(one[name], figure) for one in rounds)
