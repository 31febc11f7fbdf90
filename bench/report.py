"""What the benchmarks print."""

from __future__ import annotations

from statistics import median

from bench import rush as deadline
from bench import start, statements
from bench.load import CONNECTIONS, Run
from bench.targets import Target

#: Absolute limits hold where the reference does so many requests a second; below that they are scaled.
REFERENCE_RATE = 400
_COLUMNS = "{:<26}{:>8}{:>8}{:>8}{:>8}{:>9}{:>7}{:>8}{:>5}{:>9}  {}"


def heading(rounds: int, seconds: int) -> None:
    """What the figures mean."""
    print(f"\nMedians of {rounds} rounds of {seconds} s: {CONNECTIONS} connections, 2 web workers, SQLite.")
    print("Ratio: requests a second against the reference, a table of 300 rows in bare Flask and Jinja")
    print("under gunicorn with 2 sync workers, measured right before. Times in milliseconds.\n")
    names = ("target", "req/s", "p50", "p95", "p99", "table/s", "ratio", "least", "SQL", "bytes", "")
    print(_COLUMNS.format(*names))


def target(found: Target, runs: list[Run], sql: int) -> None:
    """One line of the table of targets."""

    def middle(figure: str) -> float:
        return median(float(getattr(run.ours, figure)) for run in runs)

    ratio = median(run.ratio for run in runs)
    good = ratio >= found.least and sql <= statements.MOST
    print(
        _COLUMNS.format(
            found.name,
            f"{middle('rate'):.0f}",
            *(f"{middle(name):.1f}" for name in ("p50", "p95", "p99")),
            f"{median(run.bare.rate for run in runs):.0f}",
            f"{ratio:.2f}",
            f"{found.least:.2f}",
            sql,
            f"{middle('size'):.0f}",
            _verdict(good),
        )
    )


def pages(counts: list[tuple[str, int]]) -> None:
    """Statements of further pages, the most first."""
    most = max(number for _, number in counts)
    good = most <= statements.MOST
    print(f"\nSQL statements of {len(counts)} other pages, at most {statements.MOST}: {_verdict(good)}")
    for path, number in sorted(counts, key=lambda page: -page[1]):
        print(f"  {number:>3}  {path}")


def first_answer(seconds: list[float], rate: float) -> None:
    """From starting the site to its first page."""
    limit = start.LIMIT * _slower(rate)
    each, middle = ", ".join(f"{s:.2f}" for s in seconds), median(seconds)
    print(f"\nFirst answer after a warm start: {middle:.2f} s ({each}); ", end="")
    print(f"{_limits(start.LIMIT, limit)}: {_verdict(middle <= limit)}")


def rush(found: deadline.Rush, rate: float) -> None:
    """How the last minute before a deadline went."""
    p50, p99 = found.percentile(0.5), found.percentile(0.99)
    limit = deadline.LIMIT * _slower(rate)
    good = found.through == found.clients and p99 < limit
    print(f"Rush before a deadline: {found.through} of {found.clients} signed in and saved, ", end="")
    print(f"p50 {p50:.3f} s, p99 {p99:.3f} s; {_limits(deadline.LIMIT, limit)}: {_verdict(good)}")
    for failure in found.failures[:5]:
        print(f"  {failure}")


def _slower(rate: float) -> float:
    """By how much this machine is slower now than the one for which absolute limits were set."""
    return max(1.0, REFERENCE_RATE / rate)


def _limits(limit: float, scaled: float) -> str:
    return f"limit {limit:.2f} s" + (f", {scaled:.2f} s at this machine's speed" if scaled > limit else "")


def _verdict(good: bool) -> str:
    return "OK" if good else "MISSED"
