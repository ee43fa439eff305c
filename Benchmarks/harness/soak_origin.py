"""The dependency of the soak: HTTP on some ports and TCP on others, as `soak_words` says. It works at once and lies never.

Run as `python3 -m harness.soak_origin HTTP-PORT,… TCP-PORT,…` in a process of its own; ends on SIGTERM. A caller that
does not read is not waited for: what it did not take yet is kept for it.
"""

import re
import select
import signal
import socket
import sys

from . import soak_words
from .soak_words import Exchange

HEAD = re.compile(rb"^POST /(\d{1,9})/(\d{1,7})/(\d{1,7}) HTTP/1\.1\r\n(?:[^\r\n]+\r\n)*\r\n")
LINE = re.compile(rb"^(\d{1,9}) (\d{1,7}) (\d{1,7})\n")
LONGEST_HEAD = 1 << 14


class Listener:
    def __init__(self, origin, port, kind):
        self.origin = origin
        self.kind = kind
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen(4096)
        self.socket.setblocking(False)

    def happened(self, _):
        for _ in range(64):
            try:
                one, _ = self.socket.accept()
            except BlockingIOError:
                return
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.origin.add(self.kind(self.origin, one))


class Connection:
    """Reads requests as `take` understands them, writes answers, and ends when the other side does."""

    def __init__(self, origin, one):
        self.origin = origin
        self.socket = one
        self.input = bytearray()
        self.output = bytearray()
        self.is_ending = False
        self.mask = select.EPOLLIN

    def happened(self, events):
        try:
            if events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                self.read()
            self.write()
        except BlockingIOError:
            pass
        except OSError:
            return self.close()
        if self.is_ending and not self.output:
            return self.close()
        self.watch((0 if self.is_ending else select.EPOLLIN) | (select.EPOLLOUT if self.output else 0))

    def read(self):
        more = self.socket.recv(1 << 18)
        if not more:
            self.is_ending = True
        self.input += more
        while not self.is_ending and self.take():
            pass

    def write(self):
        while self.output:
            del self.output[: self.socket.send(self.output)]

    def watch(self, mask):
        if mask != self.mask:
            self.mask = mask
            self.origin.poll.modify(self.socket.fileno(), mask)

    def request(self, pattern):
        """The next request, with its body; None: not all of it is there. What makes no sense ends the connection."""
        found = pattern.match(self.input)
        if not found:
            if b"\r\n\r\n" in self.input or len(self.input) > LONGEST_HEAD:
                self.refuse()
            return None
        number, up, down = (int(part) for part in found.groups())
        if not soak_words.is_asked_for(up, down):
            self.refuse()
            return None
        if len(self.input) < found.end() + up:
            return None
        content = self.input[found.end() : found.end() + up]
        del self.input[: found.end() + up]
        if content != soak_words.body(number, up):
            self.refuse()
            return None
        return Exchange(number, up, down)

    def refuse(self):
        self.is_ending = True

    def close(self):
        self.origin.remove(self)


class HTTPConnection(Connection):
    def take(self):
        exchange = self.request(HEAD)
        if exchange:
            self.output += exchange.http_answer()
        return exchange

    def refuse(self):
        self.output += soak_words.CHANGED
        super().refuse()


class TCPConnection(Connection):
    def take(self):
        exchange = self.request(LINE)
        if exchange:
            self.output += exchange.tcp_answer()
        return exchange


class Origin:
    def __init__(self):
        self.poll = select.epoll()
        self.places = {}

    def add(self, place):
        self.places[place.socket.fileno()] = place
        self.poll.register(place.socket.fileno(), select.EPOLLIN)

    def remove(self, place):
        self.poll.unregister(place.socket.fileno())
        del self.places[place.socket.fileno()]
        place.socket.close()

    def serve(self):
        while True:
            for number, events in self.poll.poll():
                if number in self.places:
                    self.places[number].happened(events)


def main(http, tcp):
    origin = Origin()
    for ports, kind in ((http, HTTPConnection), (tcp, TCPConnection)):
        for port in ports.split(","):
            origin.add(Listener(origin, int(port), kind))
    origin.serve()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main(*sys.argv[1:])
