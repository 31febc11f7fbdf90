"""Saying yes or no to judging a challenge, by whoever is asked to."""

from __future__ import annotations

from datetime import datetime

from pitchfest.accounts import operations as accounts
from pitchfest.audit import operations as audit
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.operations.panel import forget_begun
from pitchfest.judging.operations.rounds import hashed, member, opened
from pitchfest.judging.operations.sharing import share_out
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.refusals import Refusal, note_problem
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import RuleViolation
from pitchfest.kernel.text import tidy_line


def accept(actor: Actor, *, reference: str, now: datetime) -> None:
    """Say yes to an invitation, signed in as who was asked; whoever may still say no may. Changes nothing for
    who has answered. Raises as `refuse` does.
    """
    opened(actor, Permission.REFUSE, reference, now=now)
    accounts.accept_to_judge(actor, about=queries.about(reference), now=now)


def refuse(actor: Actor, *, reference: str, refusal: Refusal, note: str, now: datetime) -> None:
    """Say no to judging, before declaring anything: the place on the panel and every invitation end.

    Changes nothing for who said no already. Raises RuleViolation without words for another reason,
    NotAllowed for who has declared, NotFound for everyone else.
    """
    round_ = opened(actor, Permission.REFUSE, reference, now=now)
    if round_.member_id is None:
        return
    words = tidy_line(note)
    if problem := note_problem(refusal, words):
        raise RuleViolation(problem, field="note")
    row = member(round_, round_.member_id)
    forget_begun(row.id)
    row.released_at, row.released_by_id, row.release_reason = now, actor.person_id, words
    row.refusal, row.is_chair = refusal, False
    db.session.flush()
    accounts.end_invitations(actor, person_id=actor.person_id, about=queries.about(reference), now=now)
    audit.record(
        actor,
        "judging.refuse",
        f"challenge:{reference}",
        now=now,
        person=actor.person_id,
        refusal=refusal,
        **(hashed(words) if words else {}),
    )
    notices.refused(round_.id, row.id, asked_by=row.invited_by_id, but=actor.person_id, now=now)
    if round_.state == ChallengeState.JUDGING:
        share_out(actor, round_, now=now)


def refuse_by_link(token: str, *, refusal: Refusal, note: str, now: datetime) -> None:
    """The same with the link of the invitation, which it uses up, for who need not have an account."""
    actor, about = accounts.answer_no(token, now=now)
    refuse(actor, reference=queries.challenge_of(about), refusal=refusal, note=note, now=now)
