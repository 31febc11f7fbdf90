"""Who judges what, across all challenges: for the command line and the demo's sign-in page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.judging.models import PanelMember
from pitchfest.kernel.text import join_words


def panels_of_everyone() -> dict[int, list[tuple[str, bool]]]:
    """Person id → (challenge reference, whether they chair it) of each panel they sit on."""
    rows = db.session.execute(
        select(PanelMember.person_id, Challenge.reference, PanelMember.is_chair)
        .join(Challenge, Challenge.id == PanelMember.challenge_id)
        .where(PanelMember.released_at.is_(None))
        .order_by(Challenge.reference, PanelMember.person_id)
    )
    found: dict[int, list[tuple[str, bool]]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append((row.reference, row.is_chair))
    return found


def sits_on_a_panel(person_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that a person judges anything, or did."""
    return exists().where(PanelMember.person_id == person_id, PanelMember.refusal.is_(None))


def demo_judges(_now: datetime) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Judges of an invented region for its sign-in page, chairs first: (name, address, what they judge)."""
    panels = panels_of_everyone()
    people = db.session.execute(
        select(Person.id, Person.name, Person.email)
        .where(Person.id.in_(panels), Person.confirmed_at.is_not(None), Person.disabled_at.is_(None))
        .order_by(Person.name)
    ).all()
    chairs = {person_id for person_id, seats in panels.items() if any(is_chair for _, is_chair in seats)}
    found = db.session.execute(select(Challenge.reference, Challenge.title).order_by(Challenge.reference))
    titles = {row.reference: row.title for row in found}
    rows = [
        (person.name, person.email, say_seats([(titles[at], leads) for at, leads in panels[person.id]]))
        for person in sorted(people, key=lambda person: person.id not in chairs)
    ]
    return [("Judges", rows)] if rows else []


def say_seats(seats: list[tuple[str, bool]]) -> str:
    """`Chairs “Safe roads”. Judges “Warm homes” and “Dry cellars”`, from (title, whether they chair)."""
    chaired = [f"“{title}”" for title, is_chair in seats if is_chair]
    judged = [f"“{title}”" for title, is_chair in seats if not is_chair]
    said = (("Chairs", chaired), ("Judges", judged))
    return ". ".join(f"{verb} {join_words(titles)}" for verb, titles in said if titles)
