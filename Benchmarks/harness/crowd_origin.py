"""The dependency of `crowd`: answers every request with the same hundred bytes, on as many connections as there are.

Run as `python3 -m harness.crowd_origin PORT` in a process of its own; ends on SIGTERM.
"""

import select
import signal
import socket
import sys

from .crowd import ANSWER


def serve(port):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(4096)
    listener.setblocking(False)
    poll = select.epoll()
    poll.register(listener.fileno(), select.EPOLLIN)
    open_connections = {}
    while True:
        for number, _ in poll.poll():
            if number == listener.fileno():
                accept(listener, poll, open_connections)
            else:
                answer(number, poll, open_connections)


def accept(listener, poll, open_connections):
    for _ in range(64):
        try:
            one, _ = listener.accept()
        except BlockingIOError:
            return
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        open_connections[one.fileno()] = one
        poll.register(one.fileno(), select.EPOLLIN)


def answer(number, poll, open_connections):
    """A request is small and comes in one piece; the answer fits into any socket's buffer."""
    one = open_connections[number]
    try:
        if one.recv(65536):
            one.sendall(ANSWER)
            return
    except OSError:
        pass
    poll.unregister(number)
    del open_connections[number]
    one.close()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(int(sys.argv[1]))
