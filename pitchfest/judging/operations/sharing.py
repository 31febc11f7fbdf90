"""Giving pitches to judges who are cleared for them, where every judge reads every pitch."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert

from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import Scorecard
from pitchfest.judging.operations.rounds import opened
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.actor import Actor


def share_out_now(actor: Actor, *, reference: str, now: datetime) -> int:
    """Give out what lacks where every judge reads every pitch, such as after a judge or a pitch has gone so
    that there is nothing left to plan; how many cards are new.
    """
    return share_out(actor, opened(actor, Permission.SHARE_OUT, reference, now=now), now=now)


def share_out(actor: Actor, round_: Round, *, now: datetime) -> int:
    """Where every judge reads every pitch, give each the cards they are cleared for; how many are new.

    A card that has ended is not given again. Where a pitch goes to only some of the judges, nothing is given
    out here: the procurement lead sees who gets what before anything is sent (`assigning`). The caller holds
    the challenge's row.
    """
    found = queries.board(round_.id)
    missing = found.missing
    if not missing:
        return 0
    add_cards(missing, now=now)
    references = {row.pitch.id: row.pitch.reference for row in found.pitches}
    people = {row.judge.member_id: row.judge.person_id for row in found.judges}
    audit.record(
        actor,
        "judging.share_out",
        f"challenge:{round_.reference}",
        now=now,
        cards=[[people[member_id], references[pitch_id]] for member_id, pitch_id in missing],
    )
    receivers = {people[member_id] for member_id, _ in missing} - {actor.person_id}
    notices.cards_given(round_.id, sorted(receivers), now=now)
    return len(missing)


def add_cards(pairs: Collection[tuple[int, int]], *, now: datetime) -> None:
    """A new scorecard for each of these pairs (panel member, pitch), of which there is one at least."""
    db.session.execute(
        insert(Scorecard),
        [
            {
                "panel_member_id": member_id,
                "pitch_id": pitch_id,
                "state": CardState.ASSIGNED,
                "version": 1,
                "assigned_at": now,
                "end_reason": "",
            }
            for member_id, pitch_id in pairs
        ],
    )
