"""Figures that are the same on any machine: user instructions and system calls per request.

Each is the difference between a run of many requests and a run of few, divided by the number of requests between
them, so that start and end of the process cancel out. Both runs last equally long, so that what a process does by the
clock cancels out as well: under valgrind, on a busy machine, that would otherwise be several percent.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import load, machine
from .processes import Server

FEW, MANY = 2_000, 12_000
# Calls that wait: how many there are depends on how the load arrives, not on the work.
WAITING = {"epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "futex", "clock_nanosleep", "restart_syscall"}


def instructions_per_request(make_server, folder):
    many, lasted = instructions(make_server(), folder, MANY)
    few, _ = instructions(make_server(), folder, FEW, lasting=lasted)
    return (many - few) / (MANY - FEW)


def instructions(server, folder, requests, lasting=0):
    """User instructions of the whole life of a server that answers that many requests, and how many seconds it served
    them; it idles for the rest of `lasting`."""
    prefix = folder / f"callgrind.{requests}"
    command = ["valgrind", "--tool=callgrind", "--trace-children=yes", f"--callgrind-out-file={prefix}.%p"]
    program = without_debug_information(server.command[0], folder)
    observed = Server(server.name, command + [program] + server.command[1:], server.port, server.core, server.log)
    with observed.start(patience=120):
        begun = time.monotonic()
        load.run_h2load(observed.port, requests)
        time.sleep(max(0, lasting - (time.monotonic() - begun)))
        lasted = time.monotonic() - begun
    totals = [totals_of(path) for path in folder.glob(f"{prefix.name}.*")]
    if not sum(totals):
        raise SystemExit(f"error: callgrind counted nothing: {observed.last_words()}")
    return sum(totals), lasted


def without_debug_information(program, folder):
    """A copy without debug sections, which valgrind 3.19 cannot read where Swift wrote them."""
    copy = folder / Path(program).name
    if not copy.exists():
        subprocess.run(["strip", "--strip-debug", "-o", str(copy), shutil.which(str(program))], check=True)
    return str(copy)


def totals_of(path):
    found = re.search(r"^totals: (\d+)", path.read_text(), re.MULTILINE)
    return int(found.group(1)) if found else 0


def system_calls_per_request(make_server, folder):
    """Calls per request that do work, and calls per request that wait."""
    few, many = (system_calls(make_server(), folder, requests) for requests in (FEW, MANY))
    difference = {name: many[name] - few.get(name, 0) for name in many}
    waiting = sum(count for name, count in difference.items() if name in WAITING)
    return (sum(difference.values()) - waiting) / (MANY - FEW), waiting / (MANY - FEW)


def system_calls(server, folder, requests):
    table = folder / f"strace.{requests}"
    command = ["strace", "-f", "-c", "-o", str(table)]
    observed = Server(server.name, command + server.command, server.port, server.core, server.log)
    with observed.start(patience=60):
        load.run_h2load(observed.port, requests)
        end_the_traced(observed)
    return read_table(table)


def end_the_traced(observed):
    """strace writes its table when what it traces has ended, so that is what gets the signal."""
    parents = machine.parents()
    for pid, parent in parents.items():
        if parent == observed.process.pid:
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while observed.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)


def read_table(path):
    counts = {}
    for line in Path(path).read_text().splitlines():
        fields = line.split()
        if len(fields) >= 5 and fields[3].isdigit() and fields[-1] != "total":
            counts[fields[-1]] = int(fields[3])
    if not counts:
        raise SystemExit("error: strace wrote no table; is tracing allowed here?")
    return counts
