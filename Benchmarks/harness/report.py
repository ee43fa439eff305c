"""Tables as text, the same on a terminal and in Benchmarks/README.md."""

import datetime
import subprocess

from .install import BENCHMARKS, REPOSITORY

# Names of the places in Benchmarks/README.md that hold recorded results.
RUN, CROWD, SOAK = "recorded run", "recorded crowd", "recorded soak"


def comparison_table(comparison, rows, rejected):
    header = ["target", comparison.unit, f"ratio to {comparison.reference}", "range", "requests/s", "p50", "p99", ""]
    lines = [cells(one) for one in rows]
    note = f"\n\n{rejected} rounds were disturbed and played again." if rejected else ""
    return f"### {comparison.title}\n\n" + table(header, lines) + note


def cells(row):
    middle, low, high = row.ratio
    if row.cost is None:
        return [row.name, "", "", "", f"{row.requests_per_second:,.0f}", *times(row), row.verdict]
    return [
        row.name,
        f"{row.cost:.2f}",
        f"{middle:.3f}",
        f"{low:.3f} to {high:.3f}",
        f"{row.requests_per_second:,.0f}",
        *times(row),
        row.verdict,
    ]


def times(row):
    return [duration(row.p50), duration(row.p99)]


def duration(microseconds):
    return f"{microseconds:.0f} us" if microseconds < 10_000 else f"{microseconds / 1000:.1f} ms"


def table(header, lines):
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    rows = [header, ["-" * width for width in widths], *lines]
    return "\n".join("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |" for row in rows)


def verdict(value, target, form="{:g}"):
    """`met` or `MISSED` against (first release, aim)."""
    first, aim = target
    return f"{'met' if value <= first else 'MISSED'}: <= {form.format(first)}, aim {form.format(aim)}"


def head(description, settings):
    return f"{dated(description)}; {settings.rounds} rounds of {settings.seconds} s per target.\n"


def dated(description):
    """When, what and where."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True)
    return f"{datetime.date.today().isoformat()}, commit {commit.stdout.strip() or 'unknown'}, {description}"


def record_run(head, parts):
    """Puts each table in the place of the one that had its heading, under the line that says when and what it was."""
    tables = {heading(one): one for one in recorded_tables()}
    tables |= {heading(part): part.replace("\n\n", f"\n\n{head}\n", 1) for part in parts}
    record("\n\n".join(tables.values()))


def heading(part):
    return part.splitlines()[0]


def recorded_tables():
    text = (BENCHMARKS / "README.md").read_text().split(f"<!-- {RUN}: begin -->", 1)[1].split(f"<!-- {RUN}: end -->")[0]
    return ["### " + one.strip() for one in text.split("### ")[1:]]


def record(text, place=RUN):
    """Puts a result between the markers of its place in the README."""
    readme = BENCHMARKS / "README.md"
    begin, end = f"<!-- {place}: begin -->", f"<!-- {place}: end -->"
    before, rest = readme.read_text().split(begin, 1)
    after = rest.split(end, 1)[1]
    readme.write_text(f"{before}{begin}\n{text}\n{end}{after}")
