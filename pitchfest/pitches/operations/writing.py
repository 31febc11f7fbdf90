"""Starting a pitch and writing in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.exc import IntegrityError

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.rules import Capacity
from pitchfest.challenges import queries as challenges
from pitchfest.db import Base, db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, Problem, RuleViolation
from pitchfest.kernel.text import plural, tidy
from pitchfest.pitches.models import AnswerVersion, Pitch, PitchMember, SettledVersion
from pitchfest.pitches.operations.roots import held, in_time, locked, new_pitch, note, too_late
from pitchfest.pitches.operations.sharing import take_over
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.queries import versions
from pitchfest.pitches.queries.personal_extensions import longer_until, withheld
from pitchfest.pitches.queries.team import part_in
from pitchfest.pitches.queries.versions import Version
from pitchfest.pitches.rules.answers import MOST_CHARACTERS, differences
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.states import PitchRight, PitchState, takes_pitches
from pitchfest.pitches.rules.teams import on_side_that_buys
from pitchfest.pitches.rules.versions import Shown, still_written, takes_away

ALREADY_STARTED = (
    "Someone in your organisation has already started a pitch for this challenge. "
    "Ask them to let you see it: whoever can send it can do that on its page. "
    "If they have left, an owner of your organisation goes on with it by starting it here."
)


def start(
    actor: Actor, *, challenge: str, organisation_id: int, now: datetime, reference: str | None = None
) -> str:
    """Begin the organisation's pitch, or find the one that is there; its reference.

    The starter gets the right to send it; so does an owner where whoever had it has left. Only the
    region loader presets a `reference`. Raises NotFound for a challenge that is not public, TooLate
    after closing, RuleViolation when the actor cannot pitch for that organisation, is on the side that
    buys, or holds no right on the pitch it has.
    """
    found = challenges.public(challenge, now, actor)
    _may_pitch_for(actor, organisation_id, practice=found.practice)
    if not found.practice and (why := on_side_that_buys(actor, part_in(actor.person_id, found.id))):
        raise RuleViolation(Problem(f"{why} Who buys here does not pitch", "organisation"))
    closes_at = longer_until(found.id, [organisation_id]).get(organisation_id, found.closes_at)
    if not takes_pitches(found.effective, found.published_at, closes_at, now):
        raise too_late(closes_at, now)
    if (existing := queries.live_of(organisation_id, found.id)) is not None:
        return _own_or_refuse(actor, existing, now)
    pitch = new_pitch(found.id, organisation_id, PitchState.DRAFT, now, reference)
    try:
        with db.session.begin_nested():
            db.session.add(pitch)
            db.session.flush()
    except IntegrityError:  # a colleague pressed the same button at the same moment
        existing = queries.live_of(organisation_id, found.id)
        if existing is None:
            raise
        return _own_or_refuse(actor, existing, now)
    db.session.add(
        PitchMember(pitch_id=pitch.id, person_id=actor.person_id, right=PitchRight.SUBMIT, from_at=now)
    )
    note(actor, pitch, "pitch.start", waits=withheld(found.id, now), now=now)
    db.session.flush()
    return pitch.reference


def supplier_organisations(actor: Actor, *, practice: bool) -> list[accounts.OrganisationRow]:
    """The organisations for which the actor may pitch, by name: to a practice challenge those made
    for practice, to any other the rest.
    """
    return [
        o
        for o in accounts.organisations_of(actor.person_id)
        if Capacity.SUPPLIER in o.capacities and o.practice == practice
    ]


def _may_pitch_for(actor: Actor, organisation_id: int, *, practice: bool) -> None:
    if organisation_id not in {o.id for o in supplier_organisations(actor, practice=practice)}:
        raise RuleViolation(
            Problem("Choose one of your organisations that takes part as a supplier", "organisation")
        )


def _own_or_refuse(actor: Actor, reference: str, now: datetime) -> str:
    if take_over(actor, reference=reference, now=now):
        return reference
    if queries.own(actor=actor, now=now, reference=reference).right is None:
        raise RuleViolation(ALREADY_STARTED)
    return reference


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a save: `shown` is the version that holds it, None where there is nothing yet.

    `beaten_by` is the version that someone saved meanwhile, which still counts; `shown` then stands
    beside it.
    """

    shown: Shown | None
    beaten_by: Version | None = None


