"""Typing a pitch for a supplier who cannot use the form, and bringing one received elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.rules import Size
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import ChallengeRow, QuestionKind
from pitchfest.db import db
from pitchfest.files import operations as files
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.pitches.models import AnswerVersion, AssistedPitch, BroughtPitch, Pitch, PitchMember
from pitchfest.pitches.operations.filing import SEALED_NAME, SEALED_TYPE, KeptFile
from pitchfest.pitches.operations.roots import (
    end_assisting,
    lock_challenge,
    lock_pitch,
    move,
    new_pitch,
    note,
    touch_challenge,
)
from pitchfest.pitches.operations.sending import freeze
from pitchfest.pitches.queries import another_way as queries
from pitchfest.pitches.queries import versions
from pitchfest.pitches.queries.personal_extensions import longer_by_name, withheld
from pitchfest.pitches.rules.another_way import SEE_AS_RECEIVED, CameBy, ToldBy, received_problem
from pitchfest.pitches.rules.answers import Line, write_lines
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import PITCH, PitchRight, PitchState, Withdraw

STAY_OFF = Problem("Tick the box to say that you are not on the panel and will tell nobody", "declared")
ONE_OF_TWO = Problem("Choose the file that came, or paste the text: one of the two", "file")


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier without an account, and how its letter reaches it."""

    name: str
    size: Size
    place: str
    number: str
    contact: str


def assist(
    actor: Actor, *, reference: str, supplier: Supplier, told_by: ToldBy, declared: bool, now: datetime
) -> str:
    """Begin a pitch that the actor types for a supplier; its reference.

    The actor may write and send it, and nobody else; sending ends that. Raises NotAllowed for whoever
    is or was on the panel, RuleViolation without the declaration.
    """
    entry = _entry(actor, reference, Permission.ASSIST, now)
    if not declared:
        raise RuleViolation(STAY_OFF)
    pitch = _pitch_of(supplier, entry, PitchState.DRAFT, now)
    db.session.add_all(
        (
            PitchMember(
                pitch_id=pitch.id,
                person_id=actor.person_id,
                right=PitchRight.SUBMIT,
                from_at=now,
                assists=True,
            ),
            AssistedPitch(
                pitch_id=pitch.id, by_id=actor.person_id, told_by=told_by, contact=supplier.contact
            ),
        )
    )
    note(actor, pitch, "pitch.start", waits=withheld(entry.challenge.id, now), now=now)
    db.session.flush()
    return pitch.reference


def _entry(actor: Actor, reference: str, permission: Permission, now: datetime) -> queries.Entry:
    """The challenge, held so that nobody joins its panel meanwhile, once the actor is allowed."""
    lock_challenge(challenges.by_reference(reference, now).id)
    entry = queries.entry(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, permission, actor, entry)
    return entry


def _pitch_of(supplier: Supplier, entry: queries.Entry, state: PitchState, now: datetime) -> Pitch:
    organisation_id = accounts.add_supplier(
        name=supplier.name,
        size=supplier.size,
        place=supplier.place,
        number=supplier.number or None,
        practice=entry.practice,
        now=now,
    )
    pitch = new_pitch(entry.challenge.id, organisation_id, state, now)
    db.session.add(pitch)
    db.session.flush()
    return pitch


def bring(
    actor: Actor,
    *,
    reference: str,
    supplier: Supplier,
    came_by: CameBy,
    received_at: datetime,
    text: str = "",
    file: KeptFile | None = None,
    price_pence: int | None = None,
    now: datetime,
) -> str:
    """Bring a pitch that was received elsewhere in time: one text, or one file; its reference.

    It is sealed at once, with the others. Raises RuleViolation for one that came too late, which is later
    where a supplier of that name has longer, and where its words or its price are missing; NotAllowed
    before closing and after the opening.
    """
    entry = _entry(actor, reference, Permission.BRING, now)
    challenge = entry.challenge
    problems = bringing_problems(
        challenge, supplier.name, received_at, bool(text), file is not None, price_pence, now
    )
    if problems := problems or _brought_before(actor, challenge.id, supplier, text, file, now):
        raise RuleViolation(*problems)
    pitch = _pitch_of(supplier, entry, PitchState.SEALED, now)
    _keep_as_received(actor, pitch, supplier, came_by, received_at, text, file, now)
    _write_answers(actor, pitch, price_pence, now)
    content = file.sha256 if file is not None else hashlib.sha256(text.encode()).hexdigest()
    sha256 = freeze(
        actor,
        pitch,
        challenge.reference,
        number=1,
        questions=challenges.questions(challenge.id),
        latest=versions.latest(pitch.id),
        at=received_at,
        as_received=content,
    )
    # It may be that of whoever has longer, and then the time of its entry would tell.
    note(actor, pitch, "pitch.bring", waits=withheld(challenge.id, now), now=now, sha256=sha256)
    touch_challenge(challenge.id)
    db.session.flush()
    return pitch.reference


