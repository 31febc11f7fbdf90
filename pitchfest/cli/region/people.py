"""People and organisations: staff are invited and get roles, suppliers sign up."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries
from pitchfest.accounts.rules import Capacity, Size
from pitchfest.accounts.rules.region import filled, starting_texts
from pitchfest.cli.region.story import BadRegionError, Story
from pitchfest.db import db
from pitchfest.kernel.actor import SYSTEM, WEIGHTY_ROLES, Role
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rendering import setup


def plan(story: Story) -> None:
    """Add the steps that bring in the region, its organisations and its people."""
    region = story.content["region"]
    people = story.content.get("people") or []
    first = min((p["joined"] for p in people if p.get("joined")), default="2026-05-11T09:00")
    story.at(first, "the region", partial(_region, region))
    suppliers = {s["name"]: s for s in story.content.get("suppliers") or []}
    others = {o["name"]: o for o in story.content.get("organisations") or []}
    for name, organisation in others.items():
        if name not in suppliers:
            story.at(first, name, partial(_organisation, story, organisation))
    admins = [p["name"] for p in people if "admin" in p.get("roles", [])]
    for person in people:
        joined = person.get("joined") or first
        if person.get("roles"):
            story.at(joined, person["name"], partial(_staff, story, person, admins))
        elif person["organisation"] in suppliers and not person.get("judge"):
            supplier = suppliers[person["organisation"]]
            story.at(joined, person["name"], partial(_supplier, story, person, supplier, others))


def join_as_judge(story: Story, name: str, now: datetime) -> None:
    """A judge who was invited to a panel accepts; the first time this makes their account."""
    person = described(story, name)
    found = queries.person_by_email(person["email"])
    if found is None:
        raise BadRegionError(f"{name} was not invited")
    story.people[name] = found.id
    _accept(found.id, name, now)
    _join(story, found.id, person["organisation"], now)


def described(story: Story, name: str) -> dict[str, Any]:
    """What the file says of a person. Raises BadRegionError."""
    for person in story.content.get("people") or []:
        if person["name"] == name:
            return dict(person)
    raise BadRegionError(f"{name} is not among the file's people")


def _region(region: dict[str, Any], now: datetime) -> None:
    unit = region.get("innovation_unit") or {}
    accounts.set_up_region(
        name=region["name"],
        authority=region["authority"],
        unit=unit.get("name", "Innovation Unit"),
        email=unit.get("email", ""),
        phone=str(unit.get("phone", "")),
        demo=True,
        now=now,
    )
    _settings(region, now)


def _settings(region: dict[str, Any], now: datetime) -> None:
    """Everything that an administrator would set up; where the file has no words, the unit's own name."""
    found = queries.fresh_region()
    sender = region.get("mail") or {}
    accounts.save_mail(
        SYSTEM,
        sender_name=sender.get("name", found.unit),
        sender_address=sender.get("sender", found.email),
        reply_to=sender.get("replies", found.email),
        now=now,
    )
    texts = {name: filled(text, found.unit) for name, text in starting_texts(found).items()}
    accounts.save_texts(SYSTEM, **{**texts, **(region.get("texts") or {})}, now=now)
    accounts.finish_set_up(SYSTEM, now=now)
    accounts.hide_checklist(SYSTEM, now=now)


def _organisation(story: Story, organisation: dict[str, Any], now: datetime) -> None:
    story.organisations[organisation["name"]] = accounts.add_organisation(
        SYSTEM,
        name=organisation["name"],
        size=Size(organisation["size"]),
        place=organisation["place"],
        capacities=[Capacity(c) for c in organisation["capacities"]],
        now=now,
    )


def _staff(story: Story, person: dict[str, Any], admins: list[str], now: datetime) -> None:
    """The first administrator comes by the command line; later roles as two administrators give them."""
    roles = sorted((Role(role) for role in person["roles"]), key=lambda role: role is not Role.ADMIN)
    if story.people:
        giver = story.actor(admins[0], now)
        person_id = accounts.invite_staff(
            giver, name=person["name"], email=person["email"], role=roles[0], now=now
        )
        token = _token(person_id=person_id, kind="invitation", now=now)
    else:
        giver = SYSTEM
        token = accounts.invite_by_command(person["email"], role=roles[0], now=now).rpartition("/")[2]
    person_id = accounts.accept_invitation(token, name=person["name"], now=now)
    story.people[person["name"]] = person_id
    for role in roles[1:]:
        accounts.grant_role(giver, person_id=person_id, role=role, now=now)
    for role in WEIGHTY_ROLES & (set(roles) - queries.actor_of(person_id, now=now).roles):
        accounts.confirm_grant(story.actor(admins[1], now), person_id=person_id, role=role, now=now)
    _join(story, person_id, person["organisation"], now)


def _supplier(
    story: Story, person: dict[str, Any], supplier: dict[str, Any], others: dict[str, Any], now: datetime
) -> None:
    """The first of an organisation signs it up and owns it; colleagues come by invitation."""
    name = supplier["name"]
    if name in story.organisations:
        owner = next(p["name"] for p in story.content["people"] if p["organisation"] == name)
        person_id = accounts.invite_member(
            story.actor(owner, now),
            organisation_id=story.organisations[name],
            name=person["name"],
            email=person["email"],
            now=now,
        )
        _accept(person_id, person["name"], now)
    else:
        accounts.sign_up(
            name=person["name"],
            email=person["email"],
            password_hash=None,
            organisation_name=name,
            size=Size.SOLE if supplier.get("kind") == "sole_trader" else Size(supplier["size"]),
            place=_place(supplier["district"]),
            number=supplier.get("id") or "",
            now=now,
        )
        person_id = accounts.confirm_sign_up(
            _token(address=person["email"], kind="confirm", now=now), now=now
        )
        [organisation] = queries.organisations_of(person_id)
        story.organisations[name] = organisation.id
        for capacity in others.get(name, {}).get("capacities", ()):
            accounts.add_capacity(
                SYSTEM, organisation_id=organisation.id, capacity=Capacity(capacity), now=now
            )
    story.people[person["name"]] = person_id


def _place(district: str) -> str:
    return "Outside the region" if district == "outside" else district


def _accept(person_id: int, name: str, now: datetime) -> None:
    token = _token(person_id=person_id, kind="invitation", now=now)
    accounts.accept_invitation(token, name=name, password_hash=None, now=now)


def _join(story: Story, person_id: int, organisation: str, now: datetime) -> None:
    if organisation in story.organisations:
        accounts.add_member(
            SYSTEM, organisation_id=story.organisations[organisation], person_id=person_id, now=now
        )


def _token(*, kind: str, now: datetime, person_id: int | None = None, address: str = "") -> str:
    """Open the newest mail of a kind, as its reader does, and take the token out of its link."""
    newest = (
        select(OutboxMessage.id).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id.desc()).limit(1)
    )
    to = OutboxMessage.person_id == person_id if person_id else OutboxMessage.address == address
    message_id = db.session.execute(newest.where(to)).scalar_one()
    message = mail.message(message_id)
    mint = setup().kinds[kind].mint
    assert mint is not None
    return mint(message, now).rpartition("/")[2]
