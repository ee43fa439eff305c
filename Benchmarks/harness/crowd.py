"""A crowd at the door: thousands of connections that stay, more that come and go, and a worker that is busy already.

Three processes, so that 20,000 descriptors are enough for each: this one holds and opens connections, `crowd_origin` is
the dependency, and Brownout is between them. The client is open-loop: connections arrive at moments fixed beforehand,
whether or not earlier ones were answered. What counts as an error of ours is anything that a caller without a proxy would
not have met: a connect that fails, a connection that closes or is reset, an answer that is wrong or never comes.

    held        each has carried an exchange, is idle, and must carry another one at the end
    arriving    connect, one request, its answer, close
    busy        keep-alive connections that ask again as soon as they are answered

Client and origin cannot keep a whole core of the proxy busy, so it gets only a part of one: `rivals` are processes that do
nothing but compute on its core. Then the worker never comes to rest, which is what full load is.
"""

import errno
import os
import select
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import machine, processes

REQUEST = b"GET / HTTP/1.1\r\nHost: crowd\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 100
PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Crowd:
    """How many there are."""

    held: int = 9000
    per_second: int = 1000
    seconds: int = 60
    busy: int = 32
    rivals: int = 3


@dataclass
class Outcome:
    """What became of them, and of the proxy."""

    arrived: int
    answered: int
    errors: dict
    busy_requests: int
    # Of the time, how much the worker was running or waiting for its core; the rest it slept.
    worker_load: float
    longest_milliseconds: float
    p99_milliseconds: float
    descriptors: tuple
    resident: tuple


def origin(core, folder):
    """The dependency, as a process of its own."""
    port = processes.free_port()
    command = [sys.executable, "-m", "harness.crowd_origin", port]
    return processes.Server("crowd origin", command, port, core, folder / "origin.log", folder=Path(__file__).parent.parent)


def play(server, crowd):
    """Lets the crowd in and out again; `server` is running and fresh."""
    warm_up(server.port)
    before = figures(server)
    client = Client(server.port, crowd)
    client.hold()
    with Rivals(crowd.rivals, server.core):
        wanted, began = wanted_seconds(server.process.pid), time.perf_counter()
        client.run()
        load = (wanted_seconds(server.process.pid) - wanted) / (time.perf_counter() - began)
    client.ask_held()
    client.close()
    after = figures(server, like=before)
    return client.outcome(load, before, after)


def warm_up(port, connections=200):
    """What a process allocates once is not what a crowd leaves behind."""
    for _ in range(3):
        opened = [connected(port) for _ in range(connections)]
        for one in opened:
            one.sendall(REQUEST)
        for one in opened:
            one.recv(65536)
            one.close()


def connected(port):
    one = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


class Rivals:
    """Processes that compute on the given core and do nothing else."""

    def __init__(self, count, core):
        self.count = count
        self.core = core
        self.processes = []

    def __enter__(self):
        for _ in range(self.count):
            command = ["taskset", "-c", str(self.core), sys.executable, "-c", "while True: pass"]
            self.processes.append(subprocess.Popen(command))

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()


def wanted_seconds(pid):
    """Time that the busiest thread was on a processor or waiting for one."""
    found = []
    for schedstat in Path("/proc", str(pid), "task").glob("*/schedstat"):
        running, waiting, _ = schedstat.read_text().split()
        found.append((int(running) + int(waiting)) / 1e9)
    return max(found)


