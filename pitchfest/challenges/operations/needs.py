"""Telling what one needs to take part, and what staff say to it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select

from pitchfest.audit.operations import fingerprint, record, record_sealed
from pitchfest.challenges import notices, queries
from pitchfest.challenges.models import Challenge, Need
from pitchfest.challenges.operations.door import locked, settle_closing
from pitchfest.challenges.rules import PERMISSIONS, ChallengeState, Permission, need_problems, reply_problem
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation, TooLate
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy


def tell_need(actor: Actor, *, reference: str, text: str, contact: str, now: datetime) -> None:
    """Tell officer and leads what one needs to take part in an open challenge, and how to be reached.

    The log's entry holds no person. Raises TooLate after closing, RuleViolation with what is missing.
    """
    page = queries.asking_page(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.TELL_NEED, actor, page)
    challenge = locked(Challenge.id == page.challenge.id)
    settle_closing(challenge, now)
    if challenge.closes_at is not None and now >= challenge.closes_at:
        raise TooLate(f"The challenge closed at {say_moment(challenge.closes_at)}. Call us instead.")
    if challenge.state != ChallengeState.OPEN:
        raise Conflict("This challenge takes no pitches any more.")
    text, contact = tidy(text), tidy(contact)
    told = len(queries.own_needs(actor.person_id, challenge.id))
    if problems := need_problems(text=text, contact=contact, told=told):
        raise RuleViolation(*problems)
    row = Need(
        challenge_id=challenge.id,
        person_id=actor.person_id,
        text=text,
        contact=contact,
        salt=secrets.token_hex(16),
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    record_sealed("challenge.tell_need", salt=row.salt, values=(actor.person_id, reference), now=now)
    notices.need_told(row.id, reference, challenge.officer_id, now=now)


def reply_to_need(actor: Actor, *, reference: str, need_id: int, reply: str, now: datetime) -> None:
    """Say, once, what will be done about it; the person gets it by mail.

    Raises NotFound, RuleViolation for too few words, Conflict when somebody replied already.
    """
    page = queries.need_page(actor=actor, now=now, reference=reference, need_id=need_id)
    authorise(PERMISSIONS, Permission.NEEDS, actor, page)
    row = db.session.execute(
        select(Need).where(Need.id == need_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    if row.reply is not None:
        raise Conflict("Somebody has replied to this already.")
    words = tidy(reply)
    if problem := reply_problem(words):
        raise RuleViolation(problem, field="reply")
    row.reply, row.replied_by_id, row.replied_at = words, actor.person_id, now
    db.session.flush()
    record(
        actor,
        "challenge.reply_to_need",
        f"challenge:{reference}",
        now=now,
        reply=fingerprint(row.salt, words),
    )
    notices.need_replied(row.id, reference, row.person_id, now=now)
