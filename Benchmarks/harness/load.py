"""Load from outside: wrk for a stretch of time, h2load for an exact number of requests. Both on the client's core."""

import re
import subprocess
from dataclasses import dataclass

from .machine import CLIENT_CORE

MICROSECONDS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000}


@dataclass(frozen=True)
class Load:
    """What the client does: how many connections, which path, and whether each request gets a connection of its own."""

    connections: int = 64
    path: str = "/"
    new_connections: bool = False


@dataclass(frozen=True)
class Outcome:
    """What the client saw."""

    requests: int
    requests_per_second: float
    p50_microseconds: float
    p99_microseconds: float


def run_wrk(load, port, seconds):
    command = ["taskset", "-c", str(CLIENT_CORE), "wrk", "--latency", "-t1", f"-c{load.connections}", f"-d{seconds}s"]
    if load.new_connections:
        command += ["-H", "Connection: close"]
    command.append(f"http://127.0.0.1:{port}{load.path}")
    result = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    if result.returncode:
        raise SystemExit(f"error: wrk: {result.stderr.strip() or result.stdout.strip()}")
    return read_wrk(result.stdout)


def read_wrk(text):
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    if refused:
        raise SystemExit(f"error: {refused.group(1)} responses were neither 2xx nor 3xx")
    requests = int(re.search(r"(\d+) requests in", text).group(1))
    lost = socket_errors(text)
    if not requests or lost > requests * 0.001:
        raise SystemExit(f"error: {lost} socket errors in {requests} requests")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    return Outcome(requests, rate, percentile(text, "50%"), percentile(text, "99%"))


def socket_errors(text):
    found = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return sum(int(count) for count in found.groups()) if found else 0


def percentile(text, name):
    value, unit = re.search(rf"^\s+{name}\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE).groups()
    return float(value) * MICROSECONDS[unit]


def run_h2load(port, requests, connections=16):
    command = ["taskset", "-c", str(CLIENT_CORE), "h2load", "--h1", f"-c{connections}", f"-n{requests}"]
    command.append(f"http://127.0.0.1:{port}/")
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    done = re.search(r"(\d+) succeeded", result.stdout)
    if not done or int(done.group(1)) != requests:
        raise SystemExit(f"error: h2load: {result.stdout[-500:].strip()} {result.stderr.strip()}")
