"""Reading the Easy Read version of a challenge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from pitchfest.challenges.models import EasyReadSentence, EasyReadVersion
from pitchfest.challenges.queries.one import OfChallenge, for_staff, newest_snapshot, public
from pitchfest.challenges.rules import ChallengeRow, EasyRead, Sentence
from pitchfest.db import db
from pitchfest.files.queries import FileRow, stored
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound

_VERSION, _SENTENCE = EasyReadVersion.__table__.c, EasyReadSentence.__table__.c
_WHOLE = (
    select(_VERSION.record, _VERSION.version, *(c for c in _SENTENCE if c.name != "challenge_id"))
    .outerjoin(EasyReadSentence.__table__, _SENTENCE.challenge_id == _VERSION.challenge_id)
    .where(_VERSION.challenge_id == bindparam("challenge_id"))
    .order_by(_SENTENCE.position)
)
_FIRST = select(_SENTENCE.id).where(
    _SENTENCE.challenge_id == bindparam("challenge_id"), _SENTENCE.position == 1
)


def easy_read(challenge_id: int) -> EasyRead:
    """The Easy Read version of a challenge; without sentences where there is none. One statement."""
    rows = db.session.execute(_WHOLE, {"challenge_id": challenge_id}).all()
    record, changes = rows[0][:2] if rows else (0, 0)
    return EasyRead(record, changes, tuple(Sentence(*row[2:]) for row in rows if row.id is not None))


def has_easy_read(challenge_id: int) -> bool:
    """Whether there is one to read."""
    return db.session.execute(_FIRST, {"challenge_id": challenge_id}).first() is not None


def easy_read_behind_since(challenge_id: int, whole: EasyRead) -> datetime | None:
    """When the newest published record came, where there is an Easy Read version that does not tell it."""
    newest = newest_snapshot(challenge_id) if whole.sentences else None
    return newest.at if newest is not None and whole.is_behind(newest.number) else None


@dataclass(frozen=True, slots=True)
class SentencePage(OfChallenge):
    """One sentence, and the challenge and Easy Read version that it is part of."""

    whole: EasyRead
    sentence: Sentence


def sentence_page(*, actor: Actor | None, now: datetime, reference: str, sentence_id: int) -> SentencePage:
    """A sentence about a challenge whose staff side `actor` may see. Raises NotFound."""
    return _sentence(for_staff(actor=actor, now=now, reference=reference), sentence_id)


def easy_read_picture(reference: str, sentence_id: int, now: datetime, actor: Actor | None) -> FileRow:
    """The picture beside a sentence, for everyone who may read the challenge. Raises NotFound."""
    try:
        challenge = public(reference, now, actor)
    except NotFound:
        challenge = for_staff(actor=actor, now=now, reference=reference)
    picture_id = _sentence(challenge, sentence_id).sentence.picture_id
    if picture_id is None:
        raise NotFound
    return stored(picture_id)


def _sentence(challenge: ChallengeRow, sentence_id: int) -> SentencePage:
    whole = easy_read(challenge.id)
    for sentence in whole.sentences:
        if sentence.id == sentence_id:
            return SentencePage(challenge, whole, sentence)
    raise NotFound
