"""Chasing judges: by a button and by the worker, never twice a day."""

from __future__ import annotations

from datetime import datetime

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import InvitationKind
from pitchfest.audit import operations as audit
from pitchfest.judging import notices, queries
from pitchfest.judging.operations.rounds import held, member, opened
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.capacity import away_until
from pitchfest.judging.rules.reminders import is_late, wants_reminder
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.clock import london_day, say_day
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation


def remind(actor: Actor, *, reference: str, member_id: int, now: datetime) -> bool:
    """Remind one judge who is late; False when they were reminded today.

    Raises RuleViolation for a judge who is not late, or is away.
    """
    round_ = opened(actor, Permission.PANEL_EDIT, reference, now=now)
    person_id = member(round_, member_id).person_id
    late = [row for row in queries.lagging_in(round_.id) if row.person_id == person_id]
    if not late or not is_late(round_.judging_deadline, now, late[0].invited_at):
        raise RuleViolation("This judge is not late.")
    if until := away_until(late[0].away, london_day(now)):
        raise RuleViolation(f"This judge is away until {say_day(until)}.")
    return bool(_remind(actor, late, now=now))


def remind_everyone(actor: Actor, *, reference: str, now: datetime) -> int:
    """Remind every judge who is late, is not away and was not reminded today; how many that were."""
    round_ = opened(actor, Permission.PANEL_EDIT, reference, now=now)
    if not is_late(round_.judging_deadline, now):
        raise RuleViolation("Nobody is late: the deadline is still to come.")
    late = [
        row
        for row in queries.lagging_in(round_.id)
        if is_late(round_.judging_deadline, now, row.invited_at) and not away_until(row.away, london_day(now))
    ]
    return _remind(actor, late, now=now)


def remind_of_deadline(due: tuple[int, int], now: datetime) -> None:
    """The worker's reminder: (challenge's id, person's id). What changed meanwhile is looked at again."""
    challenge_id, person_id = due
    held(challenge_id)
    rows = [row for row in queries.lagging_in(challenge_id) if row.person_id == person_id]
    _remind(SYSTEM, [row for row in rows if wants_reminder(row.judging_deadline, row.away, now)], now=now)


def remind_of_further(actor: Actor, *, reference: str, card_id: int, now: datetime) -> bool:
    """Remind a judge of one more review; False when they were asked for it, or reminded, today.

    Raises NotFound for any other scorecard, Conflict where it is not waited for, RuleViolation for a judge
    who is away.
    """
    round_ = opened(actor, Permission.FURTHER_REVIEWS, reference, now=now)
    row = next((each for each in queries.further_reviews(round_.id) if each.card_id == card_id), None)
    if row is None:
        raise NotFound
    if not row.awaited:
        raise Conflict("This review is not waited for any more.")
    if until := away_until(queries.times_away({round_.id}).get(row.member_id, ()), london_day(now)):
        raise RuleViolation(f"{row.judge} is away until {say_day(until)}.")
    if queries.further_heard_of([row], now) or not notices.remind_of_further(row, now=now):
        return False
    audit.record(actor, "judging.remind", f"challenge:{reference}", now=now, judges=1)
    return True


def remind_of_further_day(card_id: int, now: datetime) -> None:
    """The worker's reminder of one more review. What changed meanwhile is looked at again."""
    row = queries.further_review(card_id)
    if row is None:
        return
    held(row.challenge_id)
    if card_id in queries.further_due_to_remind(now) and notices.remind_of_further(row, now=now):
        audit.record(SYSTEM, "judging.remind", f"challenge:{row.challenge_reference}", now=now, judges=1)


def invite_judge_again(actor: Actor, *, reference: str, member_id: int, now: datetime) -> bool:
    """Send a judge's invitation once more; False when it went today already."""
    round_ = opened(actor, Permission.PANEL_EDIT, reference, now=now)
    person_id = member(round_, member_id).person_id
    found = people.open_invitations([person_id], InvitationKind.JUDGE).get(person_id)
    if found is None:
        raise Conflict("This judge has accepted the invitation meanwhile.")
    return accounts.invite_again(actor, invitation_id=found, now=now)


def _remind(actor: Actor, rows: list[queries.Lagging], *, now: datetime) -> int:
    """Chase each; the log says how many, and not whom."""
    sent = sum(notices.remind(row, now=now) for row in rows)
    if sent:
        audit.record(actor, "judging.remind", rows[0].about, now=now, judges=sent)
    return sent
