"""Bringing scores that were given elsewhere: a file, a second person's word, then signed scorecards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, select, update

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import operations as audit
from pitchfest.db import Base, db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import BroughtCard, BroughtFile, Score, Scorecard, ScoreVersion
from pitchfest.judging.operations.rounds import hashed, opened, reason_of
from pitchfest.judging.operations.sharing import add_cards
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.queries import OpenFile
from pitchfest.judging.rules import Permission, Round, scoring
from pitchfest.judging.rules.cards import Mark, digest
from pitchfest.judging.rules.elsewhere import (
    BroughtState,
    Row,
    changed_since,
    choices,
    column_problems,
    file_problem,
    guess,
    read,
)
from pitchfest.judging.rules.states import CARD, CardState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, RuleViolation, StaleForm
from pitchfest.kernel.text import plural
from pitchfest.pitches.models import Pitch

_CARDS = Base.metadata.tables["scorecard"]
#: So many reasons why a confirmation fails are said, and how many more there are.
_MOST_SAID = 10


def take_file(
    actor: Actor, *, reference: str, name: str, sha256: str, rows: Sequence[Row], now: datetime
) -> None:
    """Keep a file of scores as the draft that its bringer alone reads, in place of an earlier draft of
    theirs. Nothing is scored by it. Raises RuleViolation where another file is open, or this one is empty.
    """
    round_ = opened(actor, Permission.BRING, reference, now=now)
    if problem := file_problem(rows):
        raise RuleViolation(problem, field="file")
    file = queries.open_file(round_.id)
    if file is not None and (file.proposed or file.by_id != actor.person_id):
        raise RuleViolation("Another file is open here. Throw it away first", field="file")
    db.session.execute(delete(BroughtFile).where(_open(round_)))
    db.session.execute(
        insert(BroughtFile).values(
            challenge_id=round_.id,
            state=BroughtState.DRAFT,
            name=name,
            sha256=sha256,
            by_id=actor.person_id,
            at=now,
            sheet=json.dumps(rows),
            meanings=json.dumps(guess(rows[0], queries.ground(round_))),
            marks="",
        )
    )
    _record(actor, round_, "judging.take_file", now=now, sha256=sha256)


def say_columns(
    actor: Actor, *, reference: str, meanings: Sequence[str], file_id: int | None, now: datetime
) -> None:
    """Say what the columns of one's draft are. What is wrong with them the preview says."""
    round_ = opened(actor, Permission.BRING, reference, now=now)
    file = _own_draft(actor, round_, file_id)
    known = choices(queries.ground(round_))
    if len(meanings) != len(file.meanings) or not set(meanings) <= known.keys():
        raise RuleViolation("Choose from the answers on the page")
    db.session.execute(
        update(BroughtFile).where(BroughtFile.id == file.id).values(meanings=json.dumps(list(meanings)))
    )


def propose_scores(
    actor: Actor, *, reference: str, leave_out: bool, file_id: int | None, now: datetime
) -> int:
    """Put the draft forward to a second person; how many scorecards it holds.

    All of it, or, with `leave_out`, the scorecards that are complete and right. Raises RuleViolation where
    something is wrong otherwise, ProofNeeded.
    """
    round_ = opened(actor, Permission.BRING, reference, now=now)
    file = _own_draft(actor, round_, file_id)
    ground = queries.ground(round_)
    if problems := column_problems(file.meanings, ground):
        raise RuleViolation(*problems)
    found = read(file.sheet, file.meanings, ground)
    if not found.whole:
        raise RuleViolation("No scorecard in this file is complete and right, so there is nothing to bring.")
    if not found.clean and not leave_out:
        raise RuleViolation(
            "Some rows are not right. Put them right in your file, or say that they are left out",
            field="leave_out",
        )
    marks = [[*each.pair, each.criterion_id, *each.mark] for each in found.kept]
    db.session.execute(
        update(BroughtFile)
        .where(BroughtFile.id == file.id)
        .values(state=BroughtState.PROPOSED, sheet="", meanings="", marks=json.dumps(marks))
    )
    accounts.propose(
        actor, kind=ActKind.BRING_SCORES, object=_object(reference), object_version=file.id, now=now
    )
    left_out = len(found.refused) + len(found.short)
    _record(
        actor,
        round_,
        "judging.propose_scores",
        now=now,
        sha256=file.sha256,
        cards=len(found.whole),
        left_out=left_out,
    )
    notices.scores_to_confirm(round_, file.id, but=actor.person_id, now=now)
    return len(found.whole)


