"""Totals as they are stored, and what they are checked against."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import func, select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.judging.models import PanelMember, PitchTotal, Score, Scorecard
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules.states import COUNTED
from pitchfest.pitches.models import Pitch


class StoredTotal(NamedTuple):
    """The figures of a pitch as stored, for checking them."""

    cards: int
    total: Fraction
    mean: Fraction
    median: Fraction
    spread: Fraction
    missed: tuple[int, ...]


def stored_totals(challenge_id: int) -> dict[int, StoredTotal]:
    """Every stored total of a challenge, by pitch id."""
    t = PitchTotal.__table__.c
    rows = db.session.execute(select(*t).where(t.challenge_id == challenge_id).order_by(t.pitch_id))
    return {
        row.pitch_id: StoredTotal(
            row.cards,
            Fraction(row.total_num, row.total_den),
            Fraction(row.mean_num, row.mean_den),
            Fraction(row.median_num, row.median_den),
            Fraction(row.spread_num, row.spread_den),
            tuple(json.loads(row.missed)),
        )
        for row in rows
    }


def lowest_price_again(challenge_id: int) -> int | None:
    """The lowest price in pence of the pitches that are in play, worked out from them."""
    p = Pitch.__table__.c
    lowest: int | None = db.session.execute(
        select(func.min(p.price_pence)).where(p.challenge_id == challenge_id, p.state.in_(sorted(IN_PLAY)))
    ).scalar_one()
    return lowest


def own_totals(challenge_id: int) -> dict[int, tuple[str, str, dict[str, int], Fraction | None]]:
    """By counted card: pitch reference, judge's name, scores, and the own total that is stored."""
    c, s, p, m = Scorecard.__table__.c, Score.__table__.c, Pitch.__table__.c, PanelMember.__table__.c
    rows = db.session.execute(
        select(c.id, p.reference, Person.name, s.criterion_id, s.hundredths, c.own_num, c.own_den)
        .join(Pitch, p.id == c.pitch_id)
        .join(PanelMember, m.id == c.panel_member_id)
        .join(Person, Person.id == m.person_id)
        .join(Score, s.scorecard_id == c.id)
        .where(p.challenge_id == challenge_id, c.state.in_(sorted(COUNTED)), ~s.unable)
        .order_by(c.id, s.criterion_id)
    )
    found: dict[int, tuple[str, str, dict[str, int], Fraction | None]] = {}
    for card, reference, name, criterion, hundredths, num, den in rows:
        own = Fraction(num, den) if den else None
        found.setdefault(card, (reference, name, {}, own))[2][str(criterion)] = hundredths
    return found


def scored_challenges() -> list[tuple[int, str]]:
    """Id and reference of every challenge that has a scorecard or a stored total."""
    carded = select(Pitch.challenge_id).join(Scorecard, Scorecard.pitch_id == Pitch.id)
    totalled = select(PitchTotal.challenge_id)
    rows = db.session.execute(
        select(Challenge.id, Challenge.reference)
        .where(Challenge.id.in_(carded) | Challenge.id.in_(totalled))
        .order_by(Challenge.reference)
    )
    return [(challenge_id, reference) for challenge_id, reference in rows]


def pitch_references(challenge_id: int) -> dict[int, str]:
    """The references of a challenge's opened pitches, by id."""
    p = Pitch.__table__.c
    rows = db.session.execute(
        select(p.id, p.reference)
        .where(p.challenge_id == challenge_id, p.opened_at.is_not(None))
        .order_by(p.reference)
    )
    return dict(rows.all())
