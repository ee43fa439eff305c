"""The hand on the control plane during a soak: ten changes a second for so long, and how long each call took.

Run as `python3 -m harness.soak_steering PORT PID SEED SECONDS NAMES` in a process of its own, so that what callers keep busy
does not count as time of the API. Says what it found as JSON. A rule whose time to live is over comes anew when it is changed
(201), and cannot be removed any more (404).

A call's time is what a clock says. How much of it went by while we or the proxy (process PID) stood in line for a core is told
apart: on a machine that others use, that is theirs.
"""

import collections
import http.client
import json
import sys
import time
from pathlib import Path

from . import soak_faults

PER_SECOND = 10
MOST_PROBLEMS = 20
USUAL = {"add": (201,), "change": (200, 201), "remove": (200, 204, 404), "look": (200,)}


class Steering:
    def __init__(self, port, proxy, seed, names):
        self.proxy = proxy
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.sequence = soak_faults.Sequence(seed, names)
        self.times = collections.defaultdict(list)
        self.kinds = collections.Counter()
        self.problems = []
        # Seconds by the clock, seconds of them in line for a core, and which call.
        self.slowest = (0, 0, "")

    def run(self, seconds):
        began = time.perf_counter()
        for turn in range(int(seconds * PER_SECOND)):
            wait = began + turn / PER_SECOND - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            self.change()
            if turn % PER_SECOND == 0:
                self.call("look", "GET", "/v1/status")
                self.call("look", "GET", "/v1/faults")
                self.call("look", "GET", "/metrics")
        self.call("remove", "DELETE", "/v1/faults")

    def change(self):
        action, rule, life = self.sequence.next()
        self.kinds[rule.kind] += action != "remove"
        path = f"/v1/faults/{rule.name}"
        if action == "remove":
            return self.call(action, "DELETE", path)
        path, method = ("/v1/faults", "POST") if action == "add" else (path, "PUT")
        self.call(action, method, f"{path}?ttl={life}ms", json.dumps(rule.entry()))

    def call(self, action, method, path, content=None):
        waited, began = waits(self.proxy), time.perf_counter()
        try:
            self.connection.request(method, path, content)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            self.problems.append(f"{method} {path}: {error!r}")
            return
        took = time.perf_counter() - began
        self.times[action].append(took)
        self.slowest = max(self.slowest, (took, in_line(waited, waits(self.proxy)), f"{method} {path}"), key=own)
        if answer.status not in USUAL[action] and len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{method} {path} {content}: {answer.status} {text.decode(errors='replace')[:300]}")

    def outcome(self):
        times = sorted(time for times in self.times.values() for time in times) or [0]
        return {
            "calls": len(times),
            "longest": self.slowest,
            "p99": times[int(len(times) * 0.99)],
            "kinds": self.kinds,
            "problems": self.problems,
        }


def own(call):
    return call[0] - call[1]


def waits(proxy):
    """Nanoseconds in line for a core so far: ours, the proxy's control thread's, and each of its other threads'."""
    found = {}
    for task in [Path("/proc/self"), *Path(f"/proc/{proxy}/task").iterdir()]:
        try:
            found[task] = int((task / "schedstat").read_text().split()[1])
        except OSError:
            # The thread has ended meanwhile.
            continue
    return found


def in_line(before, after):
    """Seconds: all workers must follow before a call is answered, so that the one who waited longest counts."""
    more = {task.name: after[task] - before.get(task, 0) for task in after}
    one_after_the_other = more.pop("self", 0), more.pop(min(more, key=int), 0)
    return (sum(one_after_the_other) + max(more.values(), default=0)) / 1e9


if __name__ == "__main__":
    port, proxy, seed, seconds, names = map(int, sys.argv[1:])
    steering = Steering(port, proxy, seed, names)
    steering.run(seconds)
    json.dump(steering.outcome(), sys.stdout)
