"""What the benchmarks print."""

from __future__ import annotations

from statistics import median

from bench import region, start, statements
from bench import rush as deadline
from bench import search as finding
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


def search(name: str, seconds: list[float], rate: float) -> None:
    """How long the list of challenges takes to answer a search."""
    p95 = seconds[int(0.95 * len(seconds))]
    limit = finding.LIMIT * _slower(rate)
    print(f"Search over {finding.CHALLENGES:,} challenges, {name}: ", end="")
    print(f"p50 {median(seconds) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms; ", end="")
    print(
        f"limit {finding.LIMIT * 1000:.0f} ms, {limit * 1000:.0f} ms at this speed: {_verdict(p95 <= limit)}"
    )


def rushes(within: int) -> None:
    """What the lines about the rush mean."""
    print(f"\nRush before a deadline: 500 suppliers in {within} s (seed {region.SEED}), each opens, saves,")
    print("checks and sends; seconds from the intended start. PostgreSQL runs without fsync.")


def rush(name: str, found: deadline.Rush, rate: float) -> None:
    """How one rush went."""
    p50, p99 = found.percentile(0.5), found.percentile(0.99)
    limit = deadline.LIMIT * _slower(rate)
    good = found.good and (p99 < limit or not found.shape.limited)
    print(f"  {found.shape.name}, {name}: {len(found.receipts)} of {found.clients} receipts, ", end="")
    print(f"p50 {p50:.3f} s, p99 {p99:.3f} s", end="")
    print(f"; {_limits(deadline.LIMIT, limit)}" if found.shape.limited else "", end="")
    print(f": {_verdict(good)}", flush=True)
    for failure in found.failures[:5]:
        print(f"    {failure}")


def _slower(rate: float) -> float:
    """By how much this machine is slower now than the one for which absolute limits were set."""
    return max(1.0, REFERENCE_RATE / rate)


def _limits(limit: float, scaled: float) -> str:
    return f"limit {limit:.2f} s" + (f", {scaled:.2f} s at this machine's speed" if scaled > limit else "")


def _verdict(good: bool) -> str:
    return "OK" if good else "MISSED"
