"""What pitches hold about a person, what an erasure would come to, and drafts past their time."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Membership, Organisation, OrganisationCapacity
from pitchfest.accounts.rules import Capacity
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge, Question
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.kernel.privacy import Due, Erasing, Remains, Section
from pitchfest.kernel.text import plural
from pitchfest.pitches.models import (
    AnswerVersion,
    ClarificationRequest,
    ClarifiedAnswer,
    HiddenWords,
    Opening,
    PersonalExtension,
    Pitch,
    PitchInvitation,
    PitchMember,
)
from pitchfest.pitches.queries.files_for_judges import decided_by
from pitchfest.pitches.queries.personal_extensions import closing, has_time, never_withheld, somebody_has_time
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.queries.team import is_waiting
from pitchfest.pitches.rules.reading import in_words
from pitchfest.pitches.rules.states import RIGHT_NAMES, UNSENT, WAITING_TO_OPEN, PitchRight, PitchState

_PITCH = Pitch.__table__.c
_VERSION = AnswerVersion.__table__.c


def sections(person_id: int, now: datetime) -> list[Section]:
    """Pitches that the person has a right on, whom they invited, and their own written words; six
    statements.
    """
    return [
        _pitches(person_id),
        _invitations(person_id),
        _words(person_id),
        _clarified(person_id),
        _openings(person_id, now),
        _granted(person_id),
        _hid(person_id),
        decided_by(person_id),
    ]


def _own(person_id: int) -> ColumnElement[bool]:
    """That a row of `pitch_member` is the person's own and still counts."""
    return and_(PitchMember.person_id == person_id, is_member())


def _pitches(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Pitch.reference,
            Challenge.title,
            Organisation.name,
            Pitch.created_at,
            PitchMember.right,
            PitchMember.from_at,
        )
        .join(PitchMember, PitchMember.pitch_id == Pitch.id)
        .join(Challenge, Challenge.id == Pitch.challenge_id)
        .join(Organisation, Organisation.id == Pitch.organisation_id)
        .where(_own(person_id))
        .order_by(Pitch.created_at, Pitch.id, PitchMember.id)
    )
    return Section(
        "Pitches you can see",
        ("Pitch", "Challenge", "For", "Started", "What you can do", "Since"),
        tuple((*row[:4], RIGHT_NAMES[row.right], row.from_at) for row in rows),
    )


def _invitations(person_id: int) -> Section:
    may_see = select(PitchMember.id).where(PitchMember.pitch_id == _PITCH.id, _own(person_id)).exists()
    rows = db.session.execute(
        select(
            Pitch.reference,
            PitchInvitation.email,
            PitchInvitation.right,
            PitchInvitation.at,
            PitchInvitation.expires_at,
        )
        .join(Pitch, Pitch.id == PitchInvitation.pitch_id)
        .where(PitchInvitation.by_id == person_id, is_waiting(), may_see)
        .order_by(PitchInvitation.id)
    )
    return Section(
        "People you invited to pitches, who have not said yes",
        ("Pitch", "Address", "What they could do", "Invited", "Works until"),
        tuple((r.reference, r.email, RIGHT_NAMES[r.right], r.at, r.expires_at) for r in rows),
    )


def _words(person_id: int) -> Section:
    may_see = select(PitchMember.id).where(PitchMember.pitch_id == _PITCH.id, _own(person_id)).exists()
    rows = db.session.execute(
        select(
            Pitch.reference,
            Question.ask,
            Question.kind,
            Question.options,
            AnswerVersion.at,
            AnswerVersion.text,
        )
        .join(Pitch, Pitch.id == AnswerVersion.pitch_id)
        .join(Question, Question.id == AnswerVersion.question_id)
        .where(AnswerVersion.author_id == person_id, may_see)
        .order_by(AnswerVersion.id)
    )
    return Section(
        "Answers you wrote, each time they were saved",
        ("Pitch", "Question", "Saved", "Your words"),
        tuple(
            (
                r.reference,
                r.ask,
                r.at,
                in_words(r.kind, json.loads(r.options), r.text, kept=True) or "Emptied",
            )
            for r in rows
        ),
    )


