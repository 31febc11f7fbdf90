"""One more review after scoring was closed: asking, taking that back, and what its signature brings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import insert, select, update

from pitchfest.audit import operations as audit
from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import AgendaItem, FurtherReview, Scorecard
from pitchfest.judging.operations.declarations import recuse_with_request
from pitchfest.judging.operations.rounds import check_in_the_room, hashed, opened, reason_of
from pitchfest.judging.operations.sharing import add_cards
from pitchfest.judging.rules import Card, Permission, Round
from pitchfest.judging.rules.moderation import differs
from pitchfest.judging.rules.states import CARD, CardState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.calendar import is_working_day
from pitchfest.kernel.clock import LONDON, london_day
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, Problem, RuleViolation
from pitchfest.kernel.text import join_words
from pitchfest.pitches.models import Pitch

#: A day further away than that is a slip of the pen.
LATEST = timedelta(days=60)
DUE_HOUR = time(17, 0)
#: After everything that the published triggers put on the agenda when scoring was closed.
AFTER_ALL = 1_000_000


def ask_further(
    actor: Actor,
    *,
    reference: str,
    pitch_reference: str,
    member_id: int,
    why: str,
    due: date,
    now: datetime,
) -> int:
    """Ask a judge for one more review, by 5pm on a working day; the id of the new scorecard.

    Raises RuleViolation for whom or what may not be asked for, a day that is none, or no reason.
    """
    round_ = opened(actor, Permission.FURTHER_REVIEWS, reference, now=now)
    found = queries.askable(round_.id, now)
    pitch_id = next((key for key, name in found.pitches.items() if name == pitch_reference), 0)
    if refusal := found.refusal(member_id, pitch_id):
        others = join_words([judge.name for judge in found.may_be_asked(pitch_id)])
        raise RuleViolation(
            Problem(f"{refusal.message}. You can ask {others}" if others else refusal.message, refusal.field)
        )
    check_in_the_room(round_, pitch_id)
    text = reason_of(why, field="why")
    today = london_day(now)
    if not today < due <= today + LATEST or not is_working_day(due):
        raise RuleViolation("Give a working day after today, within 60 days", field="due")
    add_cards([(member_id, pitch_id)], now=now)
    pair = (Scorecard.panel_member_id == member_id, Scorecard.pitch_id == pitch_id)
    card_id = db.session.scalars(select(Scorecard.id).where(*pair)).one()
    db.session.execute(
        insert(FurtherReview).values(
            scorecard_id=card_id,
            asked_by_id=actor.person_id,
            asked_at=now,
            why=text,
            due_at=datetime.combine(due, DUE_HOUR, LONDON),
        )
    )
    audit.record(
        actor,
        "judging.ask_further",
        f"card:{card_id}",
        now=now,
        challenge=reference,
        due=due.isoformat(),
        **hashed(text),
    )
    notices.further_asked(round_.id, found.judges[member_id].person_id, card_id, now=now)
    return card_id


def take_back_further(actor: Actor, *, reference: str, card_id: int, reason: str, now: datetime) -> None:
    """Take a request back, with a reason: the scorecard ends, and what was written on it stays in the
    record. A judge who declared an interest on it is recused from the pitch.

    Raises NotFound for any other scorecard, NotAllowed for one's own or one that the actor is kept from,
    Conflict once it was signed or taken back.
    """
    round_ = opened(actor, Permission.FURTHER_REVIEWS, reference, now=now)
    row = next((each for each in queries.further_reviews(round_.id) if each.card_id == card_id), None)
    if row is None:
        raise NotFound
    check_in_the_room(round_, row.pitch_id)
    if row.person_id == actor.person_id:
        raise NotAllowed("This review was asked of you. Someone else takes it back.")
    why = reason_of(reason)
    target = CARD.fire(CardState.ASSIGNED, "release", None).target
    ended = db.session.execute(
        update(Scorecard)
        .where(Scorecard.id == card_id, Scorecard.state == CardState.ASSIGNED)
        .values(
            state=target,
            version=Scorecard.version + 1,
            ended_at=now,
            ended_by_id=actor.person_id,
            end_reason=why,
        )
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This review was signed off, or taken back, meanwhile.")
    db.session.expire_all()
    audit.record(
        actor,
        "judging.take_back_further",
        f"card:{card_id}",
        now=now,
        challenge=reference,
        **hashed(why),
    )
    recuse_with_request(actor, round_, member_id=row.member_id, pitch_id=row.pitch_id, why=why, now=now)
    notices.further_taken(round_.id, row.person_id, card_id, now=now)


def outstanding(round_: Round, pitch_id: int | None = None) -> tuple[str, ...]:
    """The reviews that are waited for, in words; of one pitch, or of all."""
    return tuple(
        f"{row.organisation_name}: {row.judge} was asked for one more review."
        for row in queries.further_reviews(round_.id)
        if row.waits and pitch_id in (None, row.pitch_id)
    )


def check_complete(round_: Round, pitch_id: int) -> None:
    """Raise RuleViolation while a further review of the pitch is outstanding."""
    if waits := outstanding(round_, pitch_id):
        raise RuleViolation(f"{waits[0]} Wait for it, or take it back, before the panel agrees.")


def agenda_follows(actor: Actor, card: Card, *, now: datetime) -> None:
    """Put the pitch's answers that now meet a published trigger at the end of the agenda, and note it where
    somebody had put one there already; nothing goes.
    """
    there = {
        row.criterion_id: row for row in queries.agenda(card.challenge_id) if row.pitch_id == card.pitch_id
    }
    cards = queries.counted_cards(card.challenge_id, card.pitch_id).get(card.pitch_id, [])
    fresh = []
    for criterion in queries.criteria(card.challenge_id):
        given = [scores[str(criterion.id)] for scores in cards if str(criterion.id) in scores]
        why = (
            differs(criterion.for_scoring(), given)
            if criterion.kind == CriterionKind.JUDGED and given
            else ()
        )
        if criterion.id not in there:
            fresh += [(criterion.id, why)] if why else []
        elif more := [each for each in why if each not in there[criterion.id].triggers]:
            triggers = " ".join([*there[criterion.id].triggers, *more])
            item = AgendaItem.id == there[criterion.id].id
            db.session.execute(update(AgendaItem).where(item).values(triggers=triggers))
    if not fresh:
        return
    db.session.execute(
        insert(AgendaItem),
        [
            {
                "challenge_id": card.challenge_id,
                "pitch_id": card.pitch_id,
                "criterion_id": criterion_id,
                "position": AFTER_ALL,
                "triggers": " ".join(why),
                "why": "",
            }
            for criterion_id, why in fresh
        ],
    )
    about = f"challenge:{card.challenge_reference}"
    audit.record(actor, "judging.agenda_follows", about, now=now, items=len(fresh))


def lock_all(actor: Actor, round_: Round, *, now: datetime) -> None:
    """Lock every signed card. What is still open belongs to pitches that were withdrawn, and ends."""
    own = Scorecard.pitch_id.in_(select(Pitch.id).where(Pitch.challenge_id == round_.id))
    for state, values in (
        (CardState.SIGNED, {"state": CardState.LOCKED}),
        (
            CardState.ASSIGNED,
            {
                "state": CardState.RELEASED,
                "ended_at": now,
                "ended_by_id": actor.person_id,
                "end_reason": "The pitch was withdrawn.",
            },
        ),
    ):
        db.session.execute(
            update(Scorecard)
            .where(own, Scorecard.state == state)
            .values(version=Scorecard.version + 1, **values)
            .execution_options(synchronize_session=False)
        )
    db.session.expire_all()