_PITCH = Base.metadata.tables["pitch"]
_NEXT_VERSION = (
    update(_PITCH).where(_PITCH.c.id == bindparam("pitch_id")).values(version=_PITCH.c.version + 1)
)
_VERSION = Base.metadata.tables["answer_version"]
# A page that saves by itself does so every few seconds: its statement stands ready.
_GROW = (
    update(_VERSION)
    .where(_VERSION.c.id == bindparam("version_id"))
    .values(
        text=bindparam("text"),
        at=bindparam("at"),
        revision=_VERSION.c.revision + 1,
        begun_at=bindparam("since"),
    )
)


def save_answer(
    actor: Actor,
    *,
    reference: str,
    position: int,
    text: str,
    shown: Shown | None,
    now: datetime,
    by_itself: bool = False,
    settles: int | None = None,
) -> Kept:
    """Keep one answer as it is, complete or not, within its limit or not.

    `shown` is the version that the form was opened on. What was sent before stays in; the first save
    after it opens the copy. Saves that a page makes `by_itself`, by one author within two minutes, are
    one version, but for one that takes most of the text away. `settles` is a text beside the one that
    counts, of which the author has taken what they want. Raises TooLate after closing, Conflict when the
    pitch was withdrawn.
    """
    text = tidy(text)
    if (over := len(text) - MOST_CHARACTERS) > 0:
        raise RuleViolation(Problem(f"This is {plural(over, 'character')} too long to save", "answer"))
    row = held(actor, reference, Permission.EDIT, now)
    in_time(row, now)
    _is_being_written(row)
    question_id, head = versions.head(row.id, row.challenge_id, position)
    if settles is not None:
        _settle(actor, row.id, question_id, settles, now)
    if text == (head.text if head else ""):
        if head is not None and not by_itself:
            _finish(head.id)
        return Kept(head.shown if head else None)
    if shown == (head.shown if head else None):
        parent = head.id if head else None
        kept = Kept(_write(actor, row.id, question_id, text, head, parent, by_itself, now))
    else:
        line = versions.main_line(row.id, question_id)
        own = _own_beside(row.id, question_id, shown, line)
        parent = _parent_beside(head, shown, line)
        kept = Kept(_write(actor, row.id, question_id, text, own, parent, by_itself, now), head)
    if _has_no_copy(row):
        _open_copy(actor, db.session.get_one(Pitch, row.id), row, now)
    db.session.execute(_NEXT_VERSION, {"pitch_id": row.id})
    return kept


def _write(
    actor: Actor,
    pitch_id: int,
    question_id: int,
    text: str,
    onto: Version | None,
    parent_id: int | None,
    by_itself: bool,
    now: datetime,
) -> Shown:
    """Put the text into the version `onto`, where its author still writes it and most of it stays; else
    into a new one.
    """
    begun_at = now if by_itself else None
    goes_on = onto is not None and still_written(onto.begun_at, onto.author_id, actor.person_id, now)
    if onto is not None and goes_on and not takes_away(onto.text, text):
        since = onto.begun_at if by_itself else None
        db.session.execute(_GROW, {"version_id": onto.id, "text": text, "at": now, "since": since})
        return Shown(onto.id, onto.revision + 1)
    version = AnswerVersion(
        pitch_id=pitch_id,
        question_id=question_id,
        author_id=actor.person_id,
        at=now,
        text=text,
        parent_id=parent_id,
        begun_at=begun_at,
    )
    db.session.add(version)
    db.session.flush()
    return Shown(version.id, 1)


def _parent_beside(head: Version | None, shown: Shown | None, line: list[int]) -> int | None:
    """On what a text is put that is to stand beside the one that counts: it is never the first there."""
    if shown is not None and shown.id in line[:-1]:
        return shown.id
    return head.parent_id if head else None


def _own_beside(pitch_id: int, question_id: int, shown: Shown | None, line: list[int]) -> Version | None:
    """The text beside the one that counts on which the form was opened, as it stands."""
    if shown is None or shown.id in line:
        return None
    try:
        found = versions.version(pitch_id, question_id, shown.id)
    except NotFound:
        return None
    return found if found.shown == shown else None


