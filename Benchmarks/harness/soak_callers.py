"""The callers of the soak, each with a connection of its own. What became of it goes into the crowd's ledgers (soak_crowd).

    pause ──► connect ──► ask ──► answer ──► pause ──► ask …        http: an account per exchange; tcp: per connection

Some leave in the middle with FIN or RST, some stop reading for seconds, some talk garbage, and all give up after a while.
A caller knows every byte of the answer beforehand (`soak_words`). What came of it is one of

    whole       every byte as it was asked for, and none beside
    left        the caller went away before; what had come was right
    harmed      something else came, or too little
    unheard     the connection ended before anything came
    garbage     asked so that nobody could understand
"""

import errno
import heapq
import random
import re
import select
import socket
import struct
import time

from .soak_words import MOST_BODY, Exchange

PATIENCE_SECONDS = 8
CONNECT_SECONDS = 3
RST = struct.pack("ii", 1, 0)


class Caller:
    """One of the five hundred. What it asks, and how it knows that the answer is there, is the protocol's."""

    # How many answers are empty.
    silent_share = 0.1

    def __init__(self, crowd, port, dice):
        self.crowd = crowd
        self.port = port
        self.dice = dice
        self.socket = None
        self.deadline = 0
        # Whole exchanges of the present connection, and those since the all-clear.
        self.carried = 0
        self.calm = 0
        self.was_calm = False
        self.is_asking = self.is_stalled = self.is_garbage = False
        # Leaves behind so many bytes of an answer, or before there can be one.
        self.leaves_after = None
        self.is_hasty = False
        self.output = b""
        self.expected = b""
        self.sent = self.received = 0
        self.surprise = bytearray()

    # Time

    def wait(self, least, most):
        self.at(time.monotonic() + self.dice.uniform(least, most))

    def at(self, moment):
        self.deadline = moment
        heapq.heappush(self.crowd.timers, (moment, self.crowd.ticket(), self))

    def timed_out(self):
        try:
            self.go_on()
        except OSError:
            self.ended(clean=False)

    def go_on(self):
        if self.socket is None:
            return None if self.crowd.is_closing else self.connect()
        if self.is_stalled:
            self.is_stalled = False
            self.at(time.monotonic() + PATIENCE_SECONDS)
            return self.watch()
        if not self.is_asking:
            return self.ask()
        if self.was_calm:
            self.crowd.disturbed["unanswered"] += 1
        return self.leave()

    # The connection

    def connect(self):
        self.carried = 0
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.dice.random() < 0.1:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        code = self.socket.connect_ex(("127.0.0.1", self.port))
        if code not in (0, errno.EINPROGRESS):
            return self.drop()
        self.crowd.add(self)
        self.opened()
        self.ask()

    def opened(self):
        pass

    def drop(self, reset=False):
        """Closes, and comes back later."""
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        self.crowd.remove(self)
        self.socket.close()
        self.socket = None
        self.is_asking = self.is_stalled = self.is_garbage = False
        self.output, self.expected = b"", b""
        if not self.crowd.is_closing:
            self.wait(0.02, 0.4)

    def watch(self):
        if self.socket is not None:
            reads = 0 if self.is_stalled else select.EPOLLIN
            self.crowd.poll.modify(self.socket.fileno(), reads | (select.EPOLLOUT if self.output else 0))

    # Asking

    def ask(self):
        self.is_asking = True
        self.surprise.clear()
        self.leaves_after = None
        self.is_hasty = False
        self.was_calm = self.crowd.is_calm
        self.begin(Exchange(self.crowd.ticket() % 1_000_000, self.length(0.6), self.length(self.silent_share)))
        if not self.crowd.is_calm:
            self.misbehave()
        self.at(time.monotonic() + (PATIENCE_SECONDS if self.carried else CONNECT_SECONDS + PATIENCE_SECONDS))
        if self.is_stalled:
            self.wait(0.5, 4)
        if self.is_hasty:
            self.wait(0, 0.02)
        self.watch()

    def length(self, none):
        choice = self.dice.random()
        if choice < none:
            return 0
        return self.dice.randint(1, MOST_BODY if choice > 0.97 else 6_000)

    def misbehave(self):
        choice = self.dice.random()
        if choice < 0.01:
            self.leaves_after = self.dice.randint(0, 3_000)
        elif choice < 0.02:
            self.is_hasty = True
        elif choice < 0.04:
            self.is_stalled = True
            self.ledger.stalls += 1
        elif choice < 0.045 and not self.carried:
            self.is_garbage = True
            self.output = self.dice.randbytes(self.dice.randint(4, 400)) + b"\r\n\r\n"

    # What happens

    def happened(self, events):
        try:
            if events & select.EPOLLOUT:
                self.send()
            if events & ~select.EPOLLOUT and not self.is_stalled:
                self.receive()
        except BlockingIOError:
            pass
        except OSError:
            self.ended(clean=False)

    def send(self):
        while self.output:
            count = self.socket.send(self.output)
            self.sent += count
            self.output = self.output[count:]
        self.watch()

    def receive(self):
        more = self.socket.recv(1 << 17)
        if not more:
            return self.ended(clean=True)
        self.received += len(more)
        if self.surprise or not self.expected.startswith(more):
            self.surprise += more
        else:
            self.expected = memoryview(self.expected)[len(more) :].tobytes()
        if self.leaves_after is not None and self.received > self.leaves_after:
            return self.leave()
        self.took()

    def pause(self):
        self.is_asking = False
        self.carried += 1
        self.calm += self.was_calm
        self.wait(0.1, 0.7)

    def leave(self):
        """Goes away in the middle."""
        self.close("garbage" if self.is_garbage else "harmed" if self.surprise else "left", reset=self.dice.random() < 0.5)

    def go(self):
        """Goes away for good."""
        self.leave()

    def ended(self, clean):
        """The other side has ended."""
        self.close(self.end(clean))

    def close(self, end, reset=False):
        self.enter(end)
        self.drop(reset)

    def enter(self, end):
        if end is None:
            return
        if self.was_calm and end not in ("whole", "left"):
            self.crowd.disturbed[end] += 1
        self.ledger.enter(end, *self.account())


STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class HTTPCaller(Caller):
    """An account per exchange; after an answer that is another one, but well-formed, the connection is used again."""

    def begin(self, exchange):
        self.output = exchange.http_request()
        self.expected = exchange.http_answer()
        self.sent = self.received = 0

    @property
    def ledger(self):
        return self.crowd.http

    def account(self):
        return self.sent, self.received

    def took(self):
        if self.surprise:
            if self.is_another_answer():
                self.enter("garbage" if self.is_garbage else "harmed")
                self.pause()
        elif not self.expected and not self.output:
            self.enter("whole")
            self.pause()

    def is_another_answer(self):
        """Whether a short answer of somebody else's is whole, behind which the connection goes on."""
        head = self.surprise.find(b"\r\n\r\n")
        length = LENGTH.search(self.surprise, 0, max(head, 0))
        if self.received != len(self.surprise) or not STATUS.match(self.surprise) or not length or self.output:
            return False
        return b"\r\nconnection: close" not in self.surprise[:head].lower() and len(self.surprise) == head + 4 + int(
            length[1]
        )

    def go(self):
        if self.is_asking:
            return self.leave()
        self.drop()

    def end(self, clean):
        if not self.is_asking:
            return None
        if self.is_garbage:
            return "garbage"
        return "harmed" if self.received else "unheard"


class TCPCaller(Caller):
    """An account per connection, which carries some exchanges and ends with the caller's FIN."""

    silent_share = 0

    def opened(self):
        self.sent = self.received = 0
        self.rounds = self.dice.randint(1, 25)
        self.has_finished = False

    def begin(self, exchange):
        if self.carried >= self.rounds:
            self.has_finished = True
            self.was_calm = False
            return self.socket.shutdown(socket.SHUT_WR)
        self.output = exchange.tcp_request()
        self.expected = exchange.tcp_answer()

    def misbehave(self):
        if not self.has_finished:
            super().misbehave()

    @property
    def ledger(self):
        return self.crowd.tcp

    def account(self):
        return self.sent, self.received

    def took(self):
        if not self.surprise and not self.expected and not self.output and not self.has_finished:
            self.pause()

    def end(self, clean):
        if self.is_garbage:
            return "garbage"
        if self.surprise or not clean or not self.has_finished:
            return "harmed" if self.received else "unheard"
        return "whole"
