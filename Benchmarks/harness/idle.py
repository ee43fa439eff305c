"""What a proxy costs before and between requests: time to its first accept, memory of connections that are open."""

import socket
import statistics
import time

from . import machine

REQUEST = b"GET / HTTP/1.1\r\nHost: benchmark\r\n\r\n"


def first_accept_milliseconds(make_server, times=11):
    """Median time from the start of the process to the first connection that it accepts."""
    found = []
    for _ in range(times):
        server = make_server()
        began = time.perf_counter()
        with server.start():
            found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def bytes_per_pair(server, pairs=4000):
    """Growth of resident memory per pair of connections that have carried one round trip and are idle now."""
    warm = open_pairs(server.port, 50)
    close(warm)
    time.sleep(0.5)
    before = machine.resident_bytes(server.tree())
    connections = open_pairs(server.port, pairs)
    time.sleep(0.5)
    after = machine.resident_bytes(server.tree())
    close(connections)
    return (after - before) / pairs


def open_pairs(port, count):
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.sendall(REQUEST)
        if not connection.recv(65536):
            raise SystemExit("error: a connection was closed that should have stayed open")
        connections.append(connection)
    return connections


def close(connections):
    for connection in connections:
        connection.close()