def _finish(version_id: int) -> None:
    """The author has saved it: what comes next is another version."""
    db.session.execute(
        update(AnswerVersion)
        .where(AnswerVersion.id == version_id, AnswerVersion.begun_at.is_not(None))
        .values(begun_at=None)
        .execution_options(synchronize_session=False)
    )


def finish_all(pitch_id: int) -> None:
    """Nothing that was written so far changes any more."""
    db.session.execute(
        update(AnswerVersion)
        .where(AnswerVersion.pitch_id == pitch_id, AnswerVersion.begun_at.is_not(None))
        .values(begun_at=None)
        .execution_options(synchronize_session=False)
    )


def _settle(actor: Actor, pitch_id: int, question_id: int, version_id: int, now: datetime) -> None:
    latest = versions.latest(pitch_id)
    if any(v.id == version_id and v.question_id == question_id for v in versions.beside(pitch_id, latest)):
        db.session.add(SettledVersion(version_id=version_id, by_id=actor.person_id, at=now))


def keep_what_counts(actor: Actor, *, reference: str, position: int, beside: int, now: datetime) -> None:
    """Leave an answer as it counts, and choose no more between it and the text written `beside` it,
    which stays among the earlier versions. Raises TooLate after closing.
    """
    pitch, row = locked(actor, reference, Permission.EDIT, now)
    in_time(row, now)
    _is_being_written(row)
    question_id, _ = versions.head(row.id, row.challenge_id, position)
    _settle(actor, row.id, question_id, beside, now)
    pitch.version += 1
    db.session.flush()


def _is_being_written(row: queries.PitchRow) -> None:
    if row.state == PitchState.WITHDRAWN:
        raise Conflict("This pitch was withdrawn, so nothing more can be written in it.")


def _has_no_copy(row: queries.PitchRow) -> bool:
    """Whether it was sent and nothing was changed since."""
    return row.state == PitchState.SUBMITTED and row.changing_since is None


def _open_copy(actor: Actor, pitch: Pitch, row: queries.PitchRow, now: datetime) -> None:
    if _has_no_copy(row):
        pitch.changing_since = now
        note(actor, pitch, "pitch.change", waits=row.log_waits, now=now)
        db.session.flush()


def change(actor: Actor, *, reference: str, now: datetime) -> None:
    """Open a copy of a pitch that was sent; what was sent stays in until a newer one is sent.

    Raises TooLate after closing, Conflict when there is nothing sent to change.
    """
    pitch, row = locked(actor, reference, Permission.EDIT, now)
    in_time(row, now)
    if row.state != PitchState.SUBMITTED:
        raise Conflict("There is nothing sent to change.")
    _open_copy(actor, pitch, row, now)
    pitch.version += 1
    db.session.flush()


def look_again(actor: Actor, *, reference: str, correction: int, now: datetime) -> None:
    """Say that the corrections up to this one were read, and the answers checked against them. What a newer
    one changes of what suppliers build on still keeps the answers from being sent.

    Raises TooLate after closing, Conflict when the pitch was withdrawn.
    """
    pitch, row = locked(actor, reference, Permission.EDIT, now)
    in_time(row, now)
    _is_being_written(row)
    if row.correction_seen < correction <= row.correction_last:
        pitch.correction_seen = correction
        pitch.version += 1
        db.session.flush()


def discard_copy(actor: Actor, *, reference: str, now: datetime) -> None:
    """Put the answers back to what was sent. The words of the copy stay among the earlier versions.

    Raises TooLate after closing, Conflict when no copy is open.
    """
    pitch, row = locked(actor, reference, Permission.EDIT, now)
    in_time(row, now)
    sent = queries.sent(row.id)
    if row.state != PitchState.SUBMITTED or row.changing_since is None or sent is None:
        raise Conflict("There is no open copy of this pitch.")
    latest = versions.latest(row.id)
    working = {question_id: version.counting for question_id, version in latest.items()}
    for question_id in differences(sent.answers, working):
        head = latest.get(question_id)
        text = sent.answers.get(question_id, "")
        _write(actor, pitch.id, question_id, text, None, head.id if head else None, False, now)
    for left in versions.beside(row.id, latest):
        db.session.add(SettledVersion(version_id=left.id, by_id=actor.person_id, at=now))
    pitch.changing_since = None
    pitch.version += 1
    db.session.flush()