def throw_file_away(actor: Actor, *, reference: str, file_id: int | None, now: datetime) -> None:
    """Give up the file that is open, one's own or another lead's; its rows go."""
    round_ = opened(actor, Permission.BRING, reference, now=now)
    file = queries.open_file(round_.id)
    if file is None:
        raise NotFound
    if file.id != file_id:
        raise StaleForm("Another file is open here now. Look at it first.")
    drop_open(actor, round_, now=now)


def drop_open(actor: Actor, round_: Round, *, now: datetime) -> None:
    """Remove a file that nobody confirmed, if there is one. The caller has authorised and holds the round."""
    file = queries.open_file(round_.id)
    if file is None:
        return
    accounts.void(actor, kind=ActKind.BRING_SCORES, object=_object(round_.reference), now=now)
    db.session.execute(delete(BroughtFile).where(BroughtFile.id == file.id))
    _record(actor, round_, "judging.throw_file_away", now=now, sha256=file.sha256)


def confirm_scores(actor: Actor, *, reference: str, expected_act: int | None, now: datetime) -> int:
    """Be the second person: the scorecards of the file are given out where they were not, filled in and
    signed, and count from now on; how many. All of them, or none.

    Raises RuleViolation where one can no longer be, Conflict where nothing waits, StaleForm where another
    proposal than `expected_act` stands there, ProofNeeded.
    """
    round_ = opened(actor, Permission.CONFIRM_BROUGHT, reference, now=now)
    # judges save without the round's row, so their cards are held before anybody looks whether they began
    db.session.execute(select(Scorecard.id).where(_of_round(round_)).order_by(Scorecard.id).with_for_update())
    file = queries.open_file(round_.id)
    act = accounts.confirm(
        actor,
        kind=ActKind.BRING_SCORES,
        object=_object(reference),
        object_version=file.id if file else 0,
        practice=round_.practice,
        expected_act=expected_act,
        now=now,
    )
    assert file is not None
    ground = queries.ground(round_)
    if problems := changed_since(file.cards, ground):
        more = len(problems) - _MOST_SAID
        rest = [f"And {plural(more, 'more scorecard')}."] if more > 0 else []
        raise RuleViolation(*problems[:_MOST_SAID], *rest)
    _give_out(actor, round_, file, act.proposer_id, now=now)
    _fill(actor, round_, file, now=now)
    db.session.execute(
        update(BroughtFile)
        .where(BroughtFile.id == file.id)
        .values(state=BroughtState.CONFIRMED, marks="", confirmed_by_id=actor.person_id, confirmed_at=now)
    )
    _record(
        actor,
        round_,
        "judging.confirm_scores",
        now=now,
        sha256=file.sha256,
        proposer=f"person:{act.proposer_id}",
        cards=len(file.cards),
        exceptions=list(act.exceptions),
    )
    members = {row.member_id: row.person_id for row in queries.panel(round_.id)}
    told = sorted({members[member_id] for member_id, _ in file.cards})
    notices.scores_brought(round_.id, told, file.id, now=now)
    return len(file.cards)


def _give_out(actor: Actor, round_: Round, file: OpenFile, proposer_id: int, *, now: datetime) -> None:
    """Scorecards for the pairs of the file that have none, as whoever brought it may give them out."""
    fresh = sorted(file.cards.keys() - {(card.member_id, card.pitch_id) for card in queries.cards(round_.id)})
    if not fresh:
        return
    add_cards(fresh, now=now)
    people = {row.member_id: row.person_id for row in queries.panel(round_.id)}
    references = {pitch.id: pitch.reference for pitch in queries.pitches_in_play(round_.id)}
    _record(
        actor,
        round_,
        "judging.share_out",
        now=now,
        cards=[[people[member_id], references[pitch_id]] for member_id, pitch_id in fresh],
        proposer=f"person:{proposer_id}",
        sha256=file.sha256,
    )


