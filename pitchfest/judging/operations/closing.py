"""Starting a round, closing it, and going on with fewer cards than the brief asks for."""

from __future__ import annotations

from datetime import datetime

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import operations as audit
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.rules import CloseScoring, StartJudging
from pitchfest.judging import notices, queries
from pitchfest.judging.operations import lot
from pitchfest.judging.operations.elsewhere import drop_open
from pitchfest.judging.operations.further import lock_all
from pitchfest.judging.operations.moderation import begin
from pitchfest.judging.operations.rounds import opened
from pitchfest.judging.rules import Permission, Round
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, RuleViolation
from pitchfest.kernel.text import plural
from pitchfest.pitches.rules import PitchState


def start_facts(round_: Round) -> StartJudging:
    """What decides whether judging can start: also read by the page that offers it."""
    pitches = queries.opened_pitches(round_.id)
    judges = [row for row in queries.panel(round_.id) if row.active]
    obstacles = []
    if (short := round_.minimum_cards - len(judges)) > 0:
        obstacles.append(
            f"Each pitch needs {plural(round_.minimum_cards, 'scorecard')} and the panel has "
            f"{plural(len(judges), 'judge')}. Invite {short} more."
        )
    if not any(row.is_chair for row in judges):
        obstacles.append("Choose who chairs the panel.")
    if any(row.person_id == round_.decision_maker_id for row in judges):
        obstacles.append("The decision-maker is on the panel. Take them off it first.")
    return StartJudging(
        undecided=sum(pitch.state == PitchState.OPENED for pitch in pitches),
        eligible=sum(pitch.state == PitchState.ELIGIBLE for pitch in pitches),
        obstacles=tuple(obstacles),
    )


def start(actor: Actor, *, reference: str, expected_version: int | None, now: datetime) -> None:
    """Start judging, and ask every judge to declare. Raises RuleViolation with what stands in the way."""
    round_ = opened(actor, Permission.START, reference, now=now)
    facts = start_facts(round_)
    challenges.advance(actor, round_.id, "start_judging", facts, now=now, expected_version=expected_version)
    lot.seal(actor, round_, now=now)
    judges = [row.person_id for row in queries.panel(round_.id) if row.active]
    notices.ask_to_declare(round_.id, judges, now=now)


def close(actor: Actor, *, reference: str, expected_version: int | None, now: datetime) -> None:
    """Close scoring: every signed card is locked, and the panel's meeting begins, where there is one."""
    round_ = opened(actor, Permission.CLOSE, reference, now=now)
    board = queries.board(round_.id, names=round_.names)
    facts = CloseScoring(waiting_cards=board.waiting_cards, obstacles=board.obstacles)
    challenges.advance(actor, round_.id, "close_scoring", facts, now=now, expected_version=expected_version)
    drop_open(actor, round_, now=now)
    lock_all(actor, round_, now=now)
    begin(actor, round_, now=now)


def _pitch(round_: Round, pitch_reference: str) -> queries.PitchProgress:
    for progress in queries.board(round_.id, names=round_.names).pitches:
        if progress.pitch.reference == pitch_reference:
            return progress
    raise NotFound


def propose_fewer(actor: Actor, *, reference: str, pitch_reference: str, now: datetime) -> None:
    """Ask a second person whether fewer cards will do for a pitch, two at least.

    Where conflicts leave it fewer judges than it needs, this can be asked before anything is signed: it is
    about the judges who are left, and void, even when agreed, once they are others. Else it is about
    the cards signed now, and another signature voids it.
    """
    round_ = opened(actor, Permission.CLOSE, reference, now=now)
    progress = _pitch(round_, pitch_reference)
    if progress.enough:
        raise RuleViolation("This pitch has enough signed scorecards.")
    if not progress.may_go_on:
        raise RuleViolation(
            "A pitch needs at least two judges. Invite one."
            if progress.two_ways
            else "A pitch needs at least two signed scorecards. Release the judge, or have another read it."
        )
    judges = {"judges": list(progress.judges)} if progress.two_ways else {}
    accounts.propose(
        actor,
        kind=ActKind.FEWER_CARDS,
        object=f"pitch:{pitch_reference}",
        object_version=progress.facts,
        payload={"cards": progress.cards, **judges},
        now=now,
    )


def confirm_fewer(actor: Actor, *, reference: str, pitch_reference: str, now: datetime) -> None:
    """Agree, as a second person, that fewer cards will do for a pitch."""
    round_ = opened(actor, Permission.FEWER_CARDS, reference, now=now)
    progress = _pitch(round_, pitch_reference)
    confirmed = accounts.confirm(
        actor,
        kind=ActKind.FEWER_CARDS,
        object=f"pitch:{pitch_reference}",
        object_version=progress.facts,
        practice=round_.practice,
        now=now,
    )
    audit.record(
        actor,
        "judging.fewer_cards",
        f"pitch:{pitch_reference}",
        now=now,
        cards=progress.cards,
        proposer=confirmed.proposer_id,
        exceptions=list(confirmed.exceptions),
    )


def take_back_fewer(actor: Actor, *, reference: str, pitch_reference: str, now: datetime) -> None:
    """Take the proposal for a pitch back."""
    round_ = opened(actor, Permission.CLOSE, reference, now=now)
    _pitch(round_, pitch_reference)
    accounts.take_back(actor, kind=ActKind.FEWER_CARDS, object=f"pitch:{pitch_reference}", now=now)
