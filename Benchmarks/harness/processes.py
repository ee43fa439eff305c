"""Servers that we start, wait for, watch and end: always by their own process id."""

import os
import signal
import socket
import subprocess
import time

from . import machine


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process pinned to a core, listening on a port of this machine."""

    def __init__(self, name, command, port, core, log, folder=None):
        self.name = name
        self.command = [str(part) for part in command]
        self.port = port
        self.core = core
        self.log = log
        self.folder = folder
        self.process = None

    def start(self, patience=30):
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                preexec_fn=lambda: os.sched_setaffinity(0, {self.core}),
            )
        try:
            self.wait_until_it_accepts(patience)
        except BaseException:
            self.stop()
            raise
        return self

    def wait_until_it_accepts(self, patience):
        deadline = time.monotonic() + patience
        while not accepts(self.port):
            if self.process.poll() is not None:
                raise SystemExit(f"error: {self.name} ended with {self.process.returncode}: {self.last_words()}")
            if time.monotonic() > deadline:
                raise SystemExit(f"error: {self.name} does not accept connections: {self.last_words()}")
            time.sleep(0.0002)

    def last_words(self):
        with open(self.log, errors="replace") as log:
            return log.read()[-2000:].strip() or "it said nothing"

    def tree(self):
        return machine.tree(self.process.pid)

    def stop(self, patience=60):
        """SIGTERM to what we started, SIGKILL when it does not end; returns once it has."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self if self.process else self.start()

    def __exit__(self, *_):
        self.stop()


def accepts(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
