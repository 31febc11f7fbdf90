"""A conflict that comes up once cards are locked: two people set a judge's scores on a pitch aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import operations as audit
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DecisionBasis
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import Declaration, PitchTotal, Scorecard
from pitchfest.judging.operations.adjusting import adjust_totals
from pitchfest.judging.operations.lot import reveal
from pitchfest.judging.operations.rounds import end_deputy, hashed, opened, reason_of
from pitchfest.judging.operations.steps import note_step
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.queries.setting_aside import LockedCard
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.states import CARD, DeclarationState, StepKind
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from pitchfest.kernel.text import join_words
from pitchfest.pitches.operations.findings import check_no_ties
from pitchfest.pitches.operations.roots import touch_challenge

#: Fewest scorecards that a pitch keeps: what two people may agree to go on with.
LEAST_LEFT = 2
#: What can be done where too little would be left.
WHAT_HELPS = {
    ChallengeState.MODERATION: "Ask another judge for one more review of this pitch first.",
    ChallengeState.RECOMMENDED: "The scores stand, so whoever decides has to weigh the conflict, and say so.",
}


def propose_setting_aside(
    actor: Actor, *, reference: str, pitch_reference: str, card_id: int, reason: str, now: datetime
) -> None:
    """As the procurement lead, put forward that a judge's locked scores on a pitch count no longer, since a
    conflict came up.

    Raises RuleViolation without a reason, where too little would be left, or for whoever has ties to a
    supplier, Conflict where something is proposed already, NotAllowed for one's own card, ProofNeeded,
    NotFound for a card that is not locked.
    """
    round_ = opened(actor, Permission.PROPOSE_ASIDE, reference, now=now)
    card = _card(actor, round_, pitch_reference, card_id, now)
    if act := people.open_act(ActKind.SET_ASIDE, f"pitch:{pitch_reference}"):
        said = f"{act.proposer_name} has proposed to set scores on this pitch aside. Settle that first."
        raise Conflict(said)
    accounts.propose(
        actor,
        kind=ActKind.SET_ASIDE,
        object=f"pitch:{pitch_reference}",
        object_version=card.version,
        payload={"card": card.id, "reason": reason_of(reason)},
        now=now,
    )


def take_back_setting_aside(actor: Actor, *, reference: str, pitch_reference: str, now: datetime) -> None:
    """Take one's own proposal back."""
    opened(actor, Permission.SET_ASIDE, reference, now=now)
    accounts.take_back(actor, kind=ActKind.SET_ASIDE, object=f"pitch:{pitch_reference}", now=now)


def set_aside(
    actor: Actor, *, reference: str, pitch_reference: str, expected_act: int | None = None, now: datetime
) -> None:
    """Be the second person: the judge is recused from the pitch, their card on it is void and nothing of it
    is deleted, and totals, ties and adjusted totals follow. Whoever decides has to look anew.

    Raises as `propose_setting_aside` does; Conflict where nothing waits for a second person, StaleForm when
    another proposal than `expected_act` stands there.
    """
    round_ = opened(actor, Permission.SET_ASIDE, reference, now=now)
    act = people.open_act(ActKind.SET_ASIDE, f"pitch:{pitch_reference}")
    if act is None:
        raise Conflict("Nothing waits for a second person here. It was agreed to or taken back meanwhile.")
    card = _card(actor, round_, pitch_reference, int(act.payload["card"]), now)
    confirmed = accounts.confirm(
        actor,
        kind=ActKind.SET_ASIDE,
        object=f"pitch:{pitch_reference}",
        object_version=card.version,
        practice=round_.practice,
        expected_act=expected_act,
        now=now,
    )
    why = str(confirmed.payload["reason"])
    _void(actor, card, why, now=now)
    _recuse(actor, card, why, now=now)
    audit.record(
        actor,
        "judging.set_aside",
        f"pitch:{pitch_reference}",
        now=now,
        card=card.id,
        person=card.judge_id,
        proposer=confirmed.proposer_id,
        exceptions=list(confirmed.exceptions),
        **hashed(why),
    )
    _settle(actor, round_, card.pitch_id, now=now)
    notices.set_aside(round_.id, card.judge_id, card.declaration_id, now=now)


def _card(actor: Actor, round_: Round, pitch_reference: str, card_id: int, now: datetime) -> LockedCard:
    """A locked card of somebody else, whose pitch keeps enough without it."""
    check_no_ties(actor, now)
    cards = queries.locked_cards(round_.id, pitch_reference)
    found = next((card for card in cards if card.id == card_id), None)
    if found is None:
        raise NotFound
    if found.judge_id == actor.person_id:
        raise NotAllowed("These are your own scores. Two other people decide about them.")
    if obstacle := _obstacle(round_, found, left=len(cards) - 1):
        raise RuleViolation(obstacle, field="card")
    return found


def _obstacle(round_: Round, card: LockedCard, *, left: int) -> str:
    """What stands in the way of going on without a card, "" where nothing does."""
    if left < LEAST_LEFT:
        return f"Fewer than two scorecards would be left. {WHAT_HELPS[round_.state]}"
    if alone := queries.only_scored_by(card):
        return f"No other judge scored {_named(alone)}. {WHAT_HELPS[round_.state]}"
    if round_.state == ChallengeState.MODERATION and (rests := queries.agreed_beyond(round_.id, card)):
        return (
            f"The panel agreed a score on {_named(rests)} that no other judge gave. In the meeting, agree"
            " another score first."
        )
    return ""


def _named(criteria: list[str]) -> str:
    return join_words([f"“{name}”" for name in criteria])


def _void(actor: Actor, card: LockedCard, why: str, *, now: datetime) -> None:
    db.session.execute(
        update(Scorecard)
        .where(Scorecard.id == card.id)
        .values(
            state=CARD.fire(card.state, "set_aside", None).target,
            version=Scorecard.version + 1,
            ended_at=now,
            ended_by_id=actor.person_id,
            end_reason=why,
        )
        .execution_options(synchronize_session=False)
    )


def _recuse(actor: Actor, card: LockedCard, why: str, *, now: datetime) -> None:
    row = db.session.get_one(Declaration, card.declaration_id)
    row.state, row.conditions = DeclarationState.RECUSED, ""
    row.decided_by_id, row.decided_at, row.reason = actor.person_id, now, why
    end_deputy(row.panel_member_id, row.pitch_id)
    db.session.flush()
    note_step(actor, row.id, StepKind.RECUSED, why, now=now)


def _settle(actor: Actor, round_: Round, pitch_id: int, *, now: datetime) -> None:
    """Let everything that is worked out from the cards follow."""
    touch_challenge(round_.id)
    db.session.expire_all()
    rewrite(round_.id, pitch_id)
    basis = db.session.scalar(select(Challenge.decision_basis).where(Challenge.id == round_.id))
    if basis == DecisionBasis.CALIBRATED:
        adjust_totals(actor, round_, now=now)
    if round_.state == ChallengeState.RECOMMENDED:
        db.session.execute(
            update(PitchTotal).where(PitchTotal.challenge_id == round_.id).values(tie_order=None)
        )
        reveal(round_.id, now=now)
