"""The load generator: Debian's wrk, eight connections, and what it measured."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

from scripts.chromium import installed

CONNECTIONS = 8
_SCRIPTS = Path(__file__).resolve().parent / "wrk"


class Measured(NamedTuple):
    """One run: requests a second, latencies in milliseconds, and bytes of an answer, headers included."""

    rate: float
    p50: float
    p95: float
    p99: float
    size: float
    requests: int


class Run(NamedTuple):
    """A measurement, and that of the reference right before it."""

    bare: Measured
    ours: Measured

    @property
    def ratio(self) -> float:
        """Requests a second, as a multiple of the reference's."""
        return self.ours.rate / self.bare.rate


@dataclass(frozen=True)
class Aim:
    """What to fetch: an address, headers, and for forms the script that sends them and its variables.

    `beside` are further aims that are fired at with it, each by one connection, where a script must wait
    for each answer before it can go on.
    """

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    script: str = "post.lua"
    beside: tuple[Aim, ...] = ()
    #: What of `form` is read anew before each run.
    renew: Callable[[], dict[str, str]] = dict


def ensure() -> None:
    """See to it that there is a wrk, as root or with a password-free sudo, or end with a reason."""
    if shutil.which("wrk"):
        return
    print("Installing wrk, the load generator …", flush=True)
    if not (shutil.which("apt-get") and installed(["wrk"]) and shutil.which("wrk")):
        sys.exit("Stopped: the benchmarks need wrk, and it could not be installed. Install it and try again.")


def fire(aim: Aim, seconds: float) -> Measured:
    """Load an address, or several at once, for so long. Raises RuntimeError when any answer was an error."""
    if not aim.beside:
        return _fire(aim, seconds, CONNECTIONS)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        each = list(pool.map(lambda one: _fire(one, seconds, 1), (aim, *aim.beside)))
    return Measured(
        rate=sum(one.rate for one in each),
        p50=median(one.p50 for one in each),
        p95=max(one.p95 for one in each),
        p99=max(one.p99 for one in each),
        size=median(one.size for one in each),
        requests=sum(one.requests for one in each),
    )


def _fire(aim: Aim, seconds: float, connections: int) -> Measured:
    whole = max(1, round(seconds))
    script = _SCRIPTS / (aim.script if aim.form else "get.lua")
    command = ["wrk", "-t1", f"-c{connections}", f"-d{whole}s", "--timeout", "30s", "-s", str(script)]
    for name, value in {"Accept-Encoding": "identity", **aim.headers}.items():
        command += ["-H", f"{name}: {value}"]
    variables = {**os.environ, "BENCH_WRK": str(_SCRIPTS), **aim.form}
    done = subprocess.run([*command, aim.url], env=variables, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError(f"wrk could not measure {aim.url}:\n{done.stdout}{done.stderr}")
    found = json.loads(lines[-1])
    if found["refused"] or found["broken"] or not found["requests"]:
        raise RuntimeError(f"{aim.url} answered with errors: {found}")
    return Measured(
        rate=found["requests"] / found["seconds"],
        p50=found["p50"],
        p95=found["p95"],
        p99=found["p99"],
        size=found["bytes"] / found["requests"],
        requests=found["requests"],
    )
