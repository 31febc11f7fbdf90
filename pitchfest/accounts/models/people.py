"""People, organisations, roles, sessions, one-time links and acts of two people."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.accounts.rules import ActKind, ActOutcome, Capacity, InvitationKind, LinkPurpose, Size
from pitchfest.accounts.rules.colour import DEFAULT_BRAND
from pitchfest.db import Base, Sealed, UtcDateTime, enum_column, one_of
from pitchfest.kernel.actor import Role


class Person(Base):
    """Someone with an account, or invited to have one. `email` is lower case."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When a reset or a fresh invitation link was last handed over by someone, and by whom.
    reset_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reset_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When they were told that their account, which they do not use, will go.
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Their name and address are gone; what they did stands under a pseudonym.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Organisation(Base):
    """An authority, supplier or partner, often more than one of these."""

    __tablename__ = "organisation"
    __table_args__ = (one_of("size", Size),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160), index=True)
    size: Mapped[Size] = mapped_column(enum_column(Size))
    place: Mapped[str] = mapped_column(String(120))
    number: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Made for a practice challenge: colleagues, or invented people. It ties nobody to suppliers.
    practice: Mapped[bool] = mapped_column(default=False)


class OrganisationCapacity(Base):
    """One of the capacities an organisation acts in."""

    __tablename__ = "organisation_capacity"
    __table_args__ = (one_of("capacity", Capacity),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    capacity: Mapped[Capacity] = mapped_column(enum_column(Capacity), primary_key=True)


class Membership(Base):
    """A person belongs, or belonged, to an organisation. This alone opens no pitch."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_current",
            "organisation_id",
            "person_id",
            unique=True,
            sqlite_where=text("until_at IS NULL"),
            postgresql_where=text("until_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_owner: Mapped[bool] = mapped_column(default=False)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RoleGrant(Base):
    """A region role, from when to when, and by whom. `alone`: no second person confirmed it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        one_of("role", Role),
        Index(
            "uq_role_grant_current",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    alone: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class StandIn(Base):
    """For a time a person holds one role of a colleague who is away: from_at <= now < until_at."""

    __tablename__ = "stand_in"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("person_id <> for_person_id", name="another_person"),
        CheckConstraint("from_at < until_at", name="begins_before_it_ends"),
        Index("ix_stand_in_person", "person_id", "until_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    for_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class SignUp(Base):
    """What a supplier typed at sign-up. Becomes a person and an organisation once confirmed, so
    that nobody can occupy someone else's address.
    """

    __tablename__ = "sign_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    organisation_name: Mapped[str] = mapped_column(String(160))
    size: Mapped[Size] = mapped_column(enum_column(Size))
    place: Mapped[str] = mapped_column(String(120))
    number: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(Base):
    """Someone was asked in: as staff, as a judge, or into an organisation.

    The person's row exists from the invitation on, without a password, unconfirmed.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        one_of("kind", InvitationKind),
        CheckConstraint("NOT refused OR withdrawn_at IS NOT NULL", name="refused_at_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[InvitationKind] = mapped_column(enum_column(InvitationKind))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role | None] = mapped_column(enum_column(Role))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    #: What it is about, in words for the letter, such as a published challenge's title.
    about: Mapped[str] = mapped_column(String(200), default="")
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Whether nobody took it back, but who was asked said no, at `withdrawn_at`.
    refused: Mapped[bool] = mapped_column(default=False)


class OneTimeLink(Base):
    """A link that works once: only its SHA-256 is kept, bound to one address."""

    __tablename__ = "one_time_link"
    __table_args__ = (one_of("purpose", LinkPurpose),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(enum_column(LinkPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[int | None] = mapped_column(index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sign_up_id: Mapped[int | None] = mapped_column(ForeignKey("sign_up.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UserSession(Base):
    """A signed-in browser. The cookie holds an opaque id, of which only the hash is here."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    demo: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProofCode(Base):
    """A code sent by e-mail to a person without a password, to prove it is them."""

    __tablename__ = "proof_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("user_session.id"), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)


class Throttle(Base):
    """Failures counted by account and browser, or by address; they slow, never lock."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class TwoPersonAct(Base):
    """Something that needs two people: proposed by one, confirmed later by another.

    The act itself happens in the confirmer's transaction; a changed `object_version` voids it.
    """

    __tablename__ = "two_person_act"
    __table_args__ = (
        one_of("kind", ActKind),
        one_of("outcome", ActOutcome),
        CheckConstraint("confirmer_id IS NULL OR confirmer_id <> proposer_id", name="two_people"),
        CheckConstraint(
            "(outcome = 'confirmed') = (confirmer_id IS NOT NULL AND decided_at IS NOT NULL)",
            name="confirmed_by_someone",
        ),
        Index(
            "uq_two_person_act_open",
            "kind",
            "object",
            unique=True,
            sqlite_where=text("outcome = 'proposed'"),
            postgresql_where=text("outcome = 'proposed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ActKind] = mapped_column(enum_column(ActKind))
    object: Mapped[str] = mapped_column(String(80), index=True)
    object_version: Mapped[int]
    payload: Mapped[str] = mapped_column(Text, default="{}")
    proposer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[ActOutcome] = mapped_column(enum_column(ActOutcome), default=ActOutcome.PROPOSED)


class ParkedForm(Base):
    """Text of a form that arrived after its session had ended, kept for its person for 24 hours."""

    __tablename__ = "parked_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    path: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Sealed)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SupportCode(Base):
    """A code that a person reads out, so that staff can see technical facts for half an hour.

    Only its SHA-256 is kept. One code of a person is live at most.
    """

    __tablename__ = "support_code"
    __table_args__ = (
        Index(
            "uq_support_code_live",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SupportLook(Base):
    """Someone of the region looked, by a code that was read out to them; its person sees that."""

    __tablename__ = "support_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("support_code.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Trouble(Base):
    """An error page that a signed-in person got: which, when and where, and none of their words."""

    __tablename__ = "trouble"
    __table_args__ = (Index("ix_trouble_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    request_id: Mapped[str] = mapped_column(String(20))
    status: Mapped[int]
    endpoint: Mapped[str] = mapped_column(String(80))


class RegionSettings(Base):
    """The one region of this installation, in one row."""

    __tablename__ = "region_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="single_row"),
        CheckConstraint("brand LIKE '#______'", name="brand_is_a_colour"),
        UniqueConstraint("name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(120))
    authority: Mapped[str] = mapped_column(String(160))
    unit: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(40))
    is_demo: Mapped[bool] = mapped_column(default=False)
    texts: Mapped[str] = mapped_column(Text, default="{}")
    brand: Mapped[str] = mapped_column(String(7), default=DEFAULT_BRAND)
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    sender_address: Mapped[str] = mapped_column(String(254), default="")
    #: Where replies go; "" for the region's own address.
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    #: Random, so that the log can commit to words and addresses without telling them.
    salt: Mapped[str] = mapped_column(String(32), default=lambda: secrets.token_hex(16))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checklist_hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Whoever works here or judges signs in with a second step.
    two_step_required: Mapped[bool] = mapped_column(default=False)


class SetUpCode(Base):
    """The code that makes the first administrator, in one row: a new one takes the place of the old."""

    __tablename__ = "set_up_code"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
