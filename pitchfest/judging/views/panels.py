"""What judging adds to the staff's page of a challenge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pitchfest.challenges.rules import ChallengeRow
from pitchfest.challenges.rules import Permission as ChallengePermission
from pitchfest.judging import queries
from pitchfest.judging.rules import PERMISSIONS, Permission, Round, hidden_from_recused
from pitchfest.kernel.actor import Actor
from pitchfest.web.access import allows
from pitchfest.web.requests import once

_STEPS = (
    ("The panel", "judging_manage.panel", Permission.PANEL),
    ("Start judging", "judging_manage.start", Permission.START),
    ("Progress", "judging_manage.board", Permission.BOARD),
    ("Conflicts of interest", "judging_manage.conflicts", Permission.CONFLICTS),
    ("Conflicts assessment, to print", "judging_manage.assessment", Permission.ASSESSMENT),
    ("Close scoring", "judging_manage.close", Permission.CLOSE),
    ("Moderation", "judging_manage.moderation", Permission.MODERATED),
    ("Results", "judging_manage.results", Permission.RESULTS),
)


def manage_panel(
    challenge: ChallengeRow, actor: Actor | None, moment: datetime
) -> tuple[str, dict[str, Any]] | None:
    """The steps of judging that this person may take now."""
    if actor is None:
        return None
    round_ = _round(challenge, actor, moment)
    steps = [(label, endpoint) for label, endpoint, what in _STEPS if PERMISSIONS[what](actor, round_)]
    if round_.pays and PERMISSIONS[Permission.PAY](actor, round_):
        steps.append(("Paying judges", "judging_manage.payments"))
    return ("judging/_steps.html", {"steps": steps, "reference": round_.reference}) if steps else None


def _round(challenge: ChallengeRow, actor: Actor, moment: datetime) -> Round:
    return once(
        f"round of {challenge.reference}",
        lambda: queries.round_of(actor=actor, now=moment, reference=challenge.reference),
    )


def decider_link(
    challenge: ChallengeRow, actor: Actor | None, moment: datetime
) -> tuple[str, dict[str, Any]] | None:
    """The way to naming another decision-maker, for whoever may."""
    if actor is None or not allows(ChallengePermission.NAME_DECIDER, challenge):
        return None
    if hidden_from_recused(_round(challenge, actor, moment)):
        return None
    return ("judging/_decider_link.html", {"reference": challenge.reference})
