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
from pitchfest.judging.operations.rounds import hashed, opened, reason_of
from pitchfest.judging.operations.steps import note_step
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.queries.setting_aside import LockedCard
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.states import CARD, DeclarationState, StepKind
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation

#: Fewest scorecards that a pitch keeps: what two people may agree to go on with.
LEAST_LEFT = 2


def propose_setting_aside(
    actor: Actor, *, reference: str, pitch_reference: str, card_id: int, reason: str, now: datetime
) -> None:
    """Put forward that a judge's locked scores on a pitch count no longer, since a conflict came up.

    Raises RuleViolation without a reason or where fewer than two scorecards would be left, NotAllowed for
    one's own card, ProofNeeded, NotFound for a card that is not locked.
    """
    round_ = opened(actor, Permission.SET_ASIDE, reference, now=now)
    card = _card(actor, round_, pitch_reference, card_id)
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
    is deleted, and totals, ties and adjusted totals follow.

    Raises as `propose_setting_aside` does; RuleViolation where neither of the two is the procurement lead,
    StaleForm when another proposal than `expected_act` stands there.
    """
    round_ = opened(actor, Permission.SET_ASIDE, reference, now=now)
    act = people.open_act(ActKind.SET_ASIDE, f"pitch:{pitch_reference}")
    if act is None:
        raise NotFound
    card = _card(actor, round_, pitch_reference, int(act.payload["card"]))
    confirmed = accounts.confirm(
        actor,
        kind=ActKind.SET_ASIDE,
        object=f"pitch:{pitch_reference}",
        object_version=card.version,
        practice=round_.practice,
        expected_act=expected_act,
        now=now,
    )
    leads = {person.id for person in people.staff(Role.LEAD, now=now)}
    if not leads & {confirmed.proposer_id, actor.person_id}:
        raise RuleViolation("One of the two people must be the procurement lead.")
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
    notices.interest_decided(round_.id, card.judge_id, card.declaration_id, now=now)


def _card(actor: Actor, round_: Round, pitch_reference: str, card_id: int) -> LockedCard:
    """A locked card of somebody else, whose pitch keeps enough without it."""
    cards = queries.locked_cards(round_.id, pitch_reference)
    found = next((card for card in cards if card.id == card_id), None)
    if found is None:
        raise NotFound
    if found.judge_id == actor.person_id:
        raise NotAllowed("These are your own scores. Two other people decide about them.")
    if len(cards) - 1 < LEAST_LEFT:
        raise RuleViolation(
            "Fewer than two scorecards would be left. Ask another judge for one more review of this pitch"
            " first.",
            field="card",
        )
    return found


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
    db.session.flush()
    note_step(actor, row.id, StepKind.RECUSED, why, now=now)


def _settle(actor: Actor, round_: Round, pitch_id: int, *, now: datetime) -> None:
    """Let everything that is worked out from the cards follow."""
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