def _fill(actor: Actor, round_: Round, file: OpenFile, *, now: datetime) -> None:
    """Write the scores on the cards, sign them, and let the totals follow."""
    ids = {
        (card.member_id, card.pitch_id): card
        for card in queries.cards(round_.id)
        if (card.member_id, card.pitch_id) in file.cards
    }
    rows = [
        {
            "scorecard_id": ids[pair].card_id,
            "criterion_id": criterion_id,
            **mark._asdict(),
            "at": now,
        }
        for pair, marks in file.cards.items()
        for criterion_id, mark in marks.items()
    ]
    db.session.execute(insert(ScoreVersion), rows)
    db.session.execute(insert(Score), rows)
    judged = set(next(iter(file.cards.values())))
    criteria = [c.for_scoring() for c in queries.criteria(round_.id) if c.id in judged]
    signed = [_signed(ids[pair].card_id, marks, criteria) for pair, marks in file.cards.items()]
    db.session.execute(
        update(_CARDS)
        .where(_CARDS.c.id == bindparam("card_id"))
        .values(
            state=CARD.fire(CardState.ASSIGNED, "sign", None).target,
            version=_CARDS.c.version + 1,
            signed_at=now,
            away=True,
            own_num=bindparam("num"),
            own_den=bindparam("den"),
        ),
        signed,
    )
    db.session.expire_all()
    db.session.execute(
        insert(BroughtCard), [{"scorecard_id": each["card_id"], "file_id": file.id} for each in signed]
    )
    for pitch_id in sorted({pitch_id for _, pitch_id in file.cards}):
        rewrite(round_.id, pitch_id)
    for pair, marks in sorted(file.cards.items()):
        audit.record(
            actor,
            "judging.bring",
            f"card:{ids[pair].card_id}",
            now=now,
            challenge=round_.reference,
            scores=digest(marks),
            sha256=file.sha256,
            late=round_.judging_deadline is not None and now > round_.judging_deadline,
        )


def _signed(card_id: int, marks: Mapping[int, Mark], criteria: list[scoring.Criterion]) -> dict[str, int]:
    scores = {str(key): mark.hundredths or 0 for key, mark in marks.items() if not mark.unable}
    own = scoring.own_total(scores, criteria)
    return {"card_id": card_id, "num": own.numerator, "den": own.denominator}


def take_card_back(actor: Actor, *, reference: str, card_id: int, reason: str, now: datetime) -> None:
    """Take the scores of a card that came from a file off it again, with a reason: it is open to its judge,
    or ends with a judge who has left. What stood there stays in the record. NotFound for any other card.
    """
    round_ = opened(actor, Permission.BRING, reference, now=now)
    row = queries.brought_card(round_.id, card_id)
    why = reason_of(reason)
    db.session.execute(select(Scorecard.id).where(Scorecard.id == card_id).with_for_update())
    db.session.execute(delete(BroughtCard).where(BroughtCard.scorecard_id == card_id))
    db.session.execute(delete(Score).where(Score.scorecard_id == card_id))
    state = CARD.fire(CardState.SIGNED, "take_back", None).target
    ended = {}
    if not row.active:
        state = CARD.fire(state, "release", None).target
        ended = {"ended_at": now, "ended_by_id": actor.person_id, "end_reason": why}
    db.session.execute(
        update(Scorecard)
        .where(Scorecard.id == card_id)
        .values(
            state=state, version=Scorecard.version + 1, signed_at=None, own_num=None, own_den=None, **ended
        )
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    rewrite(round_.id, row.pitch_id)
    audit.record(
        actor,
        "judging.take_card_back",
        f"card:{card_id}",
        now=now,
        challenge=round_.reference,
        pitch=row.pitch,
        person=row.person_id,
        **hashed(why),
    )
    if row.active:
        notices.cards_given(round_.id, [row.person_id], now=now)


def _own_draft(actor: Actor, round_: Round, file_id: int | None) -> OpenFile:
    """The draft that the person saw, which is theirs. Raises NotFound or StaleForm."""
    file = queries.open_file(round_.id)
    if file is None or file.proposed or file.by_id != actor.person_id:
        raise NotFound
    if file.id != file_id:
        raise StaleForm("You brought another file meanwhile, perhaps in another window. Look at that one.")
    return file


def _open(round_: Round) -> ColumnElement[bool]:
    return and_(BroughtFile.challenge_id == round_.id, BroughtFile.state != BroughtState.CONFIRMED)


def _of_round(round_: Round) -> ColumnElement[bool]:
    return Scorecard.pitch_id.in_(select(Pitch.id).where(Pitch.challenge_id == round_.id))


def _object(reference: str) -> str:
    return f"challenge:{reference}"


def _record(actor: Actor, round_: Round, act: str, *, now: datetime, **detail: object) -> None:
    audit.record(actor, act, f"challenge:{round_.reference}", now=now, **detail)
