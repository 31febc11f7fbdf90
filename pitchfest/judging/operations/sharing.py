"""Giving pitches to judges who are cleared for them."""

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
from pitchfest.judging.rules.assignment import Assignment, Pair, assign, default_per_pitch
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState, DeclarationState
from pitchfest.kernel.actor import Actor

ASKED = DeclarationState.ASKED
_KEPT = COUNTED | {CardState.ASSIGNED}


def share_out_now(actor: Actor, *, reference: str, now: datetime) -> int:
    """Share the pitches out among the judges who have declared so far; how many cards are new."""
    return share_out(actor, opened(actor, Permission.SHARE_OUT, reference, now=now), now=now, at_once=True)


def share_out(actor: Actor, round_: Round, *, now: datetime, at_once: bool = False) -> int:
    """Give out what can be given out; how many cards are new. Cards that exist are never moved.

    Where every judge reads every pitch, a judge's cards come with the declarations. Where a pitch
    goes to some of the judges, it waits until all have declared, so that the first to answer do
    not get everything; `at_once` does not wait. Once there is a plan, it
    says who reads what, and nothing is given out here. The caller holds the challenge's row.
    """
    pitches = queries.pitches_in_play(round_.id)
    judges = [row for row in queries.panel(round_.id) if row.active]
    said = queries.declaration_states(round_.id)
    per_pitch = round_.judges_per_pitch or default_per_pitch(len(pitches), len(judges))
    everyone = per_pitch is None or per_pitch >= len(judges)
    if not everyone and queries.plan_exists(round_.id):
        return 0
    all_declared = all(said.get((j.member_id, p.id), ASKED) != ASKED for j in judges for p in pitches)
    if not (everyone or all_declared or at_once):
        return 0
    known = queries.cards(round_.id)
    kept = {(card.member_id, card.pitch_id) for card in known if card.state in _KEPT}
    ended = {(card.member_id, card.pitch_id) for card in known} - kept
    allowed = {
        (judge.member_id, pitch.id)
        for judge in judges
        for pitch in pitches
        if said.get((judge.member_id, pitch.id)) in MAY_READ
    } - ended
    shared = None if everyone else _matched(round_, now)
    if shared is None:
        shared = _assign(
            {pitch.id: pitch.reference for pitch in pitches},
            {judge.member_id for judge in judges} | {member_id for member_id, _ in kept},
            allowed | kept,
            kept,
            per_pitch,
        )
    fresh = sorted(shared - kept)
    if not fresh:
        return 0
    add_cards(fresh, now=now)
    references = {pitch.id: pitch.reference for pitch in pitches}
    people = {judge.member_id: judge.person_id for judge in judges}
    audit.record(
        actor,
        "judging.share_out",
        f"challenge:{round_.reference}",
        now=now,
        cards=[[people[member_id], references[pitch_id]] for member_id, pitch_id in fresh],
    )
    receivers = {people[member_id] for member_id, _ in fresh} - {actor.person_id}
    notices.cards_given(round_.id, sorted(receivers), now=now)
    return len(fresh)


def _matched(round_: Round, now: datetime) -> set[tuple[int, int]] | None:
    """The pairs that the engine chooses, where anything was said by which it could; None elsewhere."""
    found = queries.planning(round_, now)
    ground = found.ground
    if ground is None or not (ground.gains or ground.limits or found.away):
        return None
    # Here only: numpy takes longer to import than the rest of the site.
    from pitchfest.judging.rules.proposing import propose  # noqa: PLC0415

    return set(propose(ground, seed=round_.id).pairs)


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


def _assign(
    references: dict[int, str],
    member_ids: set[int],
    allowed: set[tuple[int, int]],
    kept: set[tuple[int, int]],
    per_pitch: int | None,
) -> set[tuple[int, int]]:
    """The pairs (panel member, pitch) that `assign` chooses; its own names are text."""
    judge_names = {member_id: f"{member_id:012d}" for member_id in member_ids}
    judges = {name: member_id for member_id, name in judge_names.items()}
    pitches = {reference: pitch_id for pitch_id, reference in references.items()}

    def named(pairs: set[tuple[int, int]]) -> set[Pair]:
        return {(judge_names[m], references[p]) for m, p in pairs if p in references}

    every = {(name, reference) for name in judges for reference in pitches}
    found: Assignment = assign(pitches, judges, every - named(allowed), per_pitch, named(kept))
    return {(judges[judge], pitches[reference]) for judge, reference in found.pairs}