def _clarified(person_id: int) -> Section:
    may_see = select(PitchMember.id).where(PitchMember.pitch_id == _PITCH.id, _own(person_id)).exists()
    rows = db.session.execute(
        select(
            Pitch.reference,
            Question.ask,
            Question.kind,
            Question.options,
            ClarificationRequest.answered_at,
            ClarifiedAnswer.text,
        )
        .join(Pitch, Pitch.id == ClarifiedAnswer.pitch_id)
        .join(Question, Question.id == ClarifiedAnswer.question_id)
        .join(ClarificationRequest, ClarificationRequest.pitch_id == Pitch.id)
        .where(ClarificationRequest.answered_by_id == person_id, may_see)
        .order_by(ClarificationRequest.answered_at, Pitch.id, Question.position)
    )
    return Section(
        "Answers you changed after the opening, because you were asked",
        ("Pitch", "Question", "Sent", "The words"),
        tuple(
            (r.reference, r.ask, r.answered_at, in_words(r.kind, json.loads(r.options), r.text)) for r in rows
        ),
    )


def _openings(person_id: int, _now: datetime) -> Section:
    rows = db.session.execute(
        select(Challenge.reference, Challenge.title, Opening.at)
        .join(Opening, Opening.challenge_id == Challenge.id)
        .where(or_(Opening.first_id == person_id, Opening.second_id == person_id))
        .order_by(Opening.at, Challenge.id)
    )
    return Section(
        "Pitches you opened with a second person",
        ("Challenge", "Title", "Opened"),
        tuple(tuple(row) for row in rows),
    )


def erasing(person_id: int, own: bool, now: datetime) -> Erasing:
    """What erasing someone means for their pitches.

    To an administrator it must not tell who pitches, so it says the same of everybody who belongs to
    a supplier: that they cannot be erased while any challenge takes pitches.
    """
    opened = db.session.execute(
        select(func.count(func.distinct(AnswerVersion.pitch_id)))
        .join(Pitch, Pitch.id == AnswerVersion.pitch_id)
        .where(AnswerVersion.author_id == person_id, Pitch.opened_at.is_not(None))
    ).scalar_one()
    stays = (
        Remains(
            f"{plural(opened, 'opened pitch', 'opened pitches')} with answers saved from this account",
            "They belong to the organisation and to the record of the contest, until their time is over.",
        ),
    )
    if not own:
        return Erasing(blockers=_blocked_for_all(person_id, now), stays=stays if opened else ())
    alone = sole_drafts(person_id)
    goes = (
        (f"{plural(len(alone), 'draft pitch', 'draft pitches')} that nobody else can see",) if alone else ()
    )
    sealed = db.session.execute(
        select(func.count(func.distinct(AnswerVersion.pitch_id)))
        .join(Pitch, Pitch.id == AnswerVersion.pitch_id)
        .where(AnswerVersion.author_id == person_id, Pitch.opened_at.is_(None), Pitch.id.not_in(alone))
    ).scalar_one()
    kept = (
        Remains(
            f"{plural(sealed, 'sealed pitch', 'sealed pitches')} with answers saved from this account",
            "They belong to your organisation, and colleagues or the contest still need them.",
        ),
    )
    return Erasing(
        blockers=tuple(
            f"Only you can send {reference}, and its challenge is still open. Withdraw it first, "
            "or give a colleague the right to send it."
            for reference in _only_sender(person_id, alone, now)
        ),
        goes=(*goes, "Your right to see pitches of your organisations"),
        stays=(stays if opened else ()) + (kept if sealed else ()),
    )


def _blocked_for_all(person_id: int, now: datetime) -> tuple[str, ...]:
    """Nothing is sealed from staff in practice, so neither its organisations nor its challenges count."""
    supplies = db.session.execute(
        select(Membership.id)
        .join(OrganisationCapacity, OrganisationCapacity.organisation_id == Membership.organisation_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.person_id == person_id,
            Membership.until_at.is_(None),
            Organisation.practice.is_(False),
            OrganisationCapacity.capacity == Capacity.SUPPLIER,
        )
        .limit(1)
    ).first()
    takes = db.session.execute(
        select(Challenge.id)
        .where(
            challenges.effective_in({ChallengeState.OPEN}, now) | somebody_has_time(now),
            Challenge.practice.is_(False),
        )
        .limit(1)
    ).first()
    if supplies is None or takes is None:
        return ()
    return (
        (
            "This person belongs to a supplier, and a challenge is open. Whether they pitch is sealed, so "
            "only they can erase their account before it closes, from their own page."
        ),
    )


