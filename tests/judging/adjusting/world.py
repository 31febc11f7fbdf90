"""Rounds whose judges differ in how strict they are, scored and closed on the calibrated basis."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from sqlalchemy import delete, insert, update

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.judging.models import Scorecard
from pitchfest.judging.queries.results import ResultRow
from pitchfest.judging.rules.states import CardState
from tests.awards.ending import Ending, Entry
from tests.judging.setting import Setting, a_round, close, declare_all, fill


def a_scored_round(
    now: datetime,
    *,
    pitches: int = 10,
    judges: int = 5,
    each: int = 2,
    more: int = 2,
    price: bool = False,
    minimum: int | None = None,
    basis: DecisionBasis = DecisionBasis.CALIBRATED,
    closing: bool = True,
) -> Setting:
    """Every pitch has `each` of the judges in turn; the first two give `more` points more."""
    setting = a_round(now, pitches=pitches, judges=judges, price=price, minimum_cards=2)
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == setting.challenge)
        .values(judges_per_pitch=each, decision_basis=basis, minimum_total=minimum)
    )
    db.session.commit()
    declare_all(setting, now)
    _share_out(setting, each, now)
    for pitch in range(pitches):
        for turn in range(each):
            judge = (pitch + turn) % judges
            base = 1 + (pitch * 7 % pitches) // 4
            generous = more if judge < 2 else 0
            points = [base + generous, base + generous, base + (pitch + judge) % 2]
            fill(setting, judge, pitch, points, now)
    if closing:
        close(setting, now)
    return setting


def _share_out(setting: Setting, each: int, now: datetime) -> None:
    """Judges take turns, so that some pitches are read by generous ones only and some by strict ones."""
    with transaction() as write:
        mine = Scorecard.pitch_id.in_(setting.pitches)
        write.session.execute(delete(Scorecard).where(mine))
        write.session.execute(
            insert(Scorecard),
            [
                {
                    "pitch_id": pitch_id,
                    "panel_member_id": setting.members[(pitch + turn) % len(setting.members)],
                    "state": CardState.ASSIGNED,
                    "assigned_at": now,
                }
                for pitch, pitch_id in enumerate(setting.pitches)
                for turn in range(each)
            ],
        )


def plain(row: ResultRow) -> Fraction:
    """The total of a pitch before it is adjusted."""
    assert row.exact_total is not None
    return row.exact_total


def the_end_of(setting: Setting, now: datetime) -> Ending:
    """The same round as its decision and letters meet it, the pitches by number."""
    references = [setting.pitch_reference(index) for index in range(len(setting.pitches))]
    entries = [
        Entry(pitch_id, reference, f"Supplier {chr(65 + index)} Ltd", 0, setting.suppliers[index])
        for index, (pitch_id, reference) in enumerate(zip(setting.pitches, references, strict=True))
    ]
    people = (setting.officer, setting.lead, setting.approver, setting.decider)
    return Ending(
        setting.challenge, setting.reference, now, *people, setting.judges, setting.members, entries
    )
