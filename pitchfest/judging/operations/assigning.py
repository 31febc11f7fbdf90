"""Planning who reads what, as a draft that reaches nobody, and giving the scorecards of the plan out."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import delete, insert, update

from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import AssignmentPlan, PlannedPair, Scorecard
from pitchfest.judging.operations.rounds import check_in_the_room, hashed, opened, reason_of
from pitchfest.judging.operations.sharing import add_cards
from pitchfest.judging.queries import Plan, Planning
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.planning import Effect, Ground, Ids, Moves, PairKind, reads
from pitchfest.judging.rules.states import CardState
from pitchfest.judging.rules.states import DeclarationState as S
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm

K = PairKind
_SWAPPED = "Exchanged by hand for another pitch."


def make_plan(
    actor: Actor, *, reference: str, expected_version: int | None, now: datetime, afresh: bool = False
) -> int:
    """Plan who reads what, or plan again with as few changes as possible; nothing reaches a judge.

    `afresh` looks for the best match in place of few changes, after skills or limits were changed.
    What a person chose by hand stays, unless it can no longer be: how many such choices were dropped.
    Raises StaleForm where the plan is not the one that was seen.
    """
    round_ = opened(actor, Permission.SHARE_OUT, reference, now=now)
    _check_nothing_undecided(round_)
    found = _seen(round_, expected_version, now)
    ground = _ground(found)
    by_hand = {} if found.plan is None else _by_hand(found.plan)
    kept = {pair: kind for pair, kind in by_hand.items() if _can_be(ground, pair, kind)}
    _write(actor, round_, found, kept, afresh=afresh, now=now)
    _record(actor, round_, "judging.plan", now=now, dropped=len(by_hand) - len(kept), afresh=afresh)
    return len(by_hand) - len(kept)


def pin(
    actor: Actor,
    *,
    reference: str,
    pitch_reference: str,
    member_id: int,
    expected_version: int | None,
    now: datetime,
) -> Moves:
    """Have a judge read a pitch, whatever else the plan says; what else moved.

    Raises RuleViolation for who may not.
    """
    round_, found, pair = _one_pair(
        actor, reference, pitch_reference, member_id, expected_version=expected_version, now=now
    )
    _check_may(_ground(found), pair)
    moved = _change(actor, round_, found, {pair: K.PINNED}, now=now)
    _record(actor, round_, "judging.plan_pin", now=now, pairs=_said(found, {pair}))
    return moved


def exclude(
    actor: Actor,
    *,
    reference: str,
    pitch_reference: str,
    member_id: int,
    reason: str,
    expected_version: int | None,
    now: datetime,
) -> Moves:
    """Have a judge not read a pitch, with a reason; what else moved.

    Raises RuleViolation where the judge has begun.
    """
    round_, found, pair = _one_pair(
        actor, reference, pitch_reference, member_id, expected_version=expected_version, now=now
    )
    why = reason_of(reason)
    _check_not_begun(_ground(found), pair)
    moved = _change(actor, round_, found, {pair: K.EXCLUDED}, {pair: why}, now=now)
    _record(actor, round_, "judging.plan_exclude", now=now, pairs=_said(found, {pair}), **hashed(why))
    return moved


def swap(
    actor: Actor,
    *,
    reference: str,
    pitch_reference: str,
    member_id: int,
    other_pitch: str,
    other_member: int,
    expected_version: int | None,
    now: datetime,
) -> Moves:
    """Have two judges exchange a pitch each; both new pairs are pinned; what else moved. Raises
    RuleViolation where one of them may not read what they would get, has it already, or does not read or
    has begun what they would give.
    """
    round_, found, mine = _one_pair(
        actor, reference, pitch_reference, member_id, expected_version=expected_version, now=now
    )
    theirs = (other_member, _pitch_id(found, other_pitch))
    check_in_the_room(round_, theirs[1])
    ground, plan = _ground(found), found.plan
    assert plan is not None
    given, taken = {mine, theirs}, {(mine[0], theirs[1]), (theirs[0], mine[1])}
    _check_exchange(found, mine, theirs)
    if taken & plan.excluded:
        raise RuleViolation("One of these pairs is kept apart by hand", field="other")
    for pair in sorted(taken):
        _check_may(ground, pair, field="other")
    has_card = given & ground.cards.keys()
    moved = _change(
        actor,
        round_,
        found,
        dict.fromkeys(taken, K.PINNED) | dict.fromkeys(has_card, K.EXCLUDED),
        dict.fromkeys(has_card, _SWAPPED),
        gone=frozenset(given),
        now=now,
    )
    _record(actor, round_, "judging.plan_swap", now=now, pairs=_said(found, taken))
    return moved


def let_go(
    actor: Actor,
    *,
    reference: str,
    pitch_reference: str,
    member_id: int,
    expected_version: int | None,
    now: datetime,
) -> Moves:
    """Neither pin nor exclude a pair any more: the plan decides; what else moved."""
    round_, found, pair = _one_pair(
        actor, reference, pitch_reference, member_id, expected_version=expected_version, now=now
    )
    moved = _change(actor, round_, found, {}, gone=frozenset({pair}), now=now)
    _record(actor, round_, "judging.plan_let_go", now=now, pairs=_said(found, {pair}))
    return moved


def throw_away(actor: Actor, *, reference: str, expected_version: int | None, now: datetime) -> None:
    """Give the plan up. Scorecards stay as they are, and no more go out before there is another plan."""
    round_ = opened(actor, Permission.SHARE_OUT, reference, now=now)
    if _seen(round_, expected_version, now).plan is None:
        raise NotFound
    db.session.execute(delete(PlannedPair).where(PlannedPair.challenge_id == round_.id))
    db.session.execute(delete(AssignmentPlan).where(AssignmentPlan.challenge_id == round_.id))
    _record(actor, round_, "judging.plan_throw_away", now=now)


def give_out(actor: Actor, *, reference: str, expected_version: int | None, now: datetime) -> Effect:
    """Give the plan's scorecards out and take back those that it no longer has, in one act; what changed.

    Raises RuleViolation where a planned pair can no longer be, such as after a conflict, or a judge has
    begun what would be taken back: then nothing changes. Judges are told.
    """
    round_ = opened(actor, Permission.SHARE_OUT, reference, now=now)
    _check_nothing_undecided(round_)
    found = _seen(round_, expected_version, now)
    if found.plan is None:
        raise NotFound
    _ground(found)
    change = found.effect
    assert change is not None
    if not change.fits:
        raise RuleViolation("Something has changed since this was planned. Plan again, then give it out.")
    if change.give:
        add_cards(sorted(change.give), now=now)
    _take_back(actor, found.plan, change, now=now)
    db.session.execute(
        update(AssignmentPlan)
        .where(AssignmentPlan.challenge_id == round_.id)
        .values(released_version=AssignmentPlan.version, released_by_id=actor.person_id, released_at=now)
    )
    _record(
        actor,
        round_,
        "judging.plan_give_out",
        now=now,
        given=_said(found, change.give),
        taken=_said(found, change.take),
    )
    people = {judge.member_id: judge.person_id for judge in found.judges}
    notices.cards_given(round_.id, sorted({people[member_id] for member_id, _ in change.give}), now=now)
    notices.cards_taken(round_.id, sorted({people[member_id] for member_id, _ in change.take}), now=now)
    return change


def _take_back(actor: Actor, plan: Plan, change: Effect, *, now: datetime) -> None:
    for pair in sorted(change.take):
        member_id, pitch_id = pair
        ended = db.session.execute(
            update(Scorecard)
            .where(
                Scorecard.panel_member_id == member_id,
                Scorecard.pitch_id == pitch_id,
                Scorecard.state == CardState.ASSIGNED,
            )
            .values(
                state=CardState.RELEASED,
                version=Scorecard.version + 1,
                ended_at=now,
                ended_by_id=actor.person_id,
                end_reason=plan.reasons[pair],
            )
            .execution_options(synchronize_session=False)
        )
        assert ended.rowcount == 1  # type: ignore[attr-defined]
    db.session.expire_all()


def _seen(round_: Round, expected_version: int | None, now: datetime) -> Planning:
    """The plan, which is still the one that the person saw; 0 stands for none. Raises StaleForm."""
    found = queries.planning(round_, now)
    if (found.plan.version if found.plan else 0) != (expected_version or 0):
        raise StaleForm("The plan was changed meanwhile, perhaps in another window. Look at it again.")
    return found


def _ground(found: Planning) -> Ground:
    if found.ground is None:
        raise RuleViolation("Every judge reads every pitch, so there is nothing to plan.")
    return found.ground


def _check_nothing_undecided(round_: Round) -> None:
    """Raise NotAllowed where whoever plans judges here too and declared an interest that nobody has decided
    on: who scores that pitch is not theirs to say.
    """
    states = queries.declaration_states(round_.id)
    if any(who == round_.member_id and state is S.INTEREST for (who, _), state in states.items()):
        raise NotAllowed(
            "You declared an interest here, and nobody has decided on it. Until then someone else plans."
        )


def _one_pair(
    actor: Actor,
    reference: str,
    pitch_reference: str,
    member_id: int,
    *,
    expected_version: int | None,
    now: datetime,
) -> tuple[Round, Planning, Ids]:
    """What a change by hand begins with. Raises NotFound where there is no plan, pitch or such a judge,
    NotAllowed where whoever plans judges here too and is not cleared for the pitch.
    """
    round_ = opened(actor, Permission.SHARE_OUT, reference, now=now)
    found = _seen(round_, expected_version, now)
    if found.plan is None or member_id not in {judge.member_id for judge in found.judges}:
        raise NotFound
    pitch_id = _pitch_id(found, pitch_reference)
    check_in_the_room(round_, pitch_id)
    return round_, found, (member_id, pitch_id)


def _pitch_id(found: Planning, reference: str) -> int:
    pitch = next((pitch for pitch in found.pitches if pitch.reference == reference), None)
    if pitch is None:
        raise NotFound
    return pitch.id


def _by_hand(plan: Plan) -> dict[Ids, PairKind]:
    return {pair: kind for pair, kind in plan.kinds.items() if kind != K.PROPOSED}


def _can_be(ground: Ground, pair: Ids, kind: PairKind) -> bool:
    if kind == K.PINNED:
        return pair in ground.may or pair in ground.cards
    return not ground.cards.get(pair, False)


def _check_may(ground: Ground, pair: Ids, *, field: str = "judge") -> None:
    if pair not in ground.may and pair not in ground.cards:
        raise RuleViolation("This judge is not cleared for this pitch, or has left it", field=field)


def _check_not_begun(ground: Ground, pair: Ids) -> None:
    if ground.cards.get(pair):
        raise RuleViolation("This judge has begun to score this pitch, so the scorecard stays", field="judge")


def _check_exchange(found: Planning, mine: Ids, theirs: Ids) -> None:
    """That each can give what they have, and get what the other has; what is wrong is said by name."""
    judges = {judge.member_id: judge.name for judge in found.judges}
    pitches = {pitch.id: pitch.organisation_name for pitch in found.pitches}
    begun = _ground(found).cards
    if mine[0] == theirs[0] or theirs[0] not in judges:
        raise RuleViolation("Choose another judge to exchange with", field="other")
    for (member, pitch), (_, wanted), field in ((mine, theirs, "judge"), (theirs, mine, "other")):
        name, its = judges[member], pitches[pitch]
        if (member, pitch) not in found.reads:
            raise RuleViolation(f"{name} does not read {its}", field=field)
        if begun.get((member, pitch)):
            raise RuleViolation(f"{name} has begun to score {its}, so the scorecard stays", field=field)
        if (member, wanted) in found.reads:
            raise RuleViolation(f"{name} already reads {pitches[wanted]}", field="other")


def _change(
    actor: Actor,
    round_: Round,
    found: Planning,
    kinds: dict[Ids, PairKind],
    reasons: dict[Ids, str] | None = None,
    *,
    gone: frozenset[Ids] = frozenset(),
    now: datetime,
) -> Moves:
    """Change what was chosen by hand, and let the rest of the plan follow with as few changes as possible;
    what else moved.
    """
    assert found.plan is not None
    by_hand = {pair: kind for pair, kind in _by_hand(found.plan).items() if pair not in gone} | kinds
    before, named = found.reads, kinds.keys() | gone
    after = _write(actor, round_, found, by_hand, reasons or {}, now=now)
    return Moves(given=after - before - named, lost=before - after - named)


def _write(
    actor: Actor,
    round_: Round,
    found: Planning,
    by_hand: dict[Ids, PairKind],
    reasons: dict[Ids, str] | None = None,
    *,
    afresh: bool = False,
    now: datetime,
) -> frozenset[Ids]:
    """Have the engine complete what was chosen by hand, and keep the plan as its next version; who reads
    what by it.
    """
    # Here only: numpy takes longer to import than the rest of the site.
    from pitchfest.judging.rules.proposing import propose  # noqa: PLC0415

    plan, ground = found.plan, _ground(found)
    pinned, excluded = (
        {pair for pair, kind in by_hand.items() if kind == wanted} for wanted in (K.PINNED, K.EXCLUDED)
    )
    previous = plan.planned if plan and not afresh else frozenset()
    proposal = propose(ground, pinned=pinned, excluded=excluded, previous=previous, seed=round_.id)
    values = {
        "made_by_id": actor.person_id,
        "made_at": now,
        "pieces": proposal.pieces,
        "lacking": json.dumps(proposal.lacking),
    }
    if plan is None:
        db.session.execute(insert(AssignmentPlan).values(challenge_id=round_.id, version=1, **values))
    else:
        row = AssignmentPlan.challenge_id == round_.id
        db.session.execute(update(AssignmentPlan).where(row).values(version=plan.version + 1, **values))
    kinds = dict.fromkeys(proposal.pairs, K.PROPOSED) | by_hand
    words = (plan.reasons if plan else {}) | (reasons or {})
    db.session.execute(delete(PlannedPair).where(PlannedPair.challenge_id == round_.id))
    if kinds:
        db.session.execute(
            insert(PlannedPair),
            [
                {
                    "challenge_id": round_.id,
                    "panel_member_id": pair[0],
                    "pitch_id": pair[1],
                    "kind": kind,
                    "reason": words.get(pair, "") if kind == K.EXCLUDED else "",
                }
                for pair, kind in sorted(kinds.items())
            ],
        )
    return reads(ground, {pair for pair, kind in kinds.items() if kind != K.EXCLUDED}, excluded)


def _said(found: Planning, pairs: set[Ids] | frozenset[Ids]) -> list[list[int | str]]:
    """Pairs as the log names them: a person's id and a pitch's reference."""
    people = {judge.member_id: judge.person_id for judge in found.judges}
    references = {pitch.id: pitch.reference for pitch in found.pitches}
    return [[people[member_id], references[pitch_id]] for member_id, pitch_id in sorted(pairs)]


def _record(actor: Actor, round_: Round, act: str, *, now: datetime, **detail: object) -> None:
    audit.record(actor, act, f"challenge:{round_.reference}", now=now, **detail)
