"""Every page that anyone else can get, before and after the supplier with more time acts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.pitches import operations
from tests.journeys.test_two_worlds import masked
from tests.pitches.cast import closing, save, sent, started, write
from tests.pitches.test_personal_extensions import lengthen, settled
from tests.support.addresses import rules
from tests.support.signing_in import browser_of

HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
WATCHERS = ("officer", "lead", "approver", "observer", "champion", "admin", "gwen")
OWN = re.compile(r"session|last.seen", re.IGNORECASE)


def addresses(app, cast):
    build = app.url_map.bind("localhost").build
    for rule in rules(app, "GET"):
        if rule.rule.startswith(
            ("/pitches/", "/judging/", "/manage/pitches/", "/static", "/sign", "/account/stay")
        ):
            continue
        if rule.arguments - {"reference", "kind", "form"}:
            continue
        values = {"reference": cast.reference, "kind": "csv", "form": "csv"}
        yield build(rule.endpoint, {k: values[k] for k in rule.arguments})


def pictures(app, cast, browsers):
    seen = {}
    for who, client in browsers.items():
        for page in addresses(app, cast):
            if who in {"gwen", "officer", "lead", "admin"} or page.startswith(("/manage", "/overview")):
                seen[who, page] = picture(client, page)
    return seen


def picture(client, page):
    response = client.get(page)
    body = response.get_data()
    names = sorted((k, v) for k, v in response.headers if k not in {"Set-Cookie", "Content-Security-Policy"})
    text = masked(page, body.decode("utf-8", "replace"))
    if page.endswith("xlsx"):
        return (response.status_code, [], str(len(body)))
    return (response.status_code, [h for h in names if h[0] not in {"Content-Length", "ETag"}], text)


def differing(before, after):
    found = []
    for key in before:
        if before[key] != after[key]:
            a, b = before[key][2].splitlines(), after[key][2].splitlines()
            found.append((key, [p for p in zip(a, b, strict=False) if p[0] != p[1]][:2]))
    return found


def act(cast, what, at):
    pitch = started(cast, at)
    save(pitch, 1, "Half a pitch.", cast.rosa, at)
    if what == "draft":
        return
    pitch = sent(cast, at)
    if what == "changed":
        save(pitch, 1, "Better words than those.", cast.rosa, at)
    if what == "withdrawn":
        write(operations.withdraw, cast.rosa, reference=pitch, now=at)
    if what == "partner":
        write(
            operations.invite, cast.rosa, reference=pitch, email="gull@partner.example", right="edit", now=at
        )


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("after", ["meanwhile", "over", "month"])
@pytest.mark.parametrize("what", ["draft", "changed", "withdrawn", "partner"])
def test_no_page_differs(bare_app, cast, now, clock, what, after):
    with bare_app.app_context():
        db.session.get_one(Challenge, cast.challenge).judging_deadline = now + 90 * DAYS
        db.session.get_one(Challenge, cast.challenge).decision_due = now + 120 * DAYS
        db.session.commit()
        sent(cast, now, person=cast.gwen, organisation=cast.gannet)
        far = after == "month"
        lengthen(cast, now, closes_at=closing(cast) + (28 if far else 2) * DAYS)
        ends = closing(cast) + (28 if far else 2) * DAYS
        at = closing(cast) + 5 * HOURS
        settled(cast, at)
        db.session.remove()
        seen_at = at + 10 * MINUTES
        if after == "over":
            seen_at = ends + 10 * MINUTES
        if after == "month":
            seen_at = ends + 3 * DAYS
    clock.go_to(seen_at)

    def later():
        with bare_app.app_context():
            settled(cast, seen_at)
            db.session.remove()

    later()
    browsers = {who: browser_of(bare_app, getattr(cast, who)) for who in WATCHERS}
    first = pictures(bare_app, cast, browsers)
    before = pictures(bare_app, cast, browsers)
    noise = {key for key in before if first[key] != before[key]}
    with bare_app.app_context():
        act(cast, what, at)
        db.session.remove()
    later()
    after_it = pictures(bare_app, cast, browsers)
    found = [d for d in differing(before, after_it) if d[0] not in noise]
    for _one in found:
        pass
    assert [key for key, _ in found] == []
