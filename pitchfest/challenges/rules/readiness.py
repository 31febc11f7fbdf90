"""What a challenge's route still asks for, before it is approved and before it is published. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pitchfest.challenges.rules.basis import basis_problem
from pitchfest.challenges.rules.draft import DraftProblem
from pitchfest.challenges.rules.duties import FEWEST_WORDS, DutyDone, duties_of, is_settled, open_for
from pitchfest.challenges.rules.lifecycle import Lane
from pitchfest.challenges.rules.parts import ChallengeRow
from pitchfest.challenges.rules.route import Chosen, money_problem, needs_confirming, usual_answers
from pitchfest.kernel.text import count_words, plural


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing to do before publication. `duty` names the line of the table, "" for none."""

    message: str
    duty: str = ""


def route_problems(challenge: ChallengeRow, chosen: Chosen | None, now: datetime) -> list[DraftProblem]:
    """What the route wants before anyone is asked to approve. A practice challenge is bound by none."""
    if challenge.practice:
        return []
    if chosen is None:
        return [DraftProblem("Answer the five questions about the route", "route")]
    problems = []
    if message := money_problem(chosen.answers, challenge.budget_pence):
        problems.append(DraftProblem(message, "route"))
    if message := short_problem(challenge, chosen, now):
        problems.append(DraftProblem(message, "settings", "short_because"))
    if message := basis_problem(challenge.decision_basis, chosen.route):
        problems.append(DraftProblem(message, "settings", "decision_basis"))
    return problems


def short_problem(
    challenge: ChallengeRow, chosen: Chosen, start: datetime, agreed_at: datetime | None = None
) -> str:
    """Why a challenge that is published at `start` closes too soon, or "".

    A reason lets it be open for less than its route asks for, but not for less than its approver saw at
    `agreed_at`.
    """
    if challenge.closes_at is None or challenge.closes_at <= start or challenge.practice:
        return ""
    least = open_for(challenge.lane, chosen.route)
    days = least.count(start, challenge.closes_at)
    if days >= least.days:
        return ""
    open_only = f"It would be open for {plural(days, 'working day' if least.working else 'day')}"
    if count_words(challenge.short_because) < FEWEST_WORDS:
        return f"{open_only}, and {least.words} are the least. Close it later, or say why it is open for less"
    if agreed_at and days < (agreed := least.count(agreed_at, challenge.closes_at)):
        return f"{open_only}, and the approver agreed to {agreed}. Close it later, or ask for approval again"
    return ""


def publication_obstacles(
    challenge: ChallengeRow,
    chosen: Chosen | None,
    done: Mapping[str, DutyDone],
    start: datetime,
    agreed_at: datetime | None = None,
) -> list[Obstacle]:
    """Everything that its route asks for before it is published at `start`, in the order of the page;
    `agreed_at`: when its approver said yes.
    """
    if challenge.practice:
        return []
    if chosen is None:
        return [Obstacle("Answer the five questions about the route. Pull the challenge back for that")]
    return list(_obstacles(challenge, chosen, done, start, agreed_at))


def _obstacles(
    challenge: ChallengeRow,
    chosen: Chosen,
    done: Mapping[str, DutyDone],
    start: datetime,
    agreed_at: datetime | None,
) -> Iterator[Obstacle]:
    if needs_confirming(challenge.lane, chosen.answers) and chosen.confirmed_at is None:
        yield Obstacle("The procurement lead confirms the route")
    for duty in duties_of(chosen.answers):
        if duty.is_due_before and not is_settled(duty, done):
            yield Obstacle(duty.what, duty.key)
    if message := short_problem(challenge, chosen, start, agreed_at):
        yield Obstacle(f"{message}. Pull the challenge back for that")
    if message := basis_problem(challenge.decision_basis, chosen.route):
        yield Obstacle(f"{message}. Pull the challenge back for that")


def usual_choice(challenge: ChallengeRow) -> Chosen | None:
    """What a challenge counts as where nobody answered: a small round by its budget, else nothing."""
    if challenge.lane != Lane.SMALL or challenge.budget_pence is None:
        return None
    return Chosen(usual_answers(challenge.budget_pence), stored=False)
