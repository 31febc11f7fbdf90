"""What every figure is a ratio to: bare Flask and Jinja, a table of 300 rows, gunicorn's sync workers."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, render_template
from jinja2 import DictLoader

from tests.support.serving import free_port

ROOT = Path(__file__).resolve().parent.parent
ROWS = 300
_PAGE = """<!doctype html>
<html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1><table>
{% for row in rows %}
<tr><th scope="row"><a href="/items/{{ row.number }}">{{ row.name }}</a></th>
<td class="cell">{{ row.place }}</td><td class="cell">{{ row.state }}</td>
<td class="cell">{{ row.total }}</td><td class="cell">{{ row.mean }}</td>
<td class="cell">{{ row.spread }}</td></tr>
{% endfor %}
</table></body></html>
"""

app = Flask(__name__)
app.jinja_loader = DictLoader({"table.html": _PAGE})


@app.get("/")
def table() -> str:
    """300 rows, made afresh as a query would, about 70 KB."""
    rows = [
        {
            "number": number,
            "name": f"Organisation {number} & Co Limited",
            "place": "Calderwick",
            "state": "signed",
            "total": f"{number / 3:.2f}",
            "mean": f"{number / 4:.2f}",
            "spread": f"{number / 9:.2f}",
        }
        for number in range(ROWS)
    ]
    return render_template("table.html", title="A table of 300 rows", rows=rows)


@contextmanager
def running() -> Iterator[str]:
    """Serve it with two sync workers for the length of the block; its address."""
    url = f"http://127.0.0.1:{(port := free_port())}/"
    command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--worker-class", "sync", "--bind"]
    process = subprocess.Popen(
        [*command, f"127.0.0.1:{port}", "--log-level", "error", "bench.reference:app"], cwd=ROOT
    )
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    raise RuntimeError("the reference did not start")
