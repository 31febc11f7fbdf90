"""Who may enter the administration pages. Pure.

Managing people is a permission of `accounts`, whose operations check it again.
"""

from __future__ import annotations

from enum import StrEnum

from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Verdict


class Permission(StrEnum):
    """What only administrators look at."""

    ENTER = "admin:enter"
    OUTBOX = "outbox:read"
    LOG = "log:read"


def may_enter(actor: Actor) -> bool:
    """Whether the person sees the administration pages at all."""
    return actor.has(Role.ADMIN)


def _admin(actor: Actor | None, _facts: object) -> Verdict:
    return ALLOWED if actor and may_enter(actor) else HIDDEN


PERMISSIONS: PermissionTable = dict.fromkeys(Permission, _admin)


#: Role → what whoever has it does, beside the tick boxes of the team's page.
ROLE_HINTS: dict[str, str] = {
    Role.OFFICER: "Writes challenges and looks after them",
    Role.APPROVER: "Is the second person before a challenge is published",
    Role.LEAD: "Opens pitches, finds them eligible, sends the letters, each with a second person",
    Role.CHAMPION: "Sees how every challenge is doing, from the first draft to the last letter",
    Role.OBSERVER: "Reads what was done and when, and changes nothing",
    Role.ADMIN: "Brings people in and keeps these settings, and reads no sealed pitch",
}

#: Kind of message → what the outbox calls it. A test names what is missing.
MAIL_NAMES: dict[str, str] = {
    "confirm": "Confirm an email address",
    "already_registered": "There is an account already",
    "sign_in_link": "Link to sign in",
    "reset": "Link to choose a new password",
    "invitation": "Invitation",
    "proof_code": "Code to prove who somebody is",
    "stand_in": "Somebody stands in for a colleague",
    "two_step": "News of somebody’s two-step sign-in",
    "test_mail": "Test mail",
    "late_words": "Copy of words that came too late",
    "challenge_to_approve": "A challenge waits for approval",
    "challenge_approved": "A challenge is approved",
    "challenge_changes": "A challenge needs changes",
    "challenge_held": "A challenge could not be published on time",
    "challenge_extended": "More time for a challenge",
    "challenge_reopened": "A challenge is open again",
    "challenge_corrected": "Correction to a challenge",
    "challenge_published": "A challenge is published",
    "challenge_delayed": "The decision comes later",
    "challenge_cancelled": "A challenge is cancelled",
    "follow": "Asks whether to follow challenges",
    "challenge_answered": "Answers to questions about a challenge",
    "need_told": "Somebody needs something to take part",
    "need_replied": "What we do about what somebody needs",
    "personal_extension": "More time for one supplier",
    "question_moved": "What became of a question",
    "challenge_handed_over": "A challenge is in other hands",
    "outreach": "News of a challenge to somebody outside",
    "pitch_receipt": "Receipt for a pitch",
    "pitch_withdrawn": "A pitch is withdrawn",
    "pitch_closed": "A challenge closed, and what became of the pitch",
    "pitch_invitation": "Invitation to work on a pitch",
    "pitch_unsent": "Reminder of a pitch that is not sent",
    "clarification_wanted": "Something is asked about an opened pitch",
    "clarification_sent": "What was asked is answered",
    "judge_declare": "Asks a judge about interests",
    "judge_declare_again": "Asks a judge about interests once more",
    "judge_cards": "Pitches are ready to score",
    "judge_cards_taken": "A judge has fewer pitches to score",
    "judge_scores_brought": "A judge has scores that came from a file",
    "scores_to_confirm": "Scores from a file wait for a second person",
    "judge_reminder": "Reminder to score",
    "further_review": "Asks a judge for one more review",
    "further_reminder": "Reminds a judge of one more review",
    "further_review_taken": "One more review is no longer asked for",
    "judge_interest": "A judge declared an interest",
    "judge_refused": "Somebody cannot judge",
    "judge_claim": "A judge claims their hours",
    "judge_pay": "How a judge’s claim stands",
    "judge_interest_decided": "What was decided about an interest",
    "letter": "Letter to a supplier",
    "account_erased": "An account is closed",
    "account_unused": "An unused account will be closed",
}
