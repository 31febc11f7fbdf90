"""Every endpoint, by everyone, at every stage of a challenge: who gets in is one literal table.

The table is `access.txt`, which says how it is read. A new endpoint needs its line there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from pitchfest.db import db
from pitchfest.web.access import DECLARED
from tests.conftest import BEGINNING
from tests.support import databases, roles
from tests.support.addresses import rules
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of

TABLE = Path(__file__).with_name("access.txt")
SIGNED_OUT = ("nobody", "disabled")
BY_PITCH = ("/pitches/", "/manage/pitches/", "/judging/explanations/")
#: (method, endpoint, stage; "" where the address names no challenge) → role → what became of it.
Walked = dict[tuple[str, str, str], dict[str, str]]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """The whole walk, once. What is decided here is decided before any database has a say."""
    with databases.application("sqlite", MovableClock(BEGINNING), tmp_path_factory) as app:
        with app.app_context():
            region = roles.a_populated_region(BEGINNING)
            db.session.remove()
        browsers = _browsers(app, region)
        with roles.writes_stopped(app):
            yield {
                key: result
                for method in ("GET", "POST")
                for key, result in _walk(app, region, browsers, method)
            }


def _browsers(app: Flask, region: roles.Region) -> dict[str, tuple[PageClient, str]]:
    """Everyone's browser, and the CSRF token of its session."""
    found = {}
    for name in roles.CAST:
        browser = PageClient(app) if name == "nobody" else browser_of(app, region.people[name])
        browser.get("/sign-up" if name == "nobody" else "/account")
        assert browser.page is not None
        found[name] = browser, browser.page.forms[0]["fields"]["csrf_token"]
    with app.app_context():
        roles.disable(region)
        db.session.remove()
    return found


def _walk(
    app: Flask, region: roles.Region, browsers: dict[str, tuple[PageClient, str]], method: str
) -> Iterator[tuple[tuple[str, str, str], dict[str, str]]]:
    for rule in rules(app, method):
        public = getattr(app.view_functions[rule.endpoint], DECLARED) == "public"
        for stage, path in _paths(app, region, rule, method):
            results = {}
            for name, (browser, token) in browsers.items():
                data = {"csrf_token": token, "form_token": "walk"} if method == "POST" else None
                response = FlaskClient.open(browser, path, method=method, data=data)
                results[name] = _what(response.status_code, response.location or "", public=public)
                assert response.status_code < 500, (method, path, name)
            yield (method, rule.endpoint, stage), results


def _paths(app: Flask, region: roles.Region, rule: Rule, method: str) -> Iterator[tuple[str, str]]:
    """(stage, address), or one with the stage "" where the address names nothing of a challenge."""
    build = app.url_map.bind("localhost").build
    staged = rule.arguments & {"reference", "pitch", "card_id"}
    for stage in roles.STAGES if staged else roles.STAGES[:1]:
        values: dict[str, Any] = {**region.plain, **region.stages[stage]}
        if rule.rule.startswith(BY_PITCH):
            values |= {"reference": values["pitch"], "person_id": region.people["editor"]}
        chosen = {name: values[name] for name in rule.arguments}
        yield str(stage) if staged else "", build(rule.endpoint, chosen, method=method)


def _what(status: int, location: str, *, public: bool) -> str:
    if public:
        return "hidden" if status == 404 else "in"
    if status in (301, 302, 303) and location.startswith("/sign-in"):
        return "asked"
    return {403: "refused", 404: "hidden"}.get(status, "in")


def expected() -> Walked:
    """The table, spelt out: for every endpoint named, every stage."""
    found: Walked = {}
    groups: dict[str, list[str]] = {}
    for block in TABLE.read_text().split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        calls = [line for line in lines if "=" not in line and not line.startswith(" ")]
        for line in lines:
            name, is_group, members = line.partition("=")
            if is_group:
                groups[name.strip()] = [each for m in members.split() for each in groups.get(m, [m])]
        by_stage = dict(_stages(line, groups) for line in lines if line.startswith(" "))
        for method, endpoint in ((m, call.split()[1]) for call in calls for m in call.split()[0].split(",")):
            for stages, result in by_stage.items():
                for stage in stages:
                    assert (method, endpoint, stage) not in found, (method, endpoint, stage)
                    found[method, endpoint, stage] = result
    return found


def _stages(line: str, groups: dict[str, list[str]]) -> tuple[tuple[str, ...], dict[str, str]]:
    """(stages, role → what becomes of it) of a line such as `draft open: lead | staff`."""
    stages, _, who = line.rpartition(":")
    let_in, refused = (
        [n for g in part.split() for n in groups.get(g, [g])] for part in f"{who}|".split("|")[:2]
    )
    named = {*let_in, *refused} - {"*", "in", "-", "hidden"}
    assert named <= set(roles.CAST), named
    result = {name: _becomes(name, let_in, refused) for name in roles.CAST}
    return tuple(map(str, roles.STAGES) if stages.strip() == "always" else stages.split()) or ("",), result


def _becomes(name: str, let_in: list[str], refused: list[str]) -> str:
    if let_in in (["*"], ["hidden"]):
        return "in" if let_in == ["*"] else "hidden"
    if name in SIGNED_OUT:
        return "asked"
    if name in let_in or let_in == ["in"]:
        return "in"
    return "refused" if name in refused else "hidden"


@pytest.mark.timeout(900)  # every address as everyone at every stage
def test_everyone_gets_in_where_the_table_says_and_nowhere_else(walked: Walked) -> None:
    table = expected()
    listed = {(method, endpoint) for method, endpoint, _ in table}
    assert {(method, endpoint) for method, endpoint, _ in walked} == listed, "every endpoint has its line"
    nothing = {name: _becomes(name, [], []) for name in roles.CAST}
    wrong = {
        key: {name: (happened, said[name]) for name, happened in result.items() if happened != said[name]}
        for key, result in walked.items()
        if (said := table.get(key, nothing)) != result
    }
    assert wrong == {}, "(method, endpoint, stage) → role → (what happened, what the table says)"
