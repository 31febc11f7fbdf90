"""Conflicts of interest: what judges declare, and what the procurement lead decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, update

from pitchfest.audit import operations as audit
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import Declaration, PanelMember, Scorecard
from pitchfest.judging.operations.rounds import end_deputy, hashed, held, opened, reason_of
from pitchfest.judging.operations.sharing import share_out
from pitchfest.judging.operations.steps import declared_by, note_step, note_steps
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.rules import PERMISSIONS, Permission, Round
from pitchfest.judging.rules.states import CARD, MAY_READ, OPEN, CardState, DeclarationState, StepKind
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, Problem, RuleViolation, StaleForm
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import count_words, tidy
from pitchfest.pitches import queries as pitches

D = DeclarationState
#: What a judge does about a conflict that comes up once cards are locked.
TOO_LATE = (
    "Scoring is closed, so nothing was sent. Tell the procurement lead now, in person or by telephone, and"
    " take no part when the panel talks about this pitch."
)
#: A declaration about which nobody has decided.
_UNDECIDED = {"decided_by_id": None, "decided_at": None, "reason": "", "conditions": ""}


def declare(actor: Actor, *, reference: str, interests: Mapping[str, str], now: datetime) -> None:
    """Declare on every supplier that waits for it: an interest in those named, none in the rest.

    `interests` maps a supplier's key to what the interest is. Clears at once where there is
    none; an interest goes to the procurement lead. Raises RuleViolation for an interest without
    words, or none in a supplier on whose pitch the judge works or worked; Conflict when the list has
    changed since it was read.
    """
    round_ = opened(actor, Permission.DECLARE, reference, now=now)
    assert round_.member_id is not None
    waiting = queries.to_declare(round_.member_id, round_.id)
    words = {key: tidy(text) for key, text in interests.items()}
    if unknown := words.keys() - {supplier.key for supplier in waiting}:
        raise Conflict(f"You have already declared on {', '.join(sorted(unknown))}.")
    worked_on = pitches.worked_on(actor.person_id, [] if round_.practice else [p.pitch_id for p in waiting])
    lacks = ((p.key, _lack(words.get(p.key), p.pitch_id in worked_on)) for p in waiting)
    if problems := [Problem(message, f"interest-{key}") for key, message in lacks if message]:
        raise RuleViolation(*problems)
    if not waiting:
        return
    db.session.execute(
        update(PanelMember)
        .where(PanelMember.id == round_.member_id, PanelMember.accepted_at.is_(None))
        .values(accepted_at=now)
    )
    _write(actor, round_.member_id, {p.pitch_id: words.get(p.key, "") for p in waiting}, now=now)
    cleared, named = (
        sorted(p.reference for p in waiting if (p.key in words) is interested) for interested in (False, True)
    )
    _record(actor, round_, cleared, named, now=now)
    if words:
        notices.interest_declared(round_.id, now=now)
    share_out(actor, round_, now=now)


def _lack(said: str | None, works_on_it: bool) -> str:
    """What a declaration on one supplier lacks, "" where nothing; `said` is None where no interest is."""
    if said is None:
        return "You work on the pitch of this supplier, or did. Tick it, and say so" if works_on_it else ""
    return "Say in a sentence what connects you" if count_words(said) < 3 else ""


def _write(actor: Actor, member_id: int, interests: Mapping[int, str], *, now: datetime) -> None:
    """Write what a judge declares: pitch id → the interest, "" for none. A declaration that the judge
    was asked to make again is made anew.
    """
    fields: dict[int, dict[str, object]] = {
        pitch_id: {"state": D.INTEREST if interest else D.CLEARED, "interest": interest, **_UNDECIDED}
        for pitch_id, interest in interests.items()
    }
    asked = declared_by(member_id, fields)
    for pitch_id, declaration_id in asked.items():
        db.session.execute(
            update(Declaration)
            .where(Declaration.id == declaration_id)
            .values(declared_at=now, **fields[pitch_id])
        )
    fresh = [
        {"panel_member_id": member_id, "pitch_id": pitch_id, "declared_at": now, **values}
        for pitch_id, values in fields.items()
        if pitch_id not in asked
    ]
    if fresh:
        db.session.execute(insert(Declaration), fresh)
    ids = declared_by(member_id, fields)
    note_steps(
        actor,
        {
            ids[pitch_id]: (StepKind.INTEREST if interest else StepKind.NOTHING, interest)
            for pitch_id, interest in interests.items()
        },
        now=now,
    )


def _record(actor: Actor, round_: Round, cleared: list[str], interests: list[str], *, now: datetime) -> None:
    audit.record(
        actor,
        "judging.declare",
        f"challenge:{round_.reference}",
        now=now,
        cleared=cleared,
        interests=interests,
    )


def report(actor: Actor, *, card_id: int, interest: str, now: datetime) -> None:
    """Declare an interest in a pitch one was given already; it is closed to the judge from now on,
    until the procurement lead decides. Raises Conflict once scoring is closed.
    """
    held(queries.card_of(now=now, card_id=card_id).challenge_id)
    card = queries.card_of(now=now, card_id=card_id)
    authorise(PERMISSIONS, Permission.CARD_VIEW, actor, card)
    if card.further_due and card.challenge_state == ChallengeState.MODERATION:
        authorise(PERMISSIONS, Permission.CARD_SIGN, actor, card)
        round_ = queries.round_of(actor=actor, now=now, reference=card.challenge_reference)
    elif card.challenge_state != ChallengeState.JUDGING:
        raise Conflict(TOO_LATE)
    else:
        round_ = opened(actor, Permission.DECLARE, card.challenge_reference, now=now)
    text = tidy(interest)
    if count_words(text) < 3:
        raise RuleViolation("Say in a sentence what connects you", field="interest")
    db.session.execute(
        update(Declaration)
        .where(Declaration.panel_member_id == card.member_id, Declaration.pitch_id == card.pitch_id)
        .values(state=D.INTEREST, interest=text, declared_at=now, **_UNDECIDED)
    )
    mine = declared_by(card.member_id, [card.pitch_id])[card.pitch_id]
    note_step(actor, mine, StepKind.INTEREST, text, now=now)
    _record(actor, round_, [], [card.pitch_reference], now=now)
    notices.interest_declared(round_.id, now=now)


def decide(
    actor: Actor,
    *,
    reference: str,
    declaration_id: int,
    recuse: bool,
    reason: str,
    now: datetime,
    conditions: str | None = None,
    steps_seen: int | None = None,
) -> None:
    """Clear a judge for a pitch, with conditions if there are any, or recuse them from it; with a reason.

    A recusal voids the judge's card on that pitch, deletes nothing, and the totals follow. Raises
    NotAllowed for one's own declaration, RuleViolation without a reason, or for empty conditions, StaleForm
    where more happened to the declaration than the `steps_seen`: nobody decides on words they have not read.
    """
    round_ = opened(actor, Permission.DECIDE_CONFLICT, reference, now=now)
    row, judge = _declaration_in(actor, round_, declaration_id)
    so_far = sum(step.declaration_id == row.id for step in queries.steps(round_.id))
    if steps_seen is not None and steps_seen != so_far:
        raise StaleForm("The judge said something else meanwhile, or somebody decided. Look at it again.")
    if row.state not in OPEN and (row.state == D.RECUSED or not recuse):
        raise Conflict("This was decided already.")
    why = reason_of(reason, field="reason")
    keeps_to = "" if recuse or conditions is None else _conditions(conditions)
    state, step, act = _OUTCOMES[recuse, bool(keeps_to)]
    row.state, row.conditions = state, keeps_to
    row.decided_by_id, row.decided_at, row.reason = actor.person_id, now, why
    db.session.flush()
    note_step(actor, row.id, step, why, now=now, conditions=keeps_to)
    pitch = next(p.reference for p in queries.opened_pitches(round_.id) if p.id == row.pitch_id)
    audit.record(actor, act, f"pitch:{pitch}", now=now, person=judge.person_id, **hashed(why))
    if recuse:
        end_deputy(judge.id, row.pitch_id)
        _void(actor, round_, judge.id, row.pitch_id, why, now=now)
    notices.interest_decided(round_.id, judge.person_id, row.id, now=now)
    share_out(actor, round_, now=now)


def recuse_with_request(
    actor: Actor, round_: Round, *, member_id: int, pitch_id: int, why: str, now: datetime
) -> None:
    """Settle an interest that a judge declared on a further review, as the request is taken back: whoever no
    longer reads the pitch is recused from it. Nothing where no interest is open.
    """
    row = db.session.scalars(
        select(Declaration).where(Declaration.panel_member_id == member_id, Declaration.pitch_id == pitch_id)
    ).one()
    if row.state != D.INTEREST:
        return
    row.state, row.conditions = D.RECUSED, ""
    row.decided_by_id, row.decided_at, row.reason = actor.person_id, now, why
    db.session.flush()
    note_step(actor, row.id, StepKind.RECUSED, why, now=now)
    pitch = next(p.reference for p in queries.opened_pitches(round_.id) if p.id == pitch_id)
    person_id = db.session.get_one(PanelMember, member_id).person_id
    audit.record(actor, "judging.recuse", f"pitch:{pitch}", now=now, person=person_id, **hashed(why))


#: By whether the judge is recused, and whether there are conditions.
_OUTCOMES = {
    (True, False): (D.RECUSED, StepKind.RECUSED, "judging.recuse"),
    (False, False): (D.CLEARED_BY_LEAD, StepKind.CLEARED, "judging.clear"),
    (False, True): (D.CLEARED_WITH_CONDITIONS, StepKind.CONDITIONS, "judging.clear_with_conditions"),
}


def _conditions(text: str) -> str:
    conditions = tidy(text)
    if count_words(conditions) < 3:
        raise RuleViolation("Say in a sentence what the judge keeps to", field="conditions")
    return conditions


def ask_again(actor: Actor, *, reference: str, declaration_id: int, reason: str, now: datetime) -> None:
    """Ask a judge to declare on a pitch once more, with a reason that they do not read.

    Their scorecard on it, if there is one, is closed to them until they have. Raises NotAllowed for
    one's own declaration, Conflict where the judge waits, does not judge, or judges it no more.
    """
    round_ = opened(actor, Permission.DECIDE_CONFLICT, reference, now=now)
    row, judge = _declaration_in(actor, round_, declaration_id)
    in_play = {pitch.id: pitch.reference for pitch in queries.pitches_in_play(round_.id)}
    if row.state not in MAY_READ or judge.released_at is not None or row.pitch_id not in in_play:
        raise Conflict("There is nothing to ask: the judge waits already, or does not judge this pitch.")
    why = reason_of(reason)
    row.state, row.conditions = D.ASKED, ""
    db.session.flush()
    note_step(actor, row.id, StepKind.ASKED, why, now=now)
    audit.record(
        actor,
        "judging.ask_again",
        f"pitch:{in_play[row.pitch_id]}",
        now=now,
        person=judge.person_id,
        **hashed(why),
    )
    notices.ask_again(round_.id, judge.person_id, now=now)


def _declaration_in(actor: Actor, round_: Round, declaration_id: int) -> tuple[Declaration, PanelMember]:
    """A declaration of this round with its judge, who is someone else. Raises NotFound or NotAllowed."""
    row = db.session.get(Declaration, declaration_id)
    judge = db.session.get(PanelMember, row.panel_member_id) if row else None
    if row is None or judge is None or judge.challenge_id != round_.id:
        raise NotFound
    if judge.person_id == actor.person_id:
        raise NotAllowed("This is your own declaration. Someone else must decide about it.")
    return row, judge


def _void(actor: Actor, round_: Round, member_id: int, pitch_id: int, why: str, *, now: datetime) -> None:
    """End the judge's card on a pitch, if there is one, and let the totals follow."""
    card = db.session.execute(
        select(Scorecard)
        .where(Scorecard.panel_member_id == member_id, Scorecard.pitch_id == pitch_id)
        .with_for_update()
    ).scalar_one_or_none()
    if card is None or card.state not in {CardState.ASSIGNED, CardState.SIGNED}:
        return
    card.state = CARD.fire(card.state, "void", None).target
    card.version += 1
    card.ended_at, card.ended_by_id, card.end_reason = now, actor.person_id, why
    db.session.flush()
    audit.record(actor, "judging.void", f"card:{card.id}", now=now, challenge=round_.reference)
    rewrite(round_.id, pitch_id)