def sole_drafts(person_id: int) -> list[int]:
    """Ids of pitches never sent on which nobody else holds a right."""
    other = aliased(PitchMember)
    shared = (
        select(other.id)
        .where(other.pitch_id == _PITCH.id, other.person_id != person_id, other.until_at.is_(None))
        .exists()
    )
    rows = db.session.execute(
        select(_PITCH.id)
        .join(PitchMember, PitchMember.pitch_id == _PITCH.id)
        .where(PitchMember.person_id == person_id, _PITCH.state.in_(sorted(UNSENT)), ~shared)
        .where(PitchMember.until_at.is_(None))
        .distinct()
        .order_by(_PITCH.id)
    )
    return list(rows.scalars())


def _only_sender(person_id: int, alone: list[int], now: datetime) -> list[str]:
    other = aliased(PitchMember)
    belongs = (
        select(Membership.id)
        .where(
            Membership.organisation_id == _PITCH.organisation_id,
            Membership.person_id == other.person_id,
            Membership.until_at.is_(None),
        )
        .correlate(Pitch, other)
        .exists()
    )
    another = (
        select(other.id)
        .where(
            other.pitch_id == _PITCH.id,
            other.person_id != person_id,
            other.until_at.is_(None),
            other.right == PitchRight.SUBMIT,
            belongs,
        )
        .exists()
    )
    rows = db.session.execute(
        select(_PITCH.reference)
        .join(PitchMember, PitchMember.pitch_id == _PITCH.id)
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .where(
            _own(person_id),
            PitchMember.right == PitchRight.SUBMIT,
            _PITCH.state.in_([PitchState.DRAFT, PitchState.SUBMITTED]),
            _PITCH.id.not_in(alone),
            challenges.effective_in({ChallengeState.OPEN}, now) | has_time(now),
            ~another,
        )
        .distinct()
        .order_by(_PITCH.reference)
    )
    return list(rows.scalars())


def unsent(before: datetime) -> list[ColumnElement[bool]]:
    """The conditions of pitches that nobody will ever open, never sent or to a cancelled challenge,
    where that closed at `before` or earlier. They need the challenge in the statement.
    """
    cancelled = (Challenge.state == ChallengeState.CANCELLED) & _PITCH.state.in_(sorted(WAITING_TO_OPEN))
    return [
        or_(_PITCH.state.in_(sorted(UNSENT)), cancelled),
        _PITCH.removed_at.is_(None),
        closing() <= before,
        never_withheld(),
    ]


def unsent_due(before: datetime) -> Due:
    """How many drafts are past their time: their number is all that anyone may know of them."""
    count = db.session.execute(
        select(func.count())
        .select_from(Pitch)
        .join(Challenge, Challenge.id == Pitch.challenge_id)
        .where(*unsent(before))
    ).scalar_one()
    return Due(count, None)


def reasons(before: datetime) -> list[ColumnElement[bool]]:
    """The conditions of reasons why a supplier had longer, where the challenge closed at `before` or
    earlier. They need the challenge in the statement.
    """
    return [PersonalExtension.reason != "", Challenge.closes_at <= before]


def reasons_due(before: datetime) -> Due:
    """How many such reasons are past their time."""
    count = db.session.execute(
        select(func.count())
        .select_from(PersonalExtension)
        .join(Challenge, Challenge.id == PersonalExtension.challenge_id)
        .where(*reasons(before))
    ).scalar_one()
    return Due(count, None)


def _granted(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Challenge.reference,
            Organisation.name,
            PersonalExtension.at,
            PersonalExtension.closes_at,
            PersonalExtension.reason,
        )
        .join(Challenge, Challenge.id == PersonalExtension.challenge_id)
        .join(Organisation, Organisation.id == PersonalExtension.organisation_id)
        .where(PersonalExtension.by_id == person_id)
        .order_by(PersonalExtension.id)
    )
    return Section(
        "Longer times that you gave a supplier",
        ("Challenge", "Supplier", "When", "Until", "Your reason"),
        tuple(tuple(row) for row in rows),
    )


def _hid(person_id: int) -> Section:
    h = HiddenWords.__table__.c
    rows = db.session.execute(
        select(_PITCH.reference, h.words, h.reason, h.at, h.undone_at)
        .join(Pitch, _PITCH.id == h.pitch_id)
        .where(h.by_id == person_id)
        .order_by(h.id)
    )
    return Section(
        "Words that you hid from judges",
        ("Pitch", "Words", "Your reason", "When", "Shown again"),
        tuple(tuple(row) for row in rows),
    )
