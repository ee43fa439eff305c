"""Ten minutes of everything at once, twice with one seed: random faults come, change and go ten times a second over the API,
while five hundred callers keep busy, leave in the middle, stall and talk garbage.

    callers (this process) ── Brownout, two workers ── soak_origin        soak_steering ── its control plane

What the callers know (soak_crowd), what the access log says and what the metrics say must be one story:

    every exchange that a caller found whole has a line of its own with the same numbers of bytes
    every other line is a fault's doing, or a caller's who left or could not be understood
    the metrics add up to the lines, and nothing was dropped

And it must leave nothing behind: faults, descriptors, memory. In the log each line names an entry and the ordinal that was
drawn under it: whatever ordinals two runs have in common had the same fate in both.
"""

import collections
import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from . import crowd, machine, processes, soak_crowd, soak_faults

WARM_UP_SECONDS = 15
WARM_UP_NAMES = 1_000_000
LONGEST_CALL_SECONDS = 0.25
SLACK_BYTES = 8 << 20
# With so many, every kind of fault comes up.
ENOUGH_CALLS = 1_000


@dataclass(frozen=True)
class Size:
    """How much of it."""

    seconds: int = 300
    callers: int = 500
    seed: int = 20


@dataclass
class Outcome:
    """One of the two runs."""

    steering: dict
    ledgers: dict
    unmet: int
    disturbed: collections.Counter
    descriptors: tuple
    resident: tuple
    metrics: dict
    complaints: list
    lines: dict = field(default_factory=dict)
    fates: dict = field(default_factory=dict)
    # Ordinals with two fates in this run alone: a rule that comes anew under its name begins from zero.
    fickle: set = field(default_factory=set)


# The world


