"""Telling people outside of an open challenge, and leaving those alone who ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert

from pitchfest.audit import operations as audit
from pitchfest.challenges import notices, queries
from pitchfest.challenges.models import Outreach, OutreachRecipient, OutreachStop
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.rules import (
    MOST_PEOPLE,
    ChallengeState,
    Pasted,
    Permission,
    Sorted,
    effective_state,
    note_problem,
    token_hash,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation
from pitchfest.kernel.text import tidy

PRACTICE = "This is a practice challenge, so nobody outside is told of it."
NOT_OPEN = "People can be told while the challenge is open: from publishing until it closes."
NOBODY_LEFT = "Nobody is left to tell. Everyone on the list was told before, or asked not to be."


def tell_people(
    actor: Actor, *, reference: str, pasted: Pasted, note: str, tokens: Mapping[str, str], now: datetime
) -> Sorted:
    """Send everyone found in a pasted text the same mail, but for those told before or asking not to be.

    The caller reads the text before the write begins, so that a long one keeps nobody waiting.
    `tokens` maps each address to the token of its link for no more mail. An address stays in its
    outbox row until that has left; for good only its hash is kept. Raises RuleViolation before
    publishing, after closing, for a practice challenge, and for a list that cannot be used.
    """
    challenge = opened_for(actor, Permission.TELL, reference, expected_version=None, now=now)
    _may_tell(effective_state(challenge.state, challenge.closes_at, now), practice=challenge.practice)
    words = tidy(note)
    if problem := note_problem(words):
        raise RuleViolation(problem, field="note")
    if not pasted.addresses:
        raise RuleViolation("Paste at least one email address", field="addresses")
    if len(pasted.addresses) > MOST_PEOPLE:
        raise RuleViolation(Problem(too_many(len(pasted.addresses)), "addresses"))
    sorted_out = queries.sort_out(challenge.id, {a: token_hash(tokens[a]) for a in pasted.addresses}, now)
    if not sorted_out.new:
        raise RuleViolation(NOBODY_LEFT)
    outreach = Outreach(
        challenge_id=challenge.id,
        by_id=actor.person_id,
        at=now,
        note=words,
        told=len(sorted_out.new),
        known=sorted_out.known,
        stopped=sorted_out.stopped,
    )
    db.session.add(outreach)
    db.session.flush()
    _remember(challenge.id, outreach.id, [token_hash(tokens[a]) for a in sorted_out.new], now)
    for address in sorted_out.new:
        notices.tell_of_challenge(address, tokens[address], reference, outreach.id, now=now)
    audit.record(
        actor,
        "challenge.tell",
        f"challenge:{reference}",
        now=now,
        told=len(sorted_out.new),
        known=sorted_out.known,
        stopped=sorted_out.stopped,
    )
    db.session.flush()
    return sorted_out


def too_many(count: int) -> str:
    """What to say of a list that is too long."""
    return f"That is {count:,} addresses. Send at most {MOST_PEOPLE} at a time"


def _may_tell(state: ChallengeState, *, practice: bool) -> None:
    if practice:
        raise RuleViolation(PRACTICE)
    if state != ChallengeState.OPEN:
        raise RuleViolation(NOT_OPEN)


def _remember(challenge_id: int, outreach_id: int, hashes: list[str], now: datetime) -> None:
    db.session.execute(
        insert(OutreachRecipient),
        [
            {"challenge_id": challenge_id, "address_hash": h, "outreach_id": outreach_id, "at": now}
            for h in hashes
        ],
    )


def stop_telling(token: str, *, now: datetime) -> None:
    """Never tell the holder of this link of a challenge again; a second time changes nothing.

    Raises NotFound for a token that none of our mails carried.
    """
    digest = token_hash(token)
    if not queries.was_told(digest):
        raise NotFound
    if not queries.has_stopped(digest):
        db.session.execute(insert(OutreachStop).values(address_hash=digest, at=now))
        db.session.flush()
