"""Erasing a person's account, and invitations whose time is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select, update

from pitchfest.accounts.models import (
    HalfSignIn,
    Invitation,
    Membership,
    OneTimeLink,
    Organisation,
    ParkedForm,
    Person,
    ProofCode,
    RoleGrant,
    SignUp,
    StandIn,
    SupportCode,
    SupportLook,
    Trouble,
    TwoPersonAct,
    UserSession,
)
from pitchfest.accounts.operations.practising import practice_name
from pitchfest.accounts.operations.two_step import forget_two_step
from pitchfest.accounts.queries import privacy as queries
from pitchfest.accounts.queries import two_step_object
from pitchfest.accounts.rules import ActOutcome
from pitchfest.db import db
from pitchfest.kernel.text import canonical_json, speakable_code
from pitchfest.mail.operations import forget_person

#: A domain that can never get mail (RFC 2606).
_NOWHERE = "erased.invalid"


def erase(person_id: int, now: datetime) -> None:
    """Put a made-up name in the place of a person: nobody can sign in, and no mail can be sent.

    Sessions, links, codes, the second step of signing in, kept texts, noted errors, sign-ups and messages
    are deleted; memberships, roles, stand-ins, open invitations and proposals end. The caller has made
    sure that they can.
    """
    person = db.session.get_one(Person, person_id, with_for_update=True)
    forget_person(person_id, person.email)
    mine = select(UserSession.id).where(UserSession.person_id == person_id)
    sign_ups = select(SignUp.id).where(SignUp.email == person.email)
    db.session.execute(delete(ProofCode).where(ProofCode.session_id.in_(mine)))
    db.session.execute(delete(UserSession).where(UserSession.person_id == person_id))
    db.session.execute(
        delete(OneTimeLink).where(
            or_(
                OneTimeLink.person_id == person_id,
                OneTimeLink.email == person.email,
                OneTimeLink.sign_up_id.in_(sign_ups),
            )
        )
    )
    db.session.execute(delete(SignUp).where(SignUp.email == person.email))
    db.session.execute(delete(ParkedForm).where(ParkedForm.person_id == person_id))
    codes = select(SupportCode.id).where(SupportCode.person_id == person_id)
    db.session.execute(delete(SupportLook).where(SupportLook.code_id.in_(codes)))
    for table in (SupportCode, Trouble, HalfSignIn):
        db.session.execute(delete(table).where(table.person_id == person_id))
    forget_two_step(person_id)
    _forget_resets(person_id, now)
    _rename_practice(person_id)
    _end_everything(person_id, now)
    code = speakable_code(4)
    person.name = f"Former member {code}"
    person.email = f"former-{person_id}-{code.lower()}@{_NOWHERE}"
    person.password_hash = None
    person.disabled_at, person.erased_at = person.disabled_at or now, now
    db.session.flush()


def _forget_resets(person_id: int, now: datetime) -> None:
    """Why somebody took their second step away may say what happened to them; a proposal is void."""
    about = TwoPersonAct.object == two_step_object(person_id)
    db.session.execute(
        update(TwoPersonAct)
        .where(about, TwoPersonAct.outcome == ActOutcome.PROPOSED)
        .values(outcome=ActOutcome.VOIDED, decided_at=now)
    )
    db.session.execute(
        update(TwoPersonAct).where(about).values(payload=canonical_json({"person": person_id}))
    )


def _rename_practice(person_id: int) -> None:
    """Practice organisations were named after their person once."""
    theirs = select(Membership.organisation_id).where(Membership.person_id == person_id, Membership.is_owner)
    named_after = Organisation.name.endswith(" (practice)")
    named = select(Organisation).where(Organisation.practice, named_after, Organisation.id.in_(theirs))
    for organisation in db.session.scalars(named.order_by(Organisation.id)):
        organisation.name = practice_name()


def _end_everything(person_id: int, now: datetime) -> None:
    for table, ended, values in (
        (Membership, Membership.until_at, {"until_at": now}),
        (RoleGrant, RoleGrant.ended_at, {"ended_at": now, "ended_by_id": person_id}),
    ):
        db.session.execute(
            update(table).where(table.person_id == person_id, ended.is_(None)).values(**values)
        )
    db.session.execute(
        update(StandIn)
        .where(
            or_(StandIn.person_id == person_id, StandIn.for_person_id == person_id),
            StandIn.ended_at.is_(None),
            StandIn.until_at > now,
        )
        .values(ended_at=now, ended_by_id=person_id)
    )
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.person_id == person_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    db.session.execute(
        update(TwoPersonAct)
        .where(TwoPersonAct.proposer_id == person_id, TwoPersonAct.outcome == ActOutcome.PROPOSED)
        .values(outcome=ActOutcome.WITHDRAWN, decided_at=now)
    )


def remove_invitations(person_id: int, before: datetime) -> int:
    """Delete the invitations of a person, sent at `before` or earlier, that they never accepted; how many."""
    old = select(Invitation.id).where(Invitation.person_id == person_id, queries.unanswered(before))
    ids = list(db.session.scalars(old.order_by(Invitation.id)))
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.invitation_id.in_(ids)))
    db.session.execute(delete(Invitation).where(Invitation.id.in_(ids)))
    return len(ids)


def warn(person_id: int, now: datetime) -> None:
    """Note that a person was told that their unused account will go."""
    db.session.execute(update(Person).where(Person.id == person_id).values(warned_at=now))