class World:
    """Origin and proxy, fresh."""

    def __init__(self, binary, seed, folder):
        ports = [processes.free_port() for _ in range(7)]
        self.origin_ports, self.ports = ports[:4], {"web": ports[4], "line": ports[5]}
        self.control = ports[6]
        self.access_log = folder / "access.log"
        scenario = folder / "soak.yaml"
        scenario.write_text(self.services())
        origin = [sys.executable, "-m", "harness.soak_origin", f"{ports[0]},{ports[1]}", f"{ports[2]},{ports[3]}"]
        self.origin = processes.Server(
            "soak origin", origin, ports[0], machine.CLIENT_CORE, folder / "origin.log", Path(__file__).parent.parent
        )
        serve = [binary, "serve", scenario, "--seed", seed, "--workers", 2]
        serve += ["--control", f"127.0.0.1:{self.control}", "--access-log", self.access_log]
        self.proxy = processes.Server("brownout", serve, self.control, machine.PROXY_CORE, folder / "brownout.log")

    def services(self):
        """Two services over two zones, and all callers in a third."""
        zones = {"callers": {"callers": "127.0.0.0/8"}, "az-a": {}, "az-b": {}}
        services = {}
        for place, (name, protocol) in enumerate(soak_faults.SERVICES.items()):
            endpoints = [
                {"to": f"127.0.0.1:{self.origin_ports[2 * place + number]}", "zone": zone}
                for number, zone in enumerate(["az-a", "az-b"])
            ]
            listen = f"127.0.0.1:{self.ports[name]}"
            services[name] = {"listen": listen, "protocol": protocol, "endpoints": endpoints}
        return json.dumps({"brownout": 1, "name": "soak", "zones": zones, "services": services})

    def __enter__(self):
        self.origin.start()
        try:
            self.proxy.start()
        except BaseException:
            self.origin.stop()
            raise
        return self

    def __exit__(self, *_):
        self.proxy.stop()
        self.origin.stop()

    def steer(self, seed, seconds, names=0):
        steering = [sys.executable, "-m", "harness.soak_steering", self.control, self.proxy.process.pid]
        return subprocess.Popen(
            [*map(str, ["taskset", "-c", machine.PROXY_CORE, *steering, seed, seconds, names])],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )

    def metrics(self):
        """Sums over services and endpoints of each metric, by the labels that are asked for here."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.control}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        sums = collections.Counter()
        for name, labels, value in re.findall(r"^(brownout_\w+)(\{.*\})? ([-+.e\d]+)$", text, re.MULTILINE):
            direction = re.search(r'direction="(\w+)"', labels)
            sums[f"{name} {direction[1]}" if direction else name] += float(value)
        return dict(sums)


# A run


def play(binary, size, folder):
    """One run from beginning to end."""
    folder.mkdir()
    ledgers = {protocol: soak_crowd.Ledger() for protocol in ("http", "tcp")}
    with World(binary, size.seed, folder) as world:
        _, unmet_before, disturbed_before = act(world, size, WARM_UP_SECONDS, WARM_UP_NAMES, ledgers)
        before = crowd.figures(world.proxy)
        steering, unmet, disturbed = act(world, size, size.seconds, 0, ledgers)
        after = figures(world.proxy, before)
        metrics = world.metrics()
        has_lived = world.proxy.process.poll() is None
    outcome = Outcome(
        steering=steering,
        ledgers=ledgers,
        unmet=unmet_before + unmet,
        disturbed=disturbed_before + disturbed,
        descriptors=(before[0], after[0]),
        resident=(before[1], after[1]),
        metrics=metrics,
        complaints=list(complaints(folder / "brownout.log", world.proxy.process.returncode, has_lived)),
    )
    read_log(world.access_log, outcome)
    return outcome


def act(world, size, seconds, names, ledgers):
    """Callers and steering for so long; then the all-clear, after which everybody must be served; then all leave."""
    callers = soak_crowd.Crowd(world.ports, size.callers, size.seed + names, ledgers)
    steering = world.steer(size.seed, seconds, names)
    try:
        if not callers.run_while(lambda: steering.poll() is None, seconds + 60):
            raise SystemExit("error: the steering does not come to its end")
        found = json.load(steering.stdout)
    finally:
        steering.kill()
        steering.wait()
        steering.stdout.close()
    unmet = callers.calm_down()
    callers.close()
    return found, unmet, callers.disturbed


def figures(server, before, patience=30):
    """Descriptors and resident bytes, once they are back or time is over."""
    deadline = time.monotonic() + patience
    while True:
        found = (crowd.descriptors(server.process.pid), machine.resident_bytes([server.process.pid]))
        if (found[0] <= before[0] and is_back(before[1], found[1])) or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def is_back(before, after):
    return after <= before + SLACK_BYTES


def complaints(log, code, has_lived):
    """What the proxy said that it should not have to say."""
    if not has_lived or code not in (0, -signal.SIGTERM):
        yield f"brownout ended with {code}"
    for line in log.read_text(errors="replace").splitlines():
        # What happens to faults is told with its time in front. Warnings may come where others keep the machine busy.
        if not line.startswith("[") and re.search(r"\b(error|critical|fatal)\b", line, re.IGNORECASE):
            yield line


# The log

OF_CALLERS = {"caller_gave_up", "caller_reset", "malformed_request"}


class Lines:
    """The lines of one protocol, by whose doing the end was; each by its bytes (up, down)."""

    def __init__(self):
        self.clean = collections.Counter()
        self.injected = collections.Counter()
        self.callers = collections.Counter()
        self.others = collections.Counter()
        self.bytes_up = self.bytes_down = 0

    def add(self, line):
        account = line["bytes_up"], line["bytes_down"]
        self.bytes_up += account[0]
        self.bytes_down += account[1]
        if line["injected"]:
            self.injected[account] += 1
        elif line["outcome"] == "complete":
            self.clean[account] += 1
        elif line["outcome"] in OF_CALLERS:
            self.callers[line["outcome"]] += 1
        else:
            self.others[line["outcome"]] += 1

    @property
    def count(self):
        return sum(part.total() for part in (self.clean, self.injected, self.callers, self.others))


def read_log(path, outcome):
    outcome.lines = {"http": Lines(), "tcp": Lines()}
    with open(path) as log:
        for text in log:
            line = json.loads(text)
            outcome.lines[line["protocol"]].add(line)
            entry = line.get("fault") or line.get("spared_by")
            if entry and "draw" in line and not entry.startswith(soak_faults.FREE):
                fate = outcome.fates.setdefault((entry, line["draw"]), line["injected"])
                if fate != line["injected"]:
                    outcome.fickle.add((entry, line["draw"]))


# Judgement


def problems(outcome):
    """What must not be, in words."""
    yield from outcome.complaints
    yield from outcome.steering["problems"][:5]
    seconds, in_line, call = outcome.steering["longest"]
    if seconds - in_line > LONGEST_CALL_SECONDS:
        yield f"a call of the API took {seconds * 1000:.0f} ms, {in_line * 1000:.0f} ms of them in line for a core: {call}"
    unplayed = soak_faults.KINDS.keys() - outcome.steering["kinds"].keys()
    if unplayed and outcome.steering["calls"] > ENOUGH_CALLS:
        yield f"these faults never came up: {', '.join(sorted(unplayed))}"
    if outcome.unmet:
        yield f"{outcome.unmet} callers were not served after the all-clear"
    for end, count in outcome.disturbed.items():
        yield f"{count} x {end} without a fault"
    if outcome.descriptors[1] > outcome.descriptors[0]:
        yield f"{outcome.descriptors[1] - outcome.descriptors[0]} descriptors were left behind"
    if not is_back(*outcome.resident):
        yield f"{(outcome.resident[1] - outcome.resident[0]) >> 10} KiB of memory were left behind"
    for protocol, lines in outcome.lines.items():
        for problem in unaccounted(outcome.ledgers[protocol], lines):
            yield f"{protocol}: {problem}"
    yield from unsummed(outcome)


def unaccounted(ledger, lines):
    whole = ledger.accounts["whole"]
    missing = whole - lines.clean - lines.injected
    if missing:
        yield f"{missing.total()} whole exchanges have no line of their bytes, as {example(missing)}"
    for word, count in lines.others.items():
        yield f"{count} x {word}, and no fault had a part in it"
    gone = ledger.count("left") + ledger.count("garbage")
    unexplained = (lines.clean - whole).total() + lines.callers.total() - gone
    if unexplained > 0:
        yield f"{unexplained} lines are nobody's doing, as {example(lines.clean - whole)}"
    under_fault = lines.injected.total() - (whole - lines.clean).total()
    if ledger.count("harmed") > under_fault:
        yield f"{ledger.count('harmed')} exchanges were harmed, and only {under_fault} lines say by what"
    accounts = sum(ledger.count(end) for end in list(ledger.accounts))
    if not accounts - ledger.count("unheard") - gone <= lines.count <= accounts:
        yield f"{lines.count} lines for {accounts} exchanges"


def example(counter):
    return str(next(iter(counter), "none"))


def unsummed(outcome):
    """Where metrics and lines differ."""
    lines = outcome.lines.values()
    wanted = {
        "brownout_requests_total": sum(one.count for one in lines),
        "brownout_exchange_bytes_total upstream": sum(one.bytes_up for one in lines),
        "brownout_exchange_bytes_total downstream": sum(one.bytes_down for one in lines),
        "brownout_records_dropped_total": 0,
        "brownout_exchanges_in_flight": 0,
        "brownout_connections_open": 0,
        "brownout_descriptor_exhaustions_total": 0,
    }
    for name, count in wanted.items():
        found = outcome.metrics.get(name)
        if found != count:
            yield f"{name} is {found} and should be {count}"


@dataclass(frozen=True)
class Comparison:
    """Fates in two runs."""

    compared: int
    fired: int
    different: list


def compare(first, second):
    both = first.fates.keys() & second.fates.keys()
    return Comparison(
        compared=len(both),
        fired=sum(first.fates[one] for one in both),
        different=[one for one in both if first.fates[one] != second.fates[one]] + [*first.fickle, *second.fickle],
    )
