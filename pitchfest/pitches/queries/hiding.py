"""Words of opened pitches that judges do not read, and who pitches, so that someone can look for more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pitchfest.accounts.models import Organisation, Person
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import db
from pitchfest.pitches.models import HiddenWords, Pitch, PitchMember
from pitchfest.pitches.queries.another_way import as_received, texts_as_received
from pitchfest.pitches.queries.clearing import answers_of, answers_that_count
from pitchfest.pitches.queries.files_for_judges import not_looked_at
from pitchfest.pitches.queries.revealed import opened, opened_by_id
from pitchfest.pitches.rules.reading import in_words
from pitchfest.pitches.rules.states import PitchState
from pitchfest.pitches.rules.without_names import hide, short_names, told_by

#: What a pitch that came another way is called as a place.
AS_RECEIVED = "The pitch as received"

#: Kinds of answers that judges do not read, or in which nothing is changed.
_LEFT_ALONE = frozenset({QuestionKind.MONEY, QuestionKind.FILE})

_HIDDEN = HiddenWords.__table__.c
_QUESTION = Question.__table__.c


def hidden_words(pitch_ids: Collection[int]) -> dict[tuple[int, int | None], tuple[str, ...]]:
    """(pitch id, position of the question) → the words that judges do not read there; None in place of a
    position: in a pitch that came another way. One statement.
    """
    found: dict[tuple[int, int | None], tuple[str, ...]] = {}
    for row in db.session.execute(
        select(_HIDDEN.pitch_id, _QUESTION.position, _HIDDEN.words)
        .outerjoin(Question, _QUESTION.id == _HIDDEN.question_id)
        .where(_HIDDEN.pitch_id.in_(sorted(pitch_ids)), _HIDDEN.undone_at.is_(None))
        .order_by(_HIDDEN.id)
    ):
        key = row.pitch_id, row.position
        found[key] = (*found.get(key, ()), row.words)
    return found


@dataclass(frozen=True, slots=True)
class HiddenRow:
    """Words that somebody hid from judges, and why."""

    id: int
    position: int | None
    words: str
    reason: str
    by_name: str
    at: datetime

    @property
    def where(self) -> str:
        """Which answer they are in, in words."""
        return AS_RECEIVED if self.position is None else f"Answer {self.position}"


def hidden_in(pitch_id: int) -> list[HiddenRow]:
    """What is hidden from the judges of a pitch, in the order of its form."""
    rows = db.session.execute(
        select(_HIDDEN.id, _QUESTION.position, _HIDDEN.words, _HIDDEN.reason, Person.name, _HIDDEN.at)
        .join(Person, Person.id == _HIDDEN.by_id)
        .outerjoin(Question, _QUESTION.id == _HIDDEN.question_id)
        .where(_HIDDEN.pitch_id == pitch_id, _HIDDEN.undone_at.is_(None))
        .order_by(_QUESTION.position, _HIDDEN.id)
    )
    return [HiddenRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Place:
    """A place of an opened pitch in which words can be hidden; at `position` 0 the pitch as received."""

    position: int
    question_id: int | None
    name: str
    text: str


def places(pitch_id: int) -> list[Place]:
    """What judges read of a pitch as it was written: its answers without the price, or what was received."""
    received = as_received(pitch_id)
    if received is not None:
        return [Place(0, None, AS_RECEIVED, received.text)] if received.text else []
    ids = {q.position: q.id for q in challenges.questions(opened_by_id(pitch_id).challenge_id)}
    return [
        Place(
            answer.position,
            ids[answer.position],
            f"{answer.position}. {answer.ask}",
            in_words(answer.kind, answer.options, answer.text),
        )
        for answer in answers_that_count(pitch_id)
        if answer.kind not in _LEFT_ALONE
    ]


def telling_words(pitch_ids: Collection[int]) -> dict[int, list[str]]:
    """pitch id → what would tell who pitches: the supplier's name and number, its team's names and e-mail
    domains; two statements.
    """
    found: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(Pitch.id, Organisation.name, Organisation.number)
        .join(Organisation, Organisation.id == Pitch.organisation_id)
        .where(Pitch.id.in_(sorted(pitch_ids)))
        .order_by(Pitch.id)
    ):
        found[row.id] = [*short_names(row.name), row.number]
    for row in db.session.execute(
        select(PitchMember.pitch_id, Person.name, Person.email)
        .join(PitchMember, PitchMember.person_id == Person.id)
        .where(PitchMember.pitch_id.in_(sorted(pitch_ids)))
        .order_by(PitchMember.pitch_id, Person.id)
    ):
        found[row.pitch_id] += [row.name, row.email.rpartition("@")[2]]
    return {pitch_id: [word for word in dict.fromkeys(words) if word] for pitch_id, words in found.items()}


@dataclass(frozen=True, slots=True)
class Telling:
    """A pitch that may still tell judges who pitches: by words, or by files in which nobody has looked."""

    reference: str
    words: bool
    files: int


def still_telling(challenge_id: int) -> list[Telling]:
    """The eligible pitches that may still tell judges who pitches, in order. As many statements for many
    pitches as for one.
    """
    pitches = {row.id: row.reference for row in opened(challenge_id) if row.state == PitchState.ELIGIBLE}
    read: dict[int, list[tuple[int | None, str]]] = {
        pitch_id: [(None, text)] for pitch_id, text in texts_as_received(pitches, pitches).items()
    }
    for pitch_id, answers in answers_of(pitches.keys() - read.keys()).items():
        read[pitch_id] = [
            (answer.position, in_words(answer.kind, answer.options, answer.text))
            for answer in answers
            if answer.kind not in _LEFT_ALONE
        ]
    hidden, telling = hidden_words(pitches), telling_words(pitches)
    unseen = not_looked_at(pitches)
    found = [
        Telling(
            reference,
            any(
                told_by(hide(text, hidden.get((pitch_id, position), ())), telling[pitch_id])
                for position, text in read[pitch_id]
            ),
            unseen[pitch_id],
        )
        for pitch_id, reference in pitches.items()
    ]
    return [each for each in found if each.words or each.files]
