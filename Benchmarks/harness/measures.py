"""What is compared, and the targets of the project: one row per comparison."""

from dataclasses import dataclass

from .load import Load


@dataclass(frozen=True)
class Comparison:
    """Processor time per request of several targets under one load, as ratios to a reference."""

    key: str
    title: str
    load: Load
    mode: str
    reference: str
    # Largest ratio of Brownout to the reference that the first release may have, and the one we want; None: reported.
    first: float | None = None
    aim: float | None = None
    unit: str = "us CPU per request"
    # Modes in which Brownout runs as well, beside `mode`, under names of their own.
    also: tuple[str, ...] = ()


COMPARISONS = [
    Comparison("http", "HTTP, no fault live", Load(64), "http", "haproxy", 0.95, 0.80),
    Comparison("rules", "HTTP, 3 rules that do not fire", Load(64), "http", "brownout", 1.08, 1.03, also=("rules",)),
    Comparison("tcp", "TCP round trips", Load(64), "tcp", "haproxy", 1.0, 0.90),
    Comparison(
        "bulk", "1 MiB bodies over TCP", Load(64, "/bulk"), "tcp", "haproxy", 0.75, 0.60, "us CPU per MiB", ("http",)
    ),
    Comparison("delay", "every request delayed 10 ms, c = 1000", Load(1000), "delay", "envoy", 0.35, 0.20),
    Comparison(
        "new-http", "new connections, HTTP", Load(64, new_connections=True), "http", "haproxy", 1.1, 0.93,
        "us CPU per connection",
    ),
    Comparison(
        "new-tcp", "new connections, TCP", Load(64, new_connections=True), "tcp", "haproxy", 1.15, 1.0,
        "us CPU per connection",
    ),
    Comparison("latency", "HTTP, one connection: added latency", Load(1), "http", "haproxy"),
]  # fmt: skip

# Compared with a figure instead of with a peer.
FIRST_ACCEPT_MILLISECONDS = (20, 5)
IDLE_PAIR_BYTES = (2048, 819)
DELAY_ERROR_P50_MICROSECONDS = (150, 80)
DELAY_ERROR_P99_MICROSECONDS = (500, 200)
HTTP_INSTRUCTIONS = (5000, 2500)
TCP_INSTRUCTIONS = (1500, 750)
HTTP_SYSTEM_CALLS = (4.2, 4.05)
