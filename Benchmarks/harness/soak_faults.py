"""Random valid rules for the soak, and what is done with them: a sequence that follows from the seed alone.

Every kind of the catalogue comes up. A rule has a name of its own that no later one takes, and keeps its share whatever else
a change makes of it, so that the fate of its n-th exchange is the same in every run. Two sorts are set apart by their names,
as their fates do not follow from the ordinal alone: `timed-…` depends on the moment, `sticky-…` on the caller.
"""

import random

FREE = ("timed-", "sticky-")
SERVICES = {"web": "http", "line": "tcp"}
MOST_LIVE = 30


class Sequence:
    """What is done next: ("add" | "change" | "remove", rule, milliseconds to live)."""

    def __init__(self, seed, names=0):
        self.random = random.Random(seed)
        # Numbers of names so far.
        self.names = names
        self.live = []

    def next(self):
        choice = self.random.random()
        if not self.live or (choice < 0.5 and len(self.live) < MOST_LIVE):
            return self.add()
        place = self.random.randrange(len(self.live))
        if choice < 0.75 and len(self.live) < MOST_LIVE:
            rule = self.live[place].altered(self.random)
            self.live[place] = rule
            return "change", rule, rule.life(self.random)
        return "remove", self.live.pop(place), 0

    def add(self):
        self.names += 1
        rule = Rule.drawn(self.random, self.names)
        self.live.append(rule)
        return "add", rule, rule.life(self.random)


class Rule:
    """A fault entry: what it keeps for life, and what it does at the moment."""

    def __init__(self, name, kind, kept, fault):
        self.name = name
        self.kind = kind
        self.kept = kept
        self.fault = fault

    @classmethod
    def drawn(cls, dice, number):
        kind = dice.choice([*KINDS])
        kept = {"zone": "az-a"} if kind == "blackout" else {"service": service(dice, kind)}
        free = ""
        if kind not in UNDIVIDED:
            kept["share"] = f"{dice.choice(SHARES[kind in CONNECTIONS])}%"
            free = selected(dice, kind, kept)
        if kind in STREAMS and dice.random() < 0.4:
            kept["direction"] = dice.choice(["upstream", "downstream"])
        return cls(f"{free}{kind}-{number}", kind, kept, KINDS[kind](dice))

    def altered(self, dice):
        return Rule(self.name, self.kind, self.kept, KINDS[self.kind](dice))

    def life(self, dice):
        """Milliseconds. What closes or darkens everything is short, so that there is traffic to harm."""
        return dice.randint(200, 900) if self.kind in UNDIVIDED else dice.randint(500, 6_000)

    def entry(self):
        return {"name": self.name, **self.kept, self.kind: self.fault}


def service(dice, kind):
    return "web" if kind in EXCHANGES else dice.choice([*SERVICES])


def selected(dice, kind, kept):
    """Further selectors for some; answers how the name begins."""
    choice = dice.random()
    if choice < 0.1:
        kept["nth"] = dice.choice([{"first": 20}, {"after": 10}, {"every": 3}])
    elif choice < 0.15:
        kept["cap"] = dice.randint(1, 20)
    elif choice < 0.2:
        kept["sticky"] = "client"
        return "sticky-"
    elif choice < 0.25:
        kept["share"] = "0% -> 20%"
        return "timed-"
    return ""


# In per cent: of exchanges and streams, and of connections.
SHARES = {False: (1, 2, 5, 10, 25), True: (1, 2, 5)}


def milliseconds(dice, least, most):
    return f"{dice.randint(least, most)}ms"


def latency(dice):
    return dice.choice(
        [
            lambda: {"fixed": milliseconds(dice, 0, 400)},
            lambda: {"fixed": "200ms +- 150ms", "hold": dice.choice(["before", "after"])},
            lambda: {"p50": "30ms", "p99": milliseconds(dice, 200, 1_500)},
            lambda: {"exponential": {"mean": milliseconds(dice, 10, 200)}},
            lambda: {"uniform": {"min": "1ms", "max": milliseconds(dice, 2, 600)}},
        ]
    )()


