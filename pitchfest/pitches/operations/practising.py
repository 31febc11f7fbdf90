"""Taking part in a practice challenge, and throwing its pitches away."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import delete, select

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.models import Organisation
from pitchfest.audit import operations as audit
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import PERMISSIONS, ChallengeState, Permission, QuestionKind
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict
from pitchfest.kernel.permissions import authorise
from pitchfest.pitches.models import (
    ClarificationRequest,
    Eligibility,
    LowestPrice,
    Opening,
    PersonalExtension,
    Pitch,
    PitchInvitation,
    PitchMember,
    Submission,
    UnlockedQuestion,
    WaitingEntry,
)
from pitchfest.pitches.operations.filing import answer_with_file, keep_file
from pitchfest.pitches.operations.forgetting import forget_words
from pitchfest.pitches.operations.sending import submit
from pitchfest.pitches.operations.writing import save_answer, start, supplier_organisations
from pitchfest.pitches.queries.sealed import own
from pitchfest.pitches.rules.practice import INVENTED, INVENTED_FILE, Invented, invented_answer


def take_part(actor: Actor, *, reference: str, now: datetime) -> str:
    """Start a practice pitch as a supplier, with an organisation of the actor's own; its reference."""
    challenge = _open_practice(actor, reference, now)
    invented = {supplier.name for supplier in INVENTED}
    mine = [o for o in supplier_organisations(actor, practice=True) if o.is_owner and o.name not in invented]
    organisation_id = (
        mine[0].id if mine else accounts.add_practice_supplier(actor, name=accounts.practice_name(), now=now)
    )
    return start(actor, challenge=challenge.reference, organisation_id=organisation_id, now=now)


def add_invented(actor: Actor, *, reference: str, now: datetime) -> int:
    """Send an invented pitch from each invented supplier that has none here yet; how many.

    The actor holds them, and so gets the receipts and letters that suppliers would.
    """
    challenge = _open_practice(actor, reference, now)
    present = set(
        db.session.execute(
            select(Organisation.name)
            .join(Pitch, Pitch.organisation_id == Organisation.id)
            .where(Pitch.challenge_id == challenge.id)
        ).scalars()
    )
    missing = [supplier for supplier in INVENTED if supplier.name not in present]
    for supplier in missing:
        _send(actor, challenge.reference, supplier, now)
    audit.record(actor, "practice.add_invented", f"challenge:{reference}", now=now, pitches=len(missing))
    return len(missing)


def discard(challenge_id: int) -> list[str]:
    """Remove every pitch to a practice challenge, within a disposal; what acts call them.

    Practice organisations that pitched to nothing else go too.
    """
    rows = db.session.execute(
        select(Pitch.id, Pitch.reference, Pitch.organisation_id)
        .where(Pitch.challenge_id == challenge_id)
        .order_by(Pitch.id)
    ).all()
    ids = [row.id for row in rows]
    forget_words(ids)
    asked = select(ClarificationRequest.id).where(ClarificationRequest.pitch_id.in_(ids))
    db.session.execute(delete(UnlockedQuestion).where(UnlockedQuestion.request_id.in_(asked)))
    for table in (ClarificationRequest, Submission, Eligibility, PitchInvitation, PitchMember, WaitingEntry):
        db.session.execute(delete(table).where(table.pitch_id.in_(ids)))
    for whole in (Opening, LowestPrice, PersonalExtension, Pitch):
        db.session.execute(delete(whole).where(whole.challenge_id == challenge_id))
    pitched = {row.organisation_id for row in rows}
    elsewhere = db.session.execute(
        select(Pitch.organisation_id).where(Pitch.organisation_id.in_(sorted(pitched))).distinct()
    ).scalars()
    accounts.discard_practice_suppliers(pitched - set(elsewhere))
    return [f"pitch:{row.reference}" for row in rows]


def _open_practice(actor: Actor, reference: str, now: datetime) -> challenges.ChallengeRow:
    challenge = challenges.by_reference(reference, now)
    authorise(PERMISSIONS, Permission.PRACTISE, actor, challenge)
    if challenge.effective != ChallengeState.OPEN:
        raise Conflict("This practice challenge does not take pitches now.")
    return challenge


def _send(actor: Actor, challenge: str, supplier: Invented, now: datetime) -> None:
    organisation = accounts.add_practice_supplier(actor, name=supplier.name, place=supplier.place, now=now)
    reference = start(actor, challenge=challenge, organisation_id=organisation, now=now)
    pitch = own(actor=actor, now=now, reference=reference)
    for question in challenges.questions(pitch.challenge_id):
        save = partial(
            answer_with_file if question.kind == QuestionKind.FILE else save_answer,
            actor,
            reference=reference,
            position=question.position,
            shown=None,
            now=now,
        )
        if question.kind == QuestionKind.FILE:
            name, media_type, data = INVENTED_FILE
            save(file=keep_file(data, name=name, media_type=media_type))
        else:
            save(text=invented_answer(supplier, question))
    submit(actor, reference=reference, declared=True, expected_version=None, now=now)