def bringing_problems(
    challenge: ChallengeRow,
    name: str,
    received_at: datetime | None,
    has_text: bool,
    has_file: bool,
    price_pence: int | None,
    now: datetime,
) -> list[Problem]:
    """What is wrong with what came from a supplier of this name; a time that is missing is not judged."""
    assert challenge.closes_at is not None
    _, own = longer_by_name(challenge.id).get(name.casefold(), (name, None))
    late = received_at and received_problem(
        received_at, challenge.published_at, own or challenge.closes_at, now, longer=own is not None
    )
    one = None if has_text != has_file else ONE_OF_TWO
    return [p for p in (late, one, _price_problem(challenge.id, price_pence)) if p]


def _brought_before(
    actor: Actor, challenge_id: int, supplier: Supplier, text: str, file: KeptFile | None, now: datetime
) -> list[Problem]:
    """That this person has brought the supplier, or the same words or bytes, already.

    What colleagues brought stays sealed from them, so it is not compared.
    """
    still_in = [
        slip
        for slip in queries.brought_by(actor.person_id, challenge_id, now)
        if slip.state != PitchState.WITHDRAWN
    ]
    for slip in still_in:
        first = f"{slip.reference}. Take that one out first if this one is to count"
        if slip.organisation_name.casefold() == supplier.name.casefold():
            return [Problem(f"You have already brought a pitch of {slip.organisation_name}: {first}", "name")]
        if queries.is_same(slip.id, text, (file.written.size, file.sha256) if file else None):
            said = f"You have already brought this as the pitch of {slip.organisation_name}: {first}"
            return [Problem(said, "file" if file else "text")]
    return []


def _price_problem(challenge_id: int, price_pence: int | None) -> Problem | None:
    asked = queries.price_question(challenge_id)
    if asked is None or price_pence or (price_pence is None and not asked.required):
        return None
    return Problem("Enter the price that stands in the pitch, in pounds", "price")


def _keep_as_received(
    actor: Actor,
    pitch: Pitch,
    supplier: Supplier,
    came_by: CameBy,
    received_at: datetime,
    text: str,
    file: KeptFile | None,
    now: datetime,
) -> None:
    file_id = None
    if file is not None:
        file_id = files.store(actor, written=file.written, name=SEALED_NAME, media_type=SEALED_TYPE, now=now)
    db.session.add(
        BroughtPitch(
            pitch_id=pitch.id,
            by_id=actor.person_id,
            brought_at=now,
            received_at=received_at,
            came_by=came_by,
            contact=supplier.contact,
            text=text or None,
            file_id=file_id,
            file_name=file.name if file is not None else None,
            media_type=file.media_type if file is not None else None,
        )
    )


def _write_answers(actor: Actor, pitch: Pitch, price_pence: int | None, now: datetime) -> None:
    """Point from each question to the pitch as received; only the price is an answer of its own."""
    priced = queries.price_question(pitch.challenge_id)
    for question in challenges.questions(pitch.challenge_id):
        if question.kind != QuestionKind.MONEY:
            answer = SEE_AS_RECEIVED
        elif priced is not None and question.id == priced.id and price_pence:
            answer = write_lines([Line("Price in the pitch as received", price_pence)])
        else:
            continue
        db.session.add(
            AnswerVersion(
                pitch_id=pitch.id, question_id=question.id, author_id=actor.person_id, at=now, text=answer
            )
        )
    db.session.flush()


def take_out(actor: Actor, *, reference: str, now: datetime) -> None:
    """Take a pitch out again before the opening: the supplier asked for it, or it was a mistake.

    Only whoever typed or brought it can. Raises NotFound for anyone else, NotAllowed once opened.
    """
    lock_challenge(queries.slip(actor=actor, now=now, reference=reference).challenge_id)
    pitch = lock_pitch(reference)
    found = queries.slip(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.TAKE_OUT, actor, found)
    step = PITCH.fire(found.state, "withdraw", Withdraw(found.challenge_state))
    note(actor, pitch, "pitch.withdraw", waits=withheld(pitch.challenge_id, now), now=now)
    end_assisting([pitch.id], now)
    move(pitch, step.target, withdrawn_at=now, changing_since=None)
    db.session.flush()
