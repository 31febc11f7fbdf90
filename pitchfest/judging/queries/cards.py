"""One scorecard, and what its judge reads on it, as Core rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, select

from pitchfest.accounts.models import Organisation
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.queries import CriterionRow
from pitchfest.challenges.rules import CriterionKind, QuestionKind, effective_state
from pitchfest.db import db
from pitchfest.judging.models import (
    Declaration,
    FurtherReview,
    PanelMember,
    Score,
    Scorecard,
)
from pitchfest.judging.queries.names import names_kept, shown_name
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules import Card
from pitchfest.judging.rules.cards import Mark
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import count_words
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries.files_for_judges import given_files
from pitchfest.pitches.queries.hiding import hidden_words
from pitchfest.pitches.rules.reading import Reading, read
from pitchfest.pitches.rules.without_names import (
    AS_IT_IS,
    WITHHELD,
    FileGiven,
    Given,
    hide,
    plain_name,
    without_names,
)

_CARD = Scorecard.__table__.c
_MEMBER = PanelMember.__table__.c
_CHALLENGE = Challenge.__table__.c
_PITCH = Pitch.__table__.c
_SCORE = Score.__table__.c
_DECLARED = Declaration.__table__.c
_ORGANISATION = Organisation.__table__.c
_FURTHER = FurtherReview.__table__.c


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_CARD_OF = (
    select(
        _CARD.id,
        _CARD.version,
        _CARD.state,
        _CARD.signed_at,
        _MEMBER.person_id,
        _MEMBER.id.label("member_id"),
        _DECLARED.state.label("declaration"),
        _DECLARED.conditions,
        _PITCH.id.label("pitch_id"),
        _PITCH.reference,
        shown_name().label("organisation_name"),
        names_kept().label("without_names"),
        _PITCH.state.label("pitch_state"),
        _PITCH.removed_at,
        _CHALLENGE.id.label("challenge_id"),
        _CHALLENGE.reference.label("challenge_reference"),
        _CHALLENGE.title,
        _CHALLENGE.practice,
        _CHALLENGE.state.label("challenge_state"),
        _CHALLENGE.closes_at,
        _CHALLENGE.judging_deadline,
        _CHALLENGE.reason_words,
        _FURTHER.due_at.label("further_due"),
    )
    .join(PanelMember.__table__, _MEMBER.id == _CARD.panel_member_id)
    .join(Pitch.__table__, _PITCH.id == _CARD.pitch_id)
    .join(Challenge.__table__, _CHALLENGE.id == _PITCH.challenge_id)
    .join(Organisation.__table__, _ORGANISATION.id == _PITCH.organisation_id)
    .outerjoin(
        Declaration.__table__,
        and_(_DECLARED.panel_member_id == _MEMBER.id, _DECLARED.pitch_id == _PITCH.id),
    )
    .outerjoin(FurtherReview.__table__, _FURTHER.scorecard_id == _CARD.id)
    .where(_CARD.id == bindparam("card_id"))
)


def card_of(*, now: datetime, card_id: int, actor: Actor | None = None) -> Card:  # noqa: ARG001 - a loader's form
    """One scorecard's head. Raises NotFound where there is none."""
    row = db.session.execute(_CARD_OF, {"card_id": card_id}).one_or_none()
    if row is None:
        raise NotFound
    return Card(
        id=row.id,
        version=row.version,
        state=row.state,
        signed_at=row.signed_at,
        judge_id=row.person_id,
        member_id=row.member_id,
        declaration=row.declaration,
        pitch_id=row.pitch_id,
        pitch_reference=row.reference,
        organisation_name=row.organisation_name,
        without_names=row.without_names,
        challenge_id=row.challenge_id,
        challenge_reference=row.challenge_reference,
        challenge_title=row.title,
        practice=row.practice,
        challenge_state=effective_state(row.challenge_state, row.closes_at, now),
        judging_deadline=row.judging_deadline,
        reason_words=row.reason_words,
        withdrawn=row.pitch_state not in IN_PLAY,
        removed_at=row.removed_at,
        conditions=row.conditions or "",
        further_due=row.further_due,
    )


class Saved(NamedTuple):
    """A score as it stands on a card, and when it was saved."""

    mark: Mark
    at: datetime


_MARKS = (
    select(_SCORE.criterion_id, *(_SCORE[name] for name in Mark._fields), _SCORE.at)
    .where(_SCORE.scorecard_id == bindparam("card_id"))
    .order_by(_SCORE.criterion_id)
)


def marks(card_id: int) -> dict[int, Saved]:
    """The present scores and reasons of a card, by criterion id."""
    rows = db.session.execute(_MARKS, {"card_id": card_id})
    return {criterion_id: Saved(Mark(*mark), at) for criterion_id, *mark, at in rows}


def judged_criteria(challenge_id: int) -> list[CriterionRow]:
    """The criteria that judges score, in order, with their anchors."""
    return [c for c in challenges.criteria(challenge_id) if c.kind == CriterionKind.JUDGED]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as a judge reads it; `clarified` says that the supplier changed it after the opening, being
    asked.
    """

    criterion_id: int | None
    position: int
    ask: str
    max_words: int | None
    words: int
    reading: Reading
    clarified: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text of the answer, paragraph by paragraph."""
        return tuple(part.strip() for part in self.reading.text.split("\n\n") if part.strip())


def answers(pitch_id: int, *, names: bool = False) -> list[Answer]:
    """A pitch's answers that count, in the order of the form, without its price, which nobody scores. With
    `names` nothing in them is hidden.
    """
    counting = pitches.answers_that_count(pitch_id)
    hidden = {} if names else hidden_words([pitch_id])
    files = {} if names or all(row.kind != QuestionKind.FILE for row in counting) else given_files([pitch_id])
    return [
        _answer(
            row,
            None if names else hidden.get((pitch_id, row.position), ()),
            files.get((pitch_id, row.position), AS_IT_IS),
        )
        for row in counting
        if row.kind != QuestionKind.MONEY
    ]


def _answer(row: pitches.CountingAnswer, hidden: Sequence[str] | None, file: Given) -> Answer:
    """The answer, counted as it was written; None for `hidden` where names are known."""
    words = count_words(row.text) if row.max_words else 0
    shown = read(row.kind, row.options, row.text)
    if hidden is not None:
        shown = without_names(shown, hidden, file)
    return Answer(row.criterion_id, row.position, row.ask, row.max_words, words, shown, row.clarified)


def received(card: Card) -> pitches.AsReceived | None:
    """A pitch that came another way as its judge reads it, None for one that came through the form."""
    found = pitches.as_received(card.pitch_id)
    if found is None or not card.without_names:
        return found
    if found.file_id is not None:
        file = given_files([card.pitch_id]).get((card.pitch_id, None), AS_IT_IS)
        text = WITHHELD if file.given == FileGiven.WITHHELD else ""
        return replace(found, text=text, file_name=plain_name(file.name or found.file_name))
    hidden = hidden_words([card.pitch_id]).get((card.pitch_id, None), ())
    return replace(found, text=hide(found.text, hidden))
