"""Who is told what about their account, and the one-time links that such messages carry.

A link is made when its message is delivered, or asked for in the demo, never when it is queued;
so making one lives here and not in the operations.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from pitchfest.accounts.models import Invitation, OneTimeLink, Person, ProofCode, SignUp
from pitchfest.accounts.queries import digest, kept_forms, person_names, recipient, stand_in, subject
from pitchfest.accounts.rules import (
    CODE_LASTS,
    CODE_LENGTH,
    LINK_LASTS,
    LINK_PATHS,
    InvitationKind,
    LinkPurpose,
    given_name,
)
from pitchfest.db import db
from pitchfest.kernel.actor import ROLE_NAMES
from pitchfest.kernel.text import speakable_code
from pitchfest.mail.operations import enqueue
from pitchfest.mail.rules import Context, MailKind, Message

_LINK = OneTimeLink.__table__.c


def mint_link(
    purpose: LinkPurpose,
    *,
    email: str,
    now: datetime,
    message_id: int | None = None,
    person_id: int | None = None,
    sign_up_id: int | None = None,
    invitation_id: int | None = None,
) -> str:
    """Make a link of 256 bits, voiding the one before of the same message; its path on this site."""
    if message_id is not None:
        void_links(_LINK.message_id == message_id, now=now)
    token = secrets.token_urlsafe(32)
    db.session.execute(
        insert(OneTimeLink).values(
            purpose=purpose,
            token_hash=digest(token),
            email=email,
            message_id=message_id,
            person_id=person_id,
            sign_up_id=sign_up_id,
            invitation_id=invitation_id,
            created_at=now,
            expires_at=now + LINK_LASTS[purpose],
        )
    )
    return LINK_PATHS[purpose] + token


def void_links(*which: Any, now: datetime) -> None:
    """Make the unused links that meet the conditions stop working."""
    db.session.execute(
        update(OneTimeLink)
        .where(*which, _LINK.used_at.is_(None), _LINK.voided_at.is_(None))
        .values(voided_at=now)
    )


def stand_in_named(stand_in_id: int, person_ids: Iterable[int], *, now: datetime) -> None:
    """Tell who stands in, and for whom."""
    for person_id in person_ids:
        enqueue("stand_in", now=now, person_id=person_id, stand_in=stand_in_id)


def late_words(person_id: int, parked_id: int, *, now: datetime) -> None:
    """Send the author of words that came too late a copy of them."""
    enqueue("late_words", now=now, person_id=person_id, about_sealed=True, parked=parked_id)


def two_step_news(person_id: int, what: str, *, now: datetime) -> None:
    """Tell a person what became of their second step; `what` is a case of the letter's template."""
    enqueue("two_step", now=now, person_id=person_id, what=what)


def _load_two_step(message: Message, now: datetime) -> Context | None:
    person = _load_person(message, now)
    return {**person, "what": message.ids["what"]} if person else None


def _load_late_words(message: Message, now: datetime) -> Context | None:
    parked = message.ids["parked"]
    form = next((f for f in kept_forms(message.person_id or 0, now) if f.id == parked), None)
    if form is None:
        return None
    return {"about": form.about, "words": [text for _, text in form.words], "at": form.at}


def _load_stand_in(message: Message, now: datetime) -> Context | None:
    found = stand_in(message.ids["stand_in"])
    if found is None or found.when(now) == "past":
        return None
    return {
        "stand_in": found,
        "yours": message.person_id == found.person_id,
        "role": ROLE_NAMES[found.role].lower(),
    }


def _load_confirm(message: Message, now: datetime) -> Context | None:
    row = db.session.execute(
        select(SignUp.name, SignUp.organisation_name).where(
            SignUp.id == message.ids["sign_up"],
            SignUp.confirmed_at.is_(None),
            SignUp.created_at > now - LINK_LASTS[LinkPurpose.CONFIRM],
        )
    ).one_or_none()
    return {"name": row.name, "organisation": row.organisation_name} if row else None


def _mint_confirm(message: Message, now: datetime) -> str:
    assert message.address is not None
    return mint_link(
        LinkPurpose.CONFIRM,
        email=message.address,
        message_id=message.id,
        sign_up_id=message.ids["sign_up"],
        now=now,
    )


def _load_person(message: Message, _now: datetime) -> Context | None:
    person = recipient(message.person_id or 0)
    return {"name": person[0]} if person else None


def _mint_sign_in(message: Message, now: datetime) -> str:
    return _mint_for_person(LinkPurpose.SIGN_IN, message, now)


def _mint_reset(message: Message, now: datetime) -> str:
    return _mint_for_person(LinkPurpose.RESET, message, now)


def _mint_invitation(message: Message, now: datetime) -> str:
    return _mint_for_person(LinkPurpose.INVITATION, message, now, invitation_id=message.ids["invitation"])


def _mint_for_person(
    purpose: LinkPurpose, message: Message, now: datetime, *, invitation_id: int | None = None
) -> str:
    email = db.session.execute(select(Person.email).where(Person.id == message.person_id)).scalar_one()
    return mint_link(
        purpose,
        email=email,
        message_id=message.id,
        person_id=message.person_id,
        invitation_id=invitation_id,
        now=now,
    )


def _load_invitation(message: Message, _now: datetime) -> Context | None:
    row = db.session.execute(
        select(Invitation.kind, Invitation.role, Invitation.about, Invitation.invited_by_id).where(
            Invitation.id == message.ids["invitation"],
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    ).one_or_none()
    person = recipient(message.person_id or 0)
    if row is None or person is None:
        return None
    as_judge = row.kind is InvitationKind.JUDGE
    about = subject(row.about) if as_judge else row.about
    if as_judge and about is None:
        return None
    return {
        "name": given_name(*person),
        "kind": row.kind.value,
        "about": about,
        "role": ROLE_NAMES[row.role].lower() if row.role else "",
        "by": person_names([row.invited_by_id]).get(row.invited_by_id or 0, ""),
        "as_judge": as_judge,
    }


def _load_code(message: Message, now: datetime) -> Context | None:
    code = db.session.get(ProofCode, message.ids["code"])
    if code is None or code.used_at is not None or now >= code.created_at + CODE_LASTS:
        return None
    return _load_person(message, now)


def _mint_code(message: Message, _now: datetime) -> str:
    """A fresh code; its page's path, the code being what follows the last `=`."""
    code = speakable_code(CODE_LENGTH)
    db.session.execute(
        update(ProofCode).where(ProofCode.id == message.ids["code"]).values(code_hash=digest(code))
    )
    return f"/account/prove?code={code}"


KINDS: dict[str, MailKind] = {
    "confirm": MailKind("Confirm an email address", _load_confirm, _mint_confirm),
    "already_registered": MailKind("There is an account already", _load_person),
    "sign_in_link": MailKind("Link to sign in", _load_person, _mint_sign_in),
    "reset": MailKind("Link to choose a new password", _load_person, _mint_reset),
    "invitation": MailKind("Invitation", _load_invitation, _mint_invitation),
    "proof_code": MailKind("Code to confirm a step", _load_code, _mint_code),
    "stand_in": MailKind("Standing in for a colleague", _load_stand_in),
    "two_step": MailKind("News of two-step sign-in", _load_two_step),
    "test_mail": MailKind("Test mail", _load_person),
    "late_words": MailKind("Copy of words that came too late", _load_late_words),
}
#: What people read in the demo who are not in yet.
FOR_THOSE_OUTSIDE = ("confirm", "already_registered", "sign_in_link", "reset", "invitation")
