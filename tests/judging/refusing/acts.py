"""Asking somebody to judge who has not answered, and saying no in their place."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import Flask

from pitchfest.db import transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.rules.refusals import Refusal
from tests.accounts.people import link_in, sent, the_person
from tests.judging.setting import Setting
from tests.support import builders

NOTE = "I only know about buses."


class Asked(NamedTuple):
    """Somebody who is asked to judge: their person, and their place on the panel."""

    person: int
    member: int


def ask(
    setting: Setting, now: datetime, name: str = "Nia New", *, chair: bool = False, account: bool = True
) -> Asked:
    """The officer asks one more person to judge; `account`: one who is made here."""
    email = f"{name.lower().replace(' ', '.')}@judges.example"
    if account:
        builders.a_person(name, email=email)
    with transaction():
        member = operations.invite(
            setting.actor(setting.officer),
            reference=setting.reference,
            name=name,
            email=email,
            chair=chair,
            now=now,
        )
    return Asked(the_person(email).id, member)


def refuse(
    setting: Setting, person: int, now: datetime, refusal: Refusal = Refusal.AREA, note: str = NOTE
) -> None:
    """The person says no."""
    with transaction():
        operations.refuse(
            setting.actor(person), reference=setting.reference, refusal=refusal, note=note, now=now
        )


def newest_link(app: Flask) -> str:
    """The path of the link in the newest invitation."""
    return link_in(app, sent("invitation")[-1])


def row_of(setting: Setting, member: int) -> queries.PanelRow:
    """The place on the panel."""
    return next(row for row in queries.panel(setting.challenge) if row.member_id == member)
