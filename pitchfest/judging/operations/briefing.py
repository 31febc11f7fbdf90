"""The briefing for judges: written by the procurement lead, and read by each judge."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pitchfest.audit import operations as audit
from pitchfest.audit.operations import fingerprint
from pitchfest.db import db
from pitchfest.judging.models import Briefing, BriefingRead
from pitchfest.judging.operations.rounds import opened
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.briefing import LONGEST
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, RuleViolation, StaleForm
from pitchfest.kernel.text import tidy


def write_briefing(
    actor: Actor, *, reference: str, text: str, now: datetime, expected_version: int | None = None
) -> None:
    """Write the briefing, or another in its place; those who read the one before are asked to read again."""
    round_ = opened(actor, Permission.BRIEF, reference, now=now)
    words = tidy(text)
    if not words:
        raise RuleViolation("Write what judges should know", field="text")
    if len(words) > LONGEST:
        raise RuleViolation(f"Keep the briefing to {LONGEST:,} characters", field="text")
    row = db.session.get(Briefing, round_.id)
    if expected_version is not None and expected_version != (row.version if row else 0):
        raise StaleForm("Somebody wrote the briefing in another window. Look at it again.")
    if row is None:
        row = Briefing(challenge_id=round_.id, version=0)
        db.session.add(row)
    elif row.text == words:
        return
    row.text, row.written_by_id, row.written_at = words, actor.person_id, now
    row.version += 1
    audit.record(
        actor,
        "judging.write_briefing",
        f"challenge:{round_.reference}",
        now=now,
        sha256=fingerprint("", words),
    )
    db.session.flush()


def read_briefing(
    actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None
) -> None:
    """Note that a judge has read the briefing. Raises NotFound without one, and for others; StaleForm where
    it is another by now than the one that was read.
    """
    round_ = opened(actor, Permission.BRIEFED, reference, now=now)
    written = db.session.get(Briefing, round_.id)
    if written is None or round_.member_id is None or round_.released:
        raise NotFound
    if expected_version is not None and expected_version != written.version:
        raise StaleForm("The briefing was changed while you read it. Please read it again.")
    row = db.session.scalar(
        select(BriefingRead).where(BriefingRead.member_id == round_.member_id).with_for_update()
    )
    if row is None:
        db.session.add(BriefingRead(member_id=round_.member_id, read_at=now))
    else:
        row.read_at = now
    audit.record(actor, "judging.read_briefing", f"challenge:{round_.reference}", now=now)
    db.session.flush()
