"""Who is behind opened pitches, for comparing them with those who judge. Nothing of a sealed one."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import or_, select

from pitchfest.accounts.models import Membership, Organisation, Person
from pitchfest.db import db
from pitchfest.pitches.models import OpenedAnswer, Pitch, PitchMember

_PITCH = Pitch.__table__.c


@dataclass(slots=True)
class Behind:
    """The supplier of a pitch with its company number, the addresses of its people, the organisations of
    its partners (id, name, number), and the text of its answers.
    """

    pitch_id: int
    organisation_id: int
    name: str
    number: str | None
    emails: set[str] = field(default_factory=set)
    partners: list[tuple[int, str, str | None]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def behind(challenge_id: int) -> list[Behind]:
    """Who is behind each opened pitch of a challenge that was not withdrawn; three statements."""
    opened = (_PITCH.challenge_id == challenge_id) & _PITCH.opened_at.is_not(None)
    here = opened & _PITCH.withdrawn_at.is_(None)
    belongs = (Membership.organisation_id == _PITCH.organisation_id) & Membership.until_at.is_(None)
    found: dict[int, Behind] = {}
    for *who, email in db.session.execute(
        select(_PITCH.id, Organisation.id, Organisation.name, Organisation.number, Person.email)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .outerjoin(Membership, belongs)
        .outerjoin(Person, Person.id == Membership.person_id)
        .where(here)
        .order_by(_PITCH.reference, Person.id)
    ):
        behind_it = found.setdefault(who[0], Behind(*who))
        if email is not None:
            behind_it.emails.add(email)
    for row in db.session.execute(
        select(_PITCH.id, Organisation.id.label("organisation"), Organisation.name, Organisation.number)
        .join(PitchMember, PitchMember.pitch_id == _PITCH.id)
        .join(Membership, Membership.person_id == PitchMember.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            here,
            PitchMember.partner,
            or_(Membership.until_at.is_(None), Membership.until_at > PitchMember.from_at),
            Organisation.id != _PITCH.organisation_id,
            Organisation.practice.is_(False),
        )
        .distinct()
        .order_by(_PITCH.id, Organisation.name, Organisation.id)
    ):
        found[row.id].partners.append(tuple(row[1:]))
    for row in db.session.execute(
        select(OpenedAnswer.pitch_id, OpenedAnswer.text)
        .join(Pitch, _PITCH.id == OpenedAnswer.pitch_id)
        .where(here)
        .order_by(OpenedAnswer.pitch_id, OpenedAnswer.question_id)
    ):
        found[row.pitch_id].texts.append(row.text)
    return list(found.values())
