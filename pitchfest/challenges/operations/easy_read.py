"""Writing the Easy Read version of a challenge. It explains the brief and changes nothing of it, so the
challenge's own version stays, and the published records too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, select

from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, EasyReadSentence, EasyReadVersion
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.order import close_gaps, swap
from pitchfest.challenges.rules import Permission, sentence_problems
from pitchfest.db import db
from pitchfest.files import operations as files
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation, StaleForm
from pitchfest.kernel.text import tidy_line


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for everyone that `clean_picture` made and that is on the disk."""

    written: files.Written
    media_type: str


def save_sentence(
    actor: Actor,
    *,
    reference: str,
    text: str,
    now: datetime,
    alt: str = "",
    picture: Picture | None = None,
    remove_picture: bool = False,
    sentence_id: int | None = None,
    expected_version: int | None = None,
) -> int:
    """Add a sentence at the end, or change the one with `sentence_id`; its id. A new picture takes the old
    one's place. The first sentence of all makes the version, which tells the newest published record.

    Raises RuleViolation for no words and for a picture without a description, NotFound, StaleForm.
    """
    challenge, version = _held(actor, reference, expected_version, now)
    row = _sentence(challenge.id, sentence_id) if sentence_id else _added(challenge.id)
    old = row.picture_id
    has_picture = picture is not None or (old is not None and not remove_picture)
    words, shows = tidy_line(text), "" if remove_picture and not has_picture else tidy_line(alt)
    position = row.position
    if problems := sentence_problems(text=words, alt=shows, has_picture=has_picture, position=position):
        raise RuleViolation(*problems)
    if sentence_id is None and position == 1:
        version.record = _newest(challenge.id)
    picture_id = None if remove_picture else old
    if picture is not None:
        named = f"easy-read-{reference}"
        picture_id = files.store(
            actor, written=picture.written, name=named, media_type=picture.media_type, now=now
        )
    row.text, row.picture_id, row.alt = words, picture_id, shows
    db.session.add(row)
    db.session.flush()
    if old is not None and picture_id != old:
        files.discard(old)
    _changed(
        actor,
        challenge,
        version,
        "save_easy_read",
        now=now,
        position=position,
        words=audit.fingerprint(f"{reference}:easy-read:{version.version + 1}", f"{words}\n{shows}"),
        **({"picture": picture.written.sha256} if picture else {}),
    )
    return row.id


def remove_sentence(
    actor: Actor, *, reference: str, sentence_id: int, now: datetime, expected_version: int | None = None
) -> None:
    """Take a sentence out, with its picture. Without any sentence there is no Easy Read version."""
    challenge, version = _held(actor, reference, expected_version, now)
    row = _sentence(challenge.id, sentence_id)
    position, picture_id = row.position, row.picture_id
    db.session.execute(delete(EasyReadSentence).where(EasyReadSentence.id == row.id))
    close_gaps(EasyReadSentence, challenge.id)
    if picture_id is not None:
        files.discard(picture_id)
    _changed(actor, challenge, version, "remove_easy_read", now=now, position=position)


def move_sentence(
    actor: Actor,
    *,
    reference: str,
    sentence_id: int,
    direction: Literal["up", "down"],
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Swap a sentence with its neighbour; at the end of the list nothing happens."""
    challenge, version = _held(actor, reference, expected_version, now)
    row = _sentence(challenge.id, sentence_id)
    if swap(EasyReadSentence, challenge.id, row.position, direction):
        _changed(actor, challenge, version, "move_easy_read", now=now)


def confirm_easy_read(
    actor: Actor, *, reference: str, record: int, now: datetime, expected_version: int | None = None
) -> None:
    """Say that the Easy Read version tells `record`, which must be the newest published one.

    Raises StaleForm when the challenge was published anew meanwhile, Conflict where there is nothing to say.
    """
    challenge, version = _held(actor, reference, expected_version, now)
    newest = _newest(challenge.id)
    if not newest or not queries.has_easy_read(challenge.id):
        raise Conflict("There is no published challenge here that an Easy Read version tells.")
    if record != newest:
        raise StaleForm("The challenge was changed again after you opened your page. Read that first.")
    version.record = newest
    _changed(actor, challenge, version, "confirm_easy_read", now=now, record=newest)


def discard_easy_read(challenge_id: int) -> None:
    """Remove the Easy Read version of a practice challenge with its pictures, within a disposal."""
    ours = EasyReadSentence.challenge_id == challenge_id
    pictures = db.session.scalars(
        select(EasyReadSentence.picture_id)
        .where(ours, EasyReadSentence.picture_id.is_not(None))
        .order_by(EasyReadSentence.picture_id)
    ).all()
    db.session.execute(delete(EasyReadSentence).where(ours))
    for picture_id in pictures:
        assert picture_id is not None
        files.discard(picture_id)
    db.session.execute(delete(EasyReadVersion).where(EasyReadVersion.challenge_id == challenge_id))


def _held(
    actor: Actor, reference: str, expected_version: int | None, now: datetime
) -> tuple[Challenge, EasyReadVersion]:
    """The locked challenge and its Easy Read version, begun if there is none. Raises StaleForm when it is
    not at `expected_version`.
    """
    challenge = opened_for(actor, Permission.EASY_READ, reference, expected_version=None, now=now)
    version = db.session.get(EasyReadVersion, challenge.id, populate_existing=True)
    if version is None:
        version = EasyReadVersion(challenge_id=challenge.id, record=0, version=0)
        db.session.add(version)
        db.session.flush()
    if expected_version is not None and expected_version != version.version:
        raise StaleForm("Someone changed the Easy Read version after you opened it. Nothing was overwritten.")
    return challenge, version


def _changed(
    actor: Actor,
    challenge: Challenge,
    version: EasyReadVersion,
    action: str,
    *,
    now: datetime,
    **detail: object,
) -> None:
    version.version += 1
    db.session.flush()
    audit.record(
        actor,
        f"challenge.{action}",
        f"challenge:{challenge.reference}",
        now=now,
        version=version.version,
        **detail,
    )


def _newest(challenge_id: int) -> int:
    newest = queries.newest_snapshot(challenge_id)
    return newest.number if newest else 0


def _sentence(challenge_id: int, sentence_id: int) -> EasyReadSentence:
    found = db.session.get(EasyReadSentence, sentence_id)
    if found is None or found.challenge_id != challenge_id:
        raise NotFound
    return found


def _added(challenge_id: int) -> EasyReadSentence:
    last = db.session.execute(
        select(func.coalesce(func.max(EasyReadSentence.position), 0)).where(
            EasyReadSentence.challenge_id == challenge_id
        )
    ).scalar_one()
    return EasyReadSentence(challenge_id=challenge_id, position=last + 1)