def figures(server, like=None):
    """Descriptors and resident bytes, once they have come to rest: memory is given back a moment after the last has left."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    last = None
    while True:
        found = (descriptors(server.process.pid), machine.resident_bytes([server.process.pid]))
        is_at_rest = found == last if like is None else found[0] <= like[0] and is_back(like[1], found[1])
        if is_at_rest or time.monotonic() > deadline:
            return found
        last = found
        time.sleep(1)


# A heap and its page tables do not shrink to the byte.
SLACK_BYTES = 4 << 20


def is_back(before, after):
    return after <= before + SLACK_BYTES


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Client:
    """All connections of one process, on one epoll."""

    def __init__(self, port, crowd):
        self.address = ("127.0.0.1", port)
        self.crowd = crowd
        self.poll = select.epoll()
        self.held = {}
        self.busy = {}
        self.arriving = {}
        self.received = {}
        self.times = []
        self.errors = {}
        self.arrived = self.answered = self.busy_requests = 0

    # Held

    def hold(self):
        """Opens those that stay, each with one exchange."""
        for _ in range(self.crowd.held):
            one = connected(self.address[1])
            one.sendall(REQUEST)
            if not self.is_answered(one):
                self.fail("held: no answer at first")
            self.held[one.fileno()] = one
        for _ in range(self.crowd.busy):
            one = connected(self.address[1])
            self.busy[one.fileno()] = one
            self.watch(one)
            one.sendall(REQUEST)
        for one in self.held.values():
            self.watch(one)

    def ask_held(self):
        """Those that stayed can all go on."""
        for one in self.held.values():
            self.poll.unregister(one.fileno())
            one.setblocking(True)
            one.settimeout(PATIENCE_SECONDS)
            try:
                one.sendall(REQUEST)
            except OSError as error:
                self.fail("held: " + errno.errorcode.get(error.errno, str(error)))
        for one in self.held.values():
            if not self.is_answered(one):
                self.fail("held: no answer at last")

    @staticmethod
    def is_answered(one):
        found = b""
        try:
            while len(found) < len(ANSWER):
                more = one.recv(65536)
                if not more:
                    return False
                found += more
        except OSError:
            return False
        return found == ANSWER

    # The loop

    def run(self):
        interval = 1 / self.crowd.per_second
        count = int(self.crowd.per_second * self.crowd.seconds)
        began = time.perf_counter()
        for turn in range(count):
            self.wait_until(began + turn * interval)
            self.arrive()
        deadline = time.perf_counter() + PATIENCE_SECONDS
        while self.arriving and time.perf_counter() < deadline:
            self.look(0.05)
        for _ in self.arriving:
            self.fail("arriving: never answered")

    def wait_until(self, moment):
        self.look(0)
        while (left := moment - time.perf_counter()) > 0:
            self.look(left)

    def watch(self, one):
        one.setblocking(False)
        self.received[one.fileno()] = b""
        self.poll.register(one.fileno(), select.EPOLLIN)

    def arrive(self):
        self.arrived += 1
        one = socket.socket()
        one.setblocking(False)
        code = one.connect_ex(self.address)
        if code not in (0, errno.EINPROGRESS):
            one.close()
            return self.fail("arriving: " + errno.errorcode.get(code, str(code)))
        self.arriving[one.fileno()] = (one, time.perf_counter())
        self.received[one.fileno()] = None
        self.poll.register(one.fileno(), select.EPOLLOUT)

    def look(self, seconds):
        for number, _ in self.poll.poll(seconds, 256):
            if self.received.get(number, b"") is None:
                self.send_first(number)
            else:
                self.receive(number)

    def send_first(self, number):
        one, _ = self.arriving[number]
        try:
            one.send(REQUEST)
        except OSError as error:
            return self.leave(number, "arriving: " + errno.errorcode.get(error.errno, str(error)))
        self.received[number] = b""
        self.poll.modify(number, select.EPOLLIN)

    def receive(self, number):
        one = self.busy.get(number) or self.held.get(number) or self.arriving[number][0]
        try:
            more = one.recv(65536)
        except BlockingIOError:
            return
        except OSError as error:
            return self.leave(number, "reset: " + errno.errorcode.get(error.errno, str(error)))
        if not more:
            return self.leave(number, "closed")
        self.received[number] += more
        if len(self.received[number]) >= len(ANSWER):
            self.take(number, one)

    def take(self, number, one):
        if self.received[number] != ANSWER:
            return self.leave(number, "wrong answer")
        self.received[number] = b""
        if number in self.busy:
            self.busy_requests += 1
            one.send(REQUEST)
        elif number in self.arriving:
            self.answered += 1
            self.times.append(time.perf_counter() - self.arriving[number][1])
            self.leave(number, None)
        else:
            self.leave(number, "held: an answer to nothing")

    def leave(self, number, problem):
        if problem:
            self.fail(problem)
        self.poll.unregister(number)
        del self.received[number]
        if number in self.arriving:
            self.arriving.pop(number)[0].close()
        else:
            (self.busy.pop(number, None) or self.held.pop(number)).close()

    def fail(self, problem):
        self.errors[problem] = self.errors.get(problem, 0) + 1

    def close(self):
        for one in [*self.held.values(), *self.busy.values()]:
            one.close()
        self.poll.close()

    def outcome(self, load, before, after):
        times = sorted(self.times) or [0]
        return Outcome(
            arrived=self.arrived,
            answered=self.answered,
            errors=self.errors,
            busy_requests=self.busy_requests,
            worker_load=load,
            longest_milliseconds=times[-1] * 1000,
            p99_milliseconds=times[int(len(times) * 0.99)] * 1000,
            descriptors=(before[0], after[0]),
            resident=(before[1], after[1]),
        )


def problems(outcome):
    """What must not be, in words."""
    for problem, count in outcome.errors.items():
        yield f"{count} x {problem}"
    if outcome.answered != outcome.arrived:
        yield f"{outcome.arrived - outcome.answered} of {outcome.arrived} were not answered"
    if outcome.descriptors[1] > outcome.descriptors[0]:
        yield f"{outcome.descriptors[1] - outcome.descriptors[0]} descriptors were left behind"
    if not is_back(*outcome.resident):
        yield f"{(outcome.resident[1] - outcome.resident[0]) >> 10} KiB of memory were left behind"


def measure(binary, crowd, folder):
    """Origin, proxy and crowd from beginning to end."""
    with origin(machine.CLIENT_CORE, folder) as dependency:
        port = processes.free_port()
        command = [binary, "proxy", f"{port}=127.0.0.1:{dependency.port}", "--protocol", "http", "--workers", "1"]
        with processes.Server("brownout", command, port, machine.PROXY_CORE, folder / "crowd.log") as server:
            return play(server, crowd)


