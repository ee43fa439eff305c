"""Five hundred callers on one epoll and one heap of timers, and the ledgers of what became of what they asked."""

import collections
import heapq
import random
import select
import time

from . import soak_callers


class Ledger:
    """Accounts of one protocol: how often exchanges of these many bytes (up, down) came to which end."""

    def __init__(self):
        self.accounts = collections.defaultdict(collections.Counter)
        self.stalls = 0

    def enter(self, end, up, down):
        self.accounts[end][up, down] += 1

    def count(self, end):
        return self.accounts[end].total()


class Crowd:
    """All callers. Once it is calm nobody misbehaves any more, and nobody may be harmed."""

    def __init__(self, ports, count, seed, ledgers):
        self.poll = select.epoll()
        self.timers = []
        self.tickets = 0
        self.open = {}
        self.http, self.tcp = ledgers["http"], ledgers["tcp"]
        self.is_calm = self.is_closing = False
        # What went wrong although no fault was in force any more.
        self.disturbed = collections.Counter()
        kinds = {"web": soak_callers.HTTPCaller, "line": soak_callers.TCPCaller}
        self.callers = [
            kinds[name](self, ports[name], random.Random(f"{seed} {name} {number}"))
            for name in kinds
            for number in range(count // len(kinds))
        ]
        for caller in self.callers:
            caller.wait(0, 1)

    def ticket(self):
        self.tickets += 1
        return self.tickets

    def add(self, caller):
        self.open[caller.socket.fileno()] = caller
        self.poll.register(caller.socket.fileno(), 0)

    def remove(self, caller):
        if self.open.pop(caller.socket.fileno(), None):
            self.poll.unregister(caller.socket.fileno())

    def turn(self):
        now = time.monotonic()
        while self.timers and self.timers[0][0] <= now:
            moment, _, caller = heapq.heappop(self.timers)
            if caller.deadline == moment:
                caller.timed_out()
        wait = self.timers[0][0] - time.monotonic() if self.timers else 0.05
        for number, events in self.poll.poll(min(max(wait, 0), 0.05)):
            if number in self.open:
                self.open[number].happened(events)

    def run_while(self, condition, most_seconds):
        """Goes on as long as `condition` holds; false when that is too long."""
        deadline = time.monotonic() + most_seconds
        while condition():
            if time.monotonic() > deadline:
                return False
            self.turn()
        return True

    def calm_down(self, seconds=40):
        """From now on nobody misbehaves; answers how many have not carried an exchange by the end that began from here on."""
        self.is_calm = True
        for caller in self.callers:
            caller.calm = 0
        self.run_while(lambda: any(caller.calm < 2 for caller in self.callers), seconds)
        return sum(caller.calm < 2 for caller in self.callers)

    def close(self):
        """All go away, whatever they were doing."""
        self.is_closing = True
        for caller in self.callers:
            if caller.socket is not None:
                caller.go()
        self.poll.close()
