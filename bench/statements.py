"""How many SQL statements pages need, counted in process on the data of the benchmarks."""

from __future__ import annotations

from contextvars import Context
from pathlib import Path
from typing import Any

from flask import Flask

from bench import region
from bench.targets import Stage
from config import read_settings
from pitchfest.accounts.queries import forget_region
from pitchfest.app import create_app
from tests.support.statements import counted

#: No page needs more.
MOST = 12


def application(instance: Path) -> Flask:
    """The application on the data, in this process."""
    return create_app(read_settings({"PITCHFEST_INSTANCE": str(instance)}))


def count(app: Flask, cookie: str, path: str, form: dict[str, str] | None = None) -> int:
    """The statements of one request, BEGIN and COMMIT left out; of a POST where there is a form.

    Raises RuntimeError for anything but a page or a redirect.
    """
    client = app.test_client()
    for pair in filter(None, cookie.split("; ")):
        name, _, value = pair.partition("=")
        client.set_cookie(name, value, domain="127.0.0.1")
    request: dict[str, Any] = {"method": "POST", "data": form} if form else {"method": "GET"}
    with app.app_context():
        forget_region()
        with counted() as seen:
            # A context of its own, or the request would share this one's session.
            answer = Context().run(client.open, path, base_url="http://127.0.0.1", buffered=True, **request)
    if answer.status_code not in (200, 302) or answer.location == "/sign-in":
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len(seen)


def other_pages(stage: Stage) -> list[tuple[str, str]]:
    """(cookie, path) of pages that are not under load but obey the same limit."""
    finished, under_way = (f"/manage/challenges/{r}" for r in (region.FINISHED, region.UNDER_WAY))
    [(pitch,)] = stage.find(
        "SELECT pitch.reference FROM pitch JOIN challenge ON challenge.id = challenge_id "
        "WHERE challenge.reference = ? ORDER BY 1 LIMIT 1",
        region.FINISHED,
    )
    of_lead = (
        "/",
        "/account",
        "/manage/challenges",
        finished,
        f"{finished}/route",
        under_way,
        f"{under_way}/panel",
        f"{under_way}/board",
        f"{under_way}/conflicts",
        f"{under_way}/eligibility",
        f"{under_way}/opening",
        f"{finished}/results.csv",
        f"/manage/pitches/{pitch}",
        f"/manage/pitches/{pitch}/scores",
    )
    pages = [(stage.lead.cookie, path) for path in of_lead]
    pages += [(stage.judge.cookie, path) for path in ("/", f"/judging/cards/{stage.open_cards()[0]}/sign")]
    draft = stage.draft()
    of_supplier = ("/", "/pitches", f"/pitches/{draft}", f"/pitches/{draft}/check", "/account/messages")
    pages += [(stage.supplier.cookie, path) for path in of_supplier]
    pages += [("", path) for path in ("/", f"/challenges/{region.OPEN}/form", "/challenges?q=drains&page=12")]
    return pages
