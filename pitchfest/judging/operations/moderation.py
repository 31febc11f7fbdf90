"""The meeting after scoring: what is talked about, the scores it agrees, its minutes, and its end.

Judges' own scores never change; an agreed score stands beside them and counts in their place.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select, update

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import operations as audit
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import CloseModeration, CriterionKind, DecisionBasis
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import AgendaItem, AgreedScore, Moderation
from pitchfest.judging.operations.adjusting import adjust_totals
from pitchfest.judging.operations.further import AFTER_ALL, check_complete, lock_all, outstanding
from pitchfest.judging.operations.lot import reveal
from pitchfest.judging.operations.rounds import check_in_the_room, hashed, opened
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.cards import Mark, digest
from pitchfest.judging.rules.moderation import Answer, Trigger, Words, agenda, is_outside, problems
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, Problem, RuleViolation, StaleForm
from pitchfest.kernel.text import canonical_json, count_words, tidy

#: Bounds against floods, far above what a meeting writes.
LONGEST_TEXT = 20_000
LONGEST_MINUTES = 100_000


def begin(actor: Actor, round_: Round, *, now: datetime) -> None:
    """Put the agenda together, once scoring is closed. Where no meeting is held, as published, adjust the
    totals where that is the basis, and end moderation at once. The caller holds the challenge's row.
    """
    basis = db.session.scalar(select(Challenge.decision_basis).where(Challenge.id == round_.id))
    if basis == DecisionBasis.CALIBRATED:
        adjust_totals(actor, round_, now=now)
    if basis != DecisionBasis.MODERATED:
        challenges.advance(actor, round_.id, "close_moderation", CloseModeration(), now=now)
        reveal(round_.id, now=now)
        return
    lot = secrets.token_hex(32)
    db.session.add(Moderation(challenge_id=round_.id, opened_at=now, lot=lot, present="[]", minutes=""))
    found = queries.results(round_.id)
    ranked = {row.pitch_id: row for row in found.ranked if row.exact_total is not None}
    judged = [c for c in found.criteria if c.kind == CriterionKind.JUDGED]
    keys = [str(c.id) for c in judged]
    names = {row.reference: row.pitch_id for row in ranked.values()}
    items = agenda(
        {
            Answer(ranked[pitch_id].reference, key): [card[key] for card in cards if key in card]
            for pitch_id, cards in queries.counted_cards(round_.id).items()
            if pitch_id in ranked
            for key in keys
        },
        {str(c.id): c.for_scoring() for c in judged},
        {row.reference: row.exact_total for row in ranked.values() if row.exact_total is not None},
        round_.minimum_total,
        lot,
    )
    if items:
        db.session.execute(
            insert(AgendaItem),
            [
                {
                    "challenge_id": round_.id,
                    "pitch_id": names[item.answer.pitch],
                    "criterion_id": int(item.answer.criterion),
                    "position": position,
                    "triggers": " ".join(item.triggers),
                    "why": "",
                }
                for position, item in enumerate(items, start=1)
            ],
        )
    audit.record(
        actor, "judging.moderate", f"challenge:{round_.reference}", now=now, items=len(items), lot=lot
    )


def add_item(
    actor: Actor, *, reference: str, pitch_reference: str, criterion_id: int, why: str, now: datetime
) -> None:
    """Put one more answer on the agenda, with the reason. Raises RuleViolation where it is there already."""
    round_ = opened(actor, Permission.MODERATE, reference, now=now)
    _meeting(round_)
    pitch = next((p for p in queries.pitches_in_play(round_.id) if p.reference == pitch_reference), None)
    judged = {c.id for c in queries.criteria(round_.id) if c.kind == CriterionKind.JUDGED}
    if pitch is None or criterion_id not in judged or not queries.scorers(pitch.id):
        raise RuleViolation("Choose a pitch that was scored, and a criterion", field="answer")
    rows = queries.agenda(round_.id)
    if any((row.pitch_id, row.criterion_id) == (pitch.id, criterion_id) for row in rows):
        raise RuleViolation("This answer is on the agenda already", field="answer")
    text = _text(why, "why")
    if count_words(text) < 3:
        raise RuleViolation("Say in a sentence why this answer needs talking about", field="why")
    db.session.add(
        AgendaItem(
            challenge_id=round_.id,
            pitch_id=pitch.id,
            criterion_id=criterion_id,
            position=AFTER_ALL,
            triggers=Trigger.ADDED,
            why=text,
            added_by_id=actor.person_id,
        )
    )
    audit.record(
        actor,
        "judging.add_to_agenda",
        f"pitch:{pitch.reference}",
        now=now,
        criterion=criterion_id,
        **hashed(text),
    )


def note(
    actor: Actor,
    *,
    reference: str,
    present: Collection[int],
    minutes: str,
    expected_version: int | None,
    now: datetime,
) -> None:
    """Keep who came, by member id, and the minutes. Raises StaleForm when someone else saved meanwhile."""
    round_ = opened(actor, Permission.MODERATE, reference, now=now)
    held = _meeting(round_)
    if expected_version is not None and expected_version != held.version:
        raise StaleForm("Someone else saved the minutes meanwhile. Theirs are kept; yours are below.")
    text = _text(minutes, "minutes", LONGEST_MINUTES)
    came = _of_panel(round_, present)
    db.session.execute(
        update(Moderation)
        .where(Moderation.challenge_id == round_.id)
        .values(version=Moderation.version + 1, present=canonical_json(came), minutes=text)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    names = queries.panel_names(round_.id)
    audit.record(
        actor,
        "judging.note_moderation",
        f"challenge:{round_.reference}",
        now=now,
        present=len(came),
        of=len(names),
        **hashed(text),
    )


def agree(
    actor: Actor,
    *,
    reference: str,
    item_id: int,
    hundredths: int | None,
    words: Words,
    present: Collection[int],
    after: int | None,
    now: datetime,
) -> bool:
    """Record what the panel agreed on an item: a score, or (None) that the mean stands. Whether it
    counts now.

    `present` are the members who took part, `after` the id of the agreement that the form was made from
    (None: there was none). A score outside what judges gave waits for a second person. Raises
    RuleViolation with all that is wrong, StaleForm when another agreement came meanwhile, NotAllowed for a
    pitch for which the actor is not cleared.
    """
    round_ = opened(actor, Permission.MODERATE, reference, now=now)
    _meeting(round_)
    item = _item(round_, item_id)
    check_in_the_room(round_, item.pitch_id)
    check_complete(round_, item.pitch_id)
    if (item.agreement.id if item.agreement else None) != after:
        raise StaleForm("Something else was agreed on this answer meanwhile. Look at it first.")
    criterion = next(c for c in queries.criteria(round_.id) if c.id == item.criterion_id).for_scoring()
    declared = queries.declaration_states(round_.id)
    out = queries.sent_out(queries.panel_names(round_.id), item.pitch_id, declared)
    came = [member for member in _of_panel(round_, present) if member not in out]
    scored = queries.scorers(item.pitch_id)
    said = Words(*(_text(text, field) for field, text in words._asdict().items()))
    here = len(scored & set(came))
    if wrong := problems(criterion, hundredths, said.reason, present=here, scored=len(scored)):
        raise RuleViolation(*(Problem(message, field) for field, message in wrong.items()))
    if item.agreement and item.agreement.waits:  # overtaken by this one
        accounts.void(actor, kind=ActKind.AGREE_OUTSIDE, object=f"agreed:{item.agreement.id}", now=now)
    outside = is_outside(hundredths, item.scores)
    row = AgreedScore(
        item_id=item_id,
        pitch_id=item.pitch_id,
        hundredths=hundredths,
        outside=outside,
        present=canonical_json(came),
        sent_out=canonical_json(sorted(out)),
        by_id=actor.person_id,
        at=now,
        **said._asdict(),
    )
    db.session.add(row)
    db.session.flush()
    _record(actor, item, row, now=now)
    rewrite(round_.id, item.pitch_id)
    return not outside


def _record(actor: Actor, item: queries.AgendaRow, agreed: AgreedScore, *, now: datetime) -> None:
    """Log an agreement, and ask for a second person where it needs one."""
    audit.record(
        actor,
        "judging.agree",
        f"pitch:{item.pitch_reference}",
        now=now,
        criterion=item.criterion_id,
        # administrators read the log, and no score: as of a signed card, a digest stands there
        score=digest({item.criterion_id: Mark(agreed.hundredths, agreed.reason)}),
        outside=agreed.outside,
        agreed=agreed.id,
        **hashed(agreed.reason),
    )
    if agreed.outside:
        accounts.propose(
            actor,
            kind=ActKind.AGREE_OUTSIDE,
            object=f"agreed:{agreed.id}",
            object_version=agreed.id,
            payload={"hundredths": agreed.hundredths},
            now=now,
        )


def confirm(actor: Actor, *, reference: str, item_id: int, agreed_id: int, now: datetime) -> None:
    """Agree, as a second person, to a score that no judge gave; it counts from now on. Raises NotAllowed for
    a pitch for which the actor is not cleared.
    """
    round_ = opened(actor, Permission.AGREE_SECOND, reference, now=now)
    item = _item(round_, item_id)
    check_in_the_room(round_, item.pitch_id)
    if item.agreement is None or item.agreement.id != agreed_id or not item.agreement.waits:
        raise Conflict("Something else was agreed on this answer meanwhile. Look at it first.")
    confirmed = accounts.confirm(
        actor,
        kind=ActKind.AGREE_OUTSIDE,
        object=f"agreed:{agreed_id}",
        object_version=agreed_id,
        practice=round_.practice,
        now=now,
    )
    audit.record(
        actor,
        "judging.agree_second",
        f"pitch:{item.pitch_reference}",
        now=now,
        criterion=item.criterion_id,
        agreed=agreed_id,
        proposer=confirmed.proposer_id,
        exceptions=list(confirmed.exceptions),
    )
    rewrite(round_.id, item.pitch_id)


def close_moderation(actor: Actor, *, reference: str, expected_version: int | None, now: datetime) -> None:
    """End the meeting: the scores stand, and the results go to whoever decides. Raises RuleViolation with
    what is not settled.
    """
    round_ = opened(actor, Permission.MODERATE, reference, now=now)
    unsettled = tuple(row.unsettled for row in queries.agenda(round_.id) if not row.settled)
    facts = CloseModeration(outstanding(round_) + unsettled)
    challenges.advance(
        actor,
        round_.id,
        "close_moderation",
        facts,
        now=now,
        expected_version=expected_version,
        chairs=round_.is_chair,
    )
    reveal(round_.id, now=now)
    lock_all(actor, round_, now=now)
    db.session.execute(
        update(Moderation)
        .where(Moderation.challenge_id == round_.id)
        .values(closed_at=now, closed_by_id=actor.person_id, version=Moderation.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def _meeting(round_: Round) -> queries.Meeting:
    found = queries.meeting(round_.id)
    if found is None:
        raise NotFound
    return found


def _item(round_: Round, item_id: int) -> queries.AgendaRow:
    found = next((row for row in queries.agenda(round_.id) if row.id == item_id), None)
    if found is None:
        raise NotFound
    return found


def _of_panel(round_: Round, present: Collection[int]) -> list[int]:
    """Those of these ids who are on the panel, in its order."""
    return [member_id for member_id in queries.panel_names(round_.id) if member_id in set(present)]


def _text(text: str, field: str, longest: int = LONGEST_TEXT) -> str:
    tidied = tidy(text)
    if len(tidied) > longest:
        raise RuleViolation("This is too long to keep. Shorten it", field=field)
    return tidied
