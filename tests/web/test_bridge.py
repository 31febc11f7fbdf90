"""The bridge to the application: one request at a time, and none for long in another's way."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from flask import Flask

from pitchfest.web.bridge import Bridge

app = Flask(__name__)
gate = threading.Event()
running: set[str] = set()
beside: list[int] = []


@app.get("/waits")
def waits() -> str:
    return "opened" if gate.wait(10) else "nobody came"


@app.get("/opens")
def opens() -> str:
    gate.set()
    return "open"


@app.get("/quick/<name>")
def quick(name: str) -> str:
    running.add(name)
    beside.append(len(running))
    time.sleep(0.005)
    running.remove(name)
    return name


def asked(*paths: str) -> list[str]:
    """What the bridge answers when all of them come at once, as the server would ask it."""
    bridge = Bridge(app, one_by_one=True)

    async def answered(path: str) -> str:
        answers: list[Any] = []
        protocol = SimpleNamespace(response_bytes=lambda *answer: answers.append(answer[-1]))
        scope = SimpleNamespace(
            proto="http",
            method="GET",
            headers={},
            server="127.0.0.1:80",
            client="127.0.0.1:1",
            path=path,
            query_string="",
            scheme="http",
        )
        await bridge.__rsgi__(scope, protocol)
        return bytes(answers[0]).decode()

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*map(answered, paths))

    # in a thread of its own: a browser test before may have left a loop running in this one
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(all_at_once())).result()


def test_a_request_that_takes_long_does_not_keep_the_next_one_waiting() -> None:
    gate.clear()

    assert asked("/waits", "/opens") == ["opened", "open"]


def test_quick_requests_run_one_after_another() -> None:
    beside.clear()

    assert asked(*(f"/quick/{number}" for number in range(8))) == [str(number) for number in range(8)]

    assert beside == [1] * 8
