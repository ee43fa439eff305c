"""What the kernel says: processor time of our processes, time that others took from us, memory, cores.

Everything comes from /proc. Processor time is schedstat (nanoseconds, per thread); time of others is in clock ticks,
which is enough to find out whether somebody else was busy during a trial of two seconds.
"""

import os
import platform
import resource
from pathlib import Path

PROXY_CORE = 1
CLIENT_CORE = 0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def prepare():
    """Takes all the descriptors that we may have, and stays off the proxy's core."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("error: two cores are needed, one for the proxy and one for client and origin")
    os.sched_setaffinity(0, {CLIENT_CORE})


def describe():
    """One line for the record."""
    return f"{processor_name()}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"


def processor_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def parents():
    """Process id to parent's id, of every process there is now."""
    found = {}
    for pid, fields in statistics():
        found[pid] = int(fields[1])
    return found


def statistics():
    """Pairs of process id and the fields of /proc/PID/stat after the command name."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            text = Path("/proc", entry, "stat").read_text()
        except OSError:
            continue
        yield int(entry), text[text.rindex(")") + 2 :].split()


def tree(root):
    """The ids of a process and all its descendants."""
    children = {}
    for pid, parent in parents().items():
        children.setdefault(parent, []).append(pid)
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def processor_nanoseconds(pids):
    """Time on a processor of all threads of the given processes."""
    total = 0
    for pid in pids:
        for schedstat in Path("/proc", str(pid), "task").glob("*/schedstat"):
            try:
                total += int(schedstat.read_text().split()[0])
            except OSError:
                continue
    return total


def resident_bytes(pids):
    """Resident memory of the given processes, pages shared between them counted once per process."""
    total = 0
    for pid in pids:
        for line in Path("/proc", str(pid), "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1]) * 1024
    return total


def ticks_of_others():
    """Processor time of everything but this process, its descendants and the kernel's threads, with stolen time.

    Time of children that ended is in their parents' figures, so that a compiler's hundred short runs count too.
    """
    rows = list(statistics())
    ours = descendants_in(rows, os.getpid())
    total = stolen_ticks()
    for pid, fields in rows:
        if pid in ours or pid == 2 or fields[1] == "2":
            continue
        total += sum(int(fields[index]) for index in (11, 12, 13, 14))
    return total


def descendants_in(rows, root):
    ours, grew = {root}, True
    while grew:
        more = {pid for pid, fields in rows if int(fields[1]) in ours} - ours
        ours |= more
        grew = bool(more)
    return ours


def stolen_ticks():
    return int(Path("/proc/stat").read_text().split("\n", 1)[0].split()[8])