def error(dice):
    return dice.choice(
        [
            lambda: {"status": 503, "retry_after": "1s"},
            lambda: {"status": {"503": "70%", "429": "30%"}, "body": "busy"},
            lambda: {"status": 500, "executed": True},
        ]
    )()


def hang(dice):
    places = [{"at": "head"}, {"at": "body", "after": f"{dice.randint(0, 4_096)}B"}]
    return {**dice.choice(places), "for": dice.choice(["phase", milliseconds(dice, 10, 3_000)])}


def capacity(dice):
    return {
        "servers": dice.randint(1, 50),
        "service_time": milliseconds(dice, 1, 60),
        "queue": dice.randint(0, 200),
        "order": dice.choice(["fifo", "lifo"]),
        "abandoned": dice.choice(["keep", "drop"]),
        "full": dice.choice([503, "refuse", "hang"]),
    }


def rewrite(dice):
    return dice.choice(
        [
            lambda: {"status": 202, "headers": {"set": {"x-stale": "true"}, "remove": ["etag"]}},
            lambda: {"body": {"replace": "x" * dice.randint(0, 2_000)}},
            lambda: {"body": {"patch": '{"id": null}'}},
        ]
    )()


def loss(dice):
    return dice.choice(
        [
            lambda: {"rate": f"{dice.randint(1, 20)}%", "rto": milliseconds(dice, 10, 300)},
            lambda: {"gilbert_elliott": {"p": "2%", "r": "30%"}, "rto": "100ms"},
        ]
    )()


KINDS = {
    "latency": latency,
    "error": error,
    "lose_response": lambda dice: {"then": dice.choice(["close", "reset", "hang"])},
    "hang": hang,
    "truncate": lambda dice: {"at": dice.choice(["50%", "100B", "0B"]), "then": dice.choice(["close", "reset"])},
    "dribble": lambda dice: {"rate": f"{dice.randint(2, 200)}KB/s", "chunk": f"{dice.randint(1, 500)}B"},
    "malform": lambda dice: {"what": dice.choice(["status_line", "header", "chunk", "length"])},
    "rewrite": rewrite,
    "throttle": lambda dice: {"limit": f"{dice.randint(5, 200)}/s", "per": dice.choice(["service", "caller"])},
    "capacity": capacity,
    "duplicate": lambda dice: {"times": dice.randint(2, 4)},
    "bandwidth": lambda dice: {
        "rate": f"{dice.randint(5, 2_000)}KB/s",
        "scope": dice.choice(["connection", "service"]),
    },
    "slice": lambda dice: {"size": f"{dice.randint(500, 9_000)}B", "variation": "100B", "delay": milliseconds(dice, 0, 5)},
    "limit": lambda dice: {"bytes": f"{dice.randint(0, 20_000)}B", "then": dice.choice(["close", "reset"])},
    "corrupt": lambda dice: {"rate": f"{dice.choice([0.01, 0.1, 5])}%", "bits": dice.randint(1, 8)},
    "loss": loss,
    "slow_close": lambda dice: {"delay": milliseconds(dice, 1, 800)},
    "reset": lambda dice: {"after": dice.choice([milliseconds(dice, 0, 900), f"{dice.randint(1, 20_000)}B"])},
    "half_open": lambda dice: None,
    "lifetime": lambda dice: {"max": milliseconds(dice, 100, 5_000)},
    "refuse": lambda dice: None,
    "blackhole": lambda dice: None,
    "blackout": lambda dice: {
        "existing": dice.choice(["stall", "reset", "drain", "leave"]),
        "new": dice.choice(["hang", "blackhole", "refuse", "reset"]),
    },
    "partition": lambda dice: {"from": "callers", "to": dice.choice(["az-a", "az-b"])},
}
EXCHANGES = {"error", "lose_response", "truncate", "malform", "rewrite", "throttle", "capacity", "duplicate"}
STREAMS = {"bandwidth", "slice", "corrupt", "loss", "slow_close", "dribble"}
CONNECTIONS = {"reset", "half_open", "lifetime", "limit"}
# What acts on a listener or a zone as a whole.
UNDIVIDED = {"refuse", "blackhole", "blackout", "partition"}
