"""Who judges what, across all challenges: for the command line and the demo's sign-in page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.judging.models import PanelMember


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


def sits_on_a_panel(person_id: int) -> bool:
    """Whether the person judges anything, or did."""
    found = db.session.execute(select(PanelMember.id).where(PanelMember.person_id == person_id).limit(1))
    return found.first() is not None


def demo_judges(_now: datetime) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Judges of an invented region for its sign-in page: (name, address, what they judge)."""
    panels = panels_of_everyone()
    people = db.session.execute(
        select(Person.id, Person.name, Person.email)
        .where(Person.id.in_(panels), Person.confirmed_at.is_not(None), Person.disabled_at.is_(None))
        .order_by(Person.name)
    )
    rows = [
        (
            person.name,
            person.email,
            ", ".join(
                f"{'chairs' if chairs else 'judges'} {reference}" for reference, chairs in panels[person.id]
            ),
        )
        for person in people
    ]
    return [("Judges", rows)] if rows else []
