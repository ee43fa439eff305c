"""How exactly Brownout delays, seen from outside: an open-loop client while thousands of other requests are held.

Requests leave at moments fixed beforehand, each on a connection of its own until the answer is there, in turn without
delay and with each of the delays asked for. What the way there and back costs is what the undelayed requests cost,
so achieved - asked is the time measured, less the delay, less the median of the undelayed. "Never early" needs no
such correction: nothing measured may be shorter than the delay asked for. The undelayed ones have a row of their own:
what their p99 is off by, no proxy can be blamed for.

The client has real-time priority where it may, since an instrument that waits for its turn measures its own lateness.
"""

import contextlib
import gc
import os
import select
import socket
import statistics
import time
from dataclasses import dataclass

from . import configurations, rounds
from .machine import PROXY_CORE
from .processes import Server, free_port

DELAYS_MILLISECONDS = (1, 10, 200)
PATHS = [f"/{ms}ms" for ms in (0, *DELAYS_MILLISECONDS)]


@dataclass(frozen=True)
class Accuracy:
    """One delay: how much later than asked, in microseconds; `earliest` without any correction, over all rounds."""

    asked_milliseconds: int
    samples: int
    earliest: float
    p50: float
    p99: float
    # The lowest and the highest p99 of a round; `p50` and `p99` are the medians over the rounds.
    p99_range: tuple[float, float]


def proxy(binary, origin, folder):
    """Brownout with a path per delay, and one that is held for as long as the measurement takes."""
    port = free_port()
    faults = [delay(f"d{ms}", f"/{ms}ms", f"{ms}ms") for ms in DELAYS_MILLISECONDS] + [delay("held", "/held", "30m")]
    scenario = folder / "delays.yaml"
    scenario.write_text(configurations.brownout_scenario(port, origin.port, faults))
    command = [binary, "serve", scenario, "--control", "none", "--play", "--workers", 1]
    return Server("brownout delays", command, port, PROXY_CORE, folder / "log")


def delay(name, path, extra):
    return f'{{ name: {name}, service: measured, match: {{ path: "{path}" }}, latency: {extra} }}'


def measure(port, held, settings, per_second, say=print):
    """One `Accuracy` for undelayed requests, then one per delay. `seconds` of the settings are those of a round."""
    waiting = [opened(port) for _ in range(held)]
    for connection in waiting:
        connection.sendall(request("/held"))
    time.sleep(1)
    played = rounds.undisturbed(lambda: OpenLoop(port, PATHS, per_second, settings.seconds).run(), settings, say)
    for connection in waiting:
        connection.close()
    return [read(played, asked) for asked in (0, *DELAYS_MILLISECONDS)]


def read(played, asked):
    earliest, medians, tails, samples = [], [], [], 0
    for times in played:
        overhead = statistics.median(times["/0ms"])
        late = sorted(time - asked * 1000 for time in times[f"/{asked}ms"])
        samples += len(late)
        earliest.append(late[0])
        medians.append(late[len(late) // 2] - overhead)
        tails.append(late[int(len(late) * 0.99)] - overhead)
    return Accuracy(
        asked_milliseconds=asked,
        samples=samples,
        earliest=min(earliest),
        p50=statistics.median(medians),
        p99=statistics.median(tails),
        p99_range=(min(tails), max(tails)),
    )


def opened(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: benchmark\r\n\r\n".encode()


@contextlib.contextmanager
def real_time():
    """Nothing of ordinary priority, and no collection of garbage, keeps this process from noticing an answer."""
    gc.disable()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        gc.enable()


class OpenLoop:
    """Sends at fixed moments whatever comes back, and takes the time of each answer in microseconds."""

    def __init__(self, port, paths, per_second, seconds):
        self.requests = {path: request(path) for path in paths}
        self.interval = 1 / per_second
        self.count = int(per_second * seconds)
        self.times = {path: [] for path in paths}
        self.under_way = {}
        self.poll = select.epoll()
        # Enough that no request ever waits for a connection, even when everything stands still for two seconds.
        slots = 64 + 2 * per_second
        self.idle = [opened(port) for _ in range(slots)]
        self.connections = {connection.fileno(): connection for connection in self.idle}
        for number in self.connections:
            self.poll.register(number, select.EPOLLIN)

    def run(self):
        with real_time():
            return self.play()

    def play(self):
        paths = list(self.requests)
        began = time.perf_counter()
        for turn in range(self.count):
            self.wait_until(began + turn * self.interval)
            self.send(paths[turn % len(paths)])
        deadline = time.perf_counter() + 5
        while self.under_way and time.perf_counter() < deadline:
            self.receive(0.05)
        if self.under_way:
            raise SystemExit(f"error: {len(self.under_way)} requests were never answered")
        self.close()
        return self.times

    def wait_until(self, moment):
        while (left := moment - time.perf_counter()) > 0:
            self.receive(left)

    def send(self, path):
        if not self.idle:
            raise SystemExit("error: answers come so late that no connection is free")
        connection = self.idle.pop()
        self.under_way[connection.fileno()] = (path, time.perf_counter_ns())
        connection.sendall(self.requests[path])

    def receive(self, seconds):
        for number, _ in self.poll.poll(seconds):
            now = time.perf_counter_ns()
            connection = self.connections[number]
            if not connection.recv(65536):
                raise SystemExit("error: a connection was closed in the middle of the measurement")
            path, sent = self.under_way.pop(number)
            self.times[path].append((now - sent) / 1000)
            self.idle.append(connection)

    def close(self):
        self.poll.close()
        for connection in self.connections.values():
            connection.close()
