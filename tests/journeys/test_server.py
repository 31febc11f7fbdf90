"""The server under slow clients and signals, as `make run` starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import create_database, drop_database
from tests.support.serving import Site, serving
from tests.support.visitor import Visitor

SLOW_CLIENTS = 400


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture
def site(instance: Path) -> Iterator[Site]:
    with serving(
        instance,
        PITCHFEST_ENV="production",
        PITCHFEST_SECRET_KEY="0" * 64,
        PITCHFEST_SEAL_KEY="1" * 64,
    ) as running:
        yield running


def health(site: Site) -> tuple[float, dict[str, object]]:
    asked = time.monotonic()
    with urllib.request.urlopen(f"{site.url}/healthz", timeout=10) as answer:
        return time.monotonic() - asked, json.load(answer)


def half_sent(site: Site) -> list[socket.socket]:
    """Clients that have sent half a header or half a body, and now say nothing."""
    host = f"Host: 127.0.0.1:{site.port}\r\n"
    kinds = (
        f"GET / HTTP/1.1\r\n{host}X-Slow: ",
        (
            f"POST /sign-in HTTP/1.1\r\n{host}Content-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 1000\r\n\r\nemail="
        ),
    )
    clients = []
    for number in range(SLOW_CLIENTS):
        client = socket.create_connection(("127.0.0.1", site.port), timeout=10)
        client.sendall(kinds[number % 2].encode())
        clients.append(client)
    return clients


def test_health_says_how_each_part_is(site: Site) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        _, state = health(site)
        if state["worker"] == "ok":
            break
        time.sleep(0.3)
    assert state == {"database": "ok", "migrations": "ok", "worker": "ok", "oldest_unsent_mail": None}


def test_slow_clients_keep_nobody_waiting_and_a_signal_ends_all(site: Site) -> None:
    clients = half_sent(site)
    try:
        waits = [health(site)[0] for _ in range(5)]
        assert max(waits) < 1, waits
        site.signal(signal.SIGTERM)
        assert site.gone(within=10)
    finally:
        for client in clients:
            client.close()


def test_without_slow_clients_a_signal_ends_all_quickly(site: Site) -> None:
    health(site)
    site.signal(signal.SIGTERM)
    assert site.gone(within=10)
    assert site.process.wait(1) == 0


def test_a_dead_worker_is_started_again(site: Site) -> None:
    first = worker_of(site)
    assert first
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and worker_of(site) in (0, first):
        time.sleep(0.2)
    assert worker_of(site) not in (0, first)


def worker_of(site: Site) -> int:
    """The process id of the site's worker, 0 while there is none: unlike the server, it has no children."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listing.splitlines())}
    childless = {pid for pid, parent in parents.items() if parent == site.group} - set(parents.values())
    return min(childless, default=0)


def test_a_running_request_is_finished_before_the_end(site: Site) -> None:
    """A body that is still arriving when the signal comes is waited for and answered."""
    body = b"email=a%40b.example&password=x"
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site.port), timeout=12) as client:
        client.sendall(head.encode() + body[:10])
        time.sleep(0.3)
        sender = threading.Timer(1.0, client.sendall, [body[10:]])
        site.signal(signal.SIGTERM)
        sender.start()
        answer = client.recv(65_536)
        sender.join()
    assert answer.startswith(b"HTTP/1.1 4"), answer[:100]  # answered: a form without its token
    assert site.gone(within=10)


@pytest.mark.parametrize(("size", "status"), [(10_000_000, 400), (13_000_000, 413)])
def test_a_form_with_a_document_in_it_gets_through_and_a_larger_one_gets_a_page(
    site: Site, size: int, status: int
) -> None:
    """400: the whole form was read, and lacks its token."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\r\n'
    body = head + b"\xff" * size + b"\r\n--x--\r\n"
    asked = urllib.request.Request(
        f"{site.url}/sign-in", data=body, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(asked, timeout=60)
    assert answer.value.code == status
    answer.value.close()


def test_the_demo_runs_on_postgresql_too(tmp_path: Path) -> None:
    """Migrated, loaded and served, as on SQLite."""
    name = f"pitchfest_served_{os.getpid()}"
    url = create_database(name)
    try:
        with serving(tmp_path, DATABASE_URL=url) as running:
            visitor = Visitor(running.url)
            visitor.sign_in("rajesh.varma@calderwick-ca.example")
            page = visitor.get("/manage/challenges/CH-2026-003/results")
            assert "Spot damp and mould" in page.title
            assert not (tmp_path / "pitchfest.sqlite").exists()
    finally:
        drop_database(name)
