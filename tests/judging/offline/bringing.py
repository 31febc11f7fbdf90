"""Bringing scores from a file in tests: rows, files, and the steps through the pages."""

from __future__ import annotations

import csv
import io

from flask import Flask
from sqlalchemy import func, select

from pitchfest.accounts.models import Person
from pitchfest.db import db
from pitchfest.judging.models import Scorecard
from pitchfest.judging.rules.states import CardState
from pitchfest.mail.models import OutboxMessage
from tests.judging.setting import REASON
from tests.support.signing_in import browser_of

NAMES = ("Fit", "Delivery", "Inclusion")
LONG = ["Reference", "Judge e-mail", "Criterion", "Points", "Comments"]


def email(setting, judge: int) -> str:
    return db.session.get_one(Person, setting.judges[judge]).email


def rows_for(setting, judge: int, pitch: int, scores=(3, 4, 5), reason: str = REASON) -> list[list[object]]:
    about = [setting.pitch_reference(pitch), email(setting, judge)]
    return [[*about, name, score, reason] for name, score in zip(NAMES, scores, strict=True)]


def everything(setting) -> list[list[object]]:
    pairs = [(judge, pitch) for judge in range(len(setting.judges)) for pitch in range(len(setting.pitches))]
    return [row for judge, pitch in pairs for row in rows_for(setting, judge, pitch, (3 - pitch, 4, 5))]


def as_csv(rows, heads=LONG, *, delimiter: str = ",") -> bytes:
    page = io.StringIO(newline="")
    csv.writer(page, delimiter=delimiter).writerows([heads, *rows])
    return page.getvalue().encode()


def page_of(setting, more: str = "") -> str:
    return f"/manage/challenges/{setting.reference}/elsewhere{more}"


def upload(person, setting, data: bytes, name: str = "scores.csv"):
    person.get(page_of(setting))
    fields = person.form("/elsewhere")["fields"]
    return person.post(
        page_of(setting),
        data={**fields, "file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
        follow_redirects=True,
    )


def states(setting) -> list[CardState]:
    return list(db.session.scalars(select(Scorecard.state).order_by(Scorecard.id)))


def tokens(person) -> dict[str, str]:
    """What a form of one's own carries."""
    person.get("/account/name")
    found: dict[str, str] = person.form("/account/name")["fields"]
    return found


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def kinds(person_id: int) -> list[str]:
    return list(
        db.session.scalars(
            select(OutboxMessage.kind).where(OutboxMessage.person_id == person_id).order_by(OutboxMessage.id)
        )
    )


def bring(app: Flask, setting, data: bytes, name: str = "scores.csv"):
    """The lead uploads the file and proposes all of it."""
    lead = browser_of(app, setting.lead)
    upload(lead, setting, data, name)
    lead.send("", action="/propose")
    assert "proposed. None counts until a second person confirms" in lead.text
    return lead


def confirmed(app: Flask, setting, person: int):
    second = browser_of(app, person)
    second.get(page_of(setting, "/confirm"))
    second.send("", action="/confirm")
    return second
