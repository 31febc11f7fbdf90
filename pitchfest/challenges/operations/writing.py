"""Starting a challenge and writing its brief, dates and people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import RegionSettings
from pitchfest.audit import operations as audit
from pitchfest.audit import queries as log
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, ChallengeEdit
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.rules import (
    EVERY_JUDGE,
    LARGEST_BUDGET,
    MARK,
    PERMISSIONS,
    THEMES,
    ChallengeState,
    DecisionBasis,
    Permission,
    basis_problem,
    closing_problem,
    marked,
    order_problems,
    reference_prefix,
    usual_question_deadline,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.permissions import authorise

#: What `edit_brief` and `edit_settings` may write.
BRIEF = frozenset(
    {
        "title",
        "question",
        "problem",
        "who_has_it",
        "tried_before",
        "outcome_sought",
        "out_of_scope",
        "eligibility",
        "self_check",
        "after_win",
        "timetable",
        "theme",
        "budget_pence",
        "payment_pence",
        "owner_name",
        "owner_organisation",
    }
)
SETTINGS = frozenset(
    {
        "closes_at",
        "short_because",
        "questions_until",
        "judging_deadline",
        "decision_due",
        "decision_maker_id",
        "judges_per_pitch",
        "minimum_cards",
        "reason_words",
        "minimum_total",
        "decision_basis",
        "names_hidden",
    }
)


LONGEST_TITLE = 160
#: Setting → the least and the most that it may be, and what it counts.
_WHOLE = {
    "judges_per_pitch": (1, EVERY_JUDGE, "judges who read each pitch"),
    "minimum_cards": (1, EVERY_JUDGE, "signed scorecards for each pitch"),
    "reason_words": (1, 200, "words for each reason"),
}
#: Amount of a brief → what it is.
_AMOUNTS = {"budget_pence": "The budget", "payment_pence": "What each supplier is paid"}


def create(
    actor: Actor,
    *,
    title: str,
    question: str,
    now: datetime,
    reference: str | None = None,
    practice: bool = False,
) -> str:
    """Start a draft and return its reference, the next of the year such as `CH-2026-004`; of a
    practice challenge `PC-2026-001`, with the mark in front of its title.

    Only the region's loader may preset `reference`. The actor is its first author.
    """
    authorise(PERMISSIONS, Permission.CREATE, actor)
    if not title.strip():
        raise RuleViolation("Give the challenge a title", field="title")
    if practice:
        title = marked_title(title)
    challenge = Challenge(
        reference=reference or next_reference(now, practice=practice),
        state=ChallengeState.DRAFT,
        created_at=now,
        state_since=now,
        practice=practice,
        title=title,
        question=question,
        officer_id=actor.person_id,
        decision_basis=DecisionBasis.MODERATED,
        version=0,
    )
    db.session.add(challenge)
    db.session.flush()
    touch(actor, challenge, "create", now=now)
    return challenge.reference


def edit_brief(
    actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None, **fields: Any
) -> None:
    """Save the brief as far as it is written.

    Raises StaleForm, RuleViolation for a brief without a title or with a budget out of bounds,
    and ValueError for an unknown field.
    """
    if problems := brief_problems(fields):
        raise RuleViolation(*problems)
    _edit(actor, "edit_brief", BRIEF, reference, now, expected_version, fields)


def edit_settings(
    actor: Actor, *, reference: str, now: datetime, expected_version: int | None = None, **fields: Any
) -> None:
    """Save dates, decision-maker and how judging works. Where a closing time comes without an end of
    questions, that is the usual one.

    `minimum_total` is in hundredths of a point out of 100. Raises as `edit_brief` does, and
    RuleViolation for a closing time that is not to come, a number that makes no sense, or a basis of the
    decision that does not go with the route.
    """
    if problems := settings_problems(fields, now):
        raise RuleViolation(*problems)
    if fields.get("closes_at") is not None and fields.get("questions_until") is None:
        fields["questions_until"] = usual_question_deadline(now, fields["closes_at"])
    _edit(actor, "edit_settings", SETTINGS, reference, now, expected_version, fields)
    if fields.get("decision_basis") is not None:
        _check_basis(reference, fields["decision_basis"], now)


def _check_basis(reference: str, basis: DecisionBasis, now: datetime) -> None:
    """Raise RuleViolation where the route is known and does not allow this basis; a practice has no route."""
    challenge = queries.by_reference(reference, now)
    chosen = queries.route(challenge)
    if chosen is None or challenge.practice:
        return
    if problem := basis_problem(basis, chosen.route):
        raise RuleViolation(problem, field="decision_basis")


def brief_problems(fields: Mapping[str, Any]) -> list[Problem]:
    """What no brief may hold, finished or not."""
    problems = []
    if not fields.get("title", "untouched").strip():
        problems.append(Problem("Give the challenge a title", "title"))
    if fields.get("theme", "") not in {"", *THEMES}:
        problems.append(Problem("Choose one of the themes, or none", "theme"))
    problems += [
        Problem(f"{what} can be {say_pounds(LARGEST_BUDGET)} at most", name)
        for name, what in _AMOUNTS.items()
        if not 0 <= (fields.get(name) or 0) <= LARGEST_BUDGET
    ]
    return problems


def settings_problems(fields: Mapping[str, Any], now: datetime) -> list[Problem]:
    """What no dates and people may hold, finished or not."""
    problems = [
        Problem(f"Enter from {low} to {high} {what}", name)
        for name, (low, high, what) in _WHOLE.items()
        if fields.get(name) is not None and not low <= fields[name] <= high
    ]
    if not 0 <= (fields.get("minimum_total") or 0) <= 100_00:
        problems.append(Problem("Enter from 0 to 100 points that a pitch must have in all", "minimum_total"))
    if (closes_at := fields.get("closes_at")) and (problem := closing_problem(closes_at, now)):
        problems.append(Problem(problem, "closes_at"))
    dates = ("closes_at", "questions_until", "judging_deadline", "decision_due")
    problems += [Problem(m, name) for m, name in order_problems(*(fields.get(each) for each in dates))]
    decider = fields.get("decision_maker_id")
    if decider is not None and all(person.id != decider for person in accounts.staff(now=now)):
        problems.append(Problem("Choose someone who works here", "decision_maker_id"))
    return problems


def _edit(
    actor: Actor,
    verb: str,
    known: frozenset[str],
    reference: str,
    now: datetime,
    expected_version: int | None,
    fields: dict[str, Any],
) -> None:
    if unknown := fields.keys() - known:
        raise ValueError(f"not written here: {sorted(unknown)}")
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    if challenge.practice and "title" in fields:
        fields["title"] = marked_title(fields["title"])
    changed = sorted(name for name, value in fields.items() if getattr(challenge, name) != value)
    if not changed:  # no version and no author; the log says that someone looked and let it stand
        audit.record(actor, f"challenge.{verb}", f"challenge:{reference}", now=now, fields=[])
        return
    for name in changed:
        setattr(challenge, name, fields[name])
    touch(actor, challenge, verb, now=now, fields=changed)


def touch(actor: Actor, challenge: Challenge, verb: str, *, now: datetime, **detail: Any) -> None:
    """Count a change of the challenge: a new version, its author, an entry in the log."""
    challenge.version += 1
    db.session.add(
        ChallengeEdit(challenge_id=challenge.id, person_id=actor.person_id, version=challenge.version, at=now)
    )
    audit.record(
        actor,
        f"challenge.{verb}",
        f"challenge:{challenge.reference}",
        now=now,
        version=challenge.version,
        **detail,
    )
    db.session.flush()


def marked_title(title: str) -> str:
    """The title of a practice challenge. Raises RuleViolation where the mark makes it too long."""
    if len(whole := marked(title)) > LONGEST_TITLE:
        raise RuleViolation(
            f"Keep the title to {LONGEST_TITLE - len(MARK)} characters or fewer", field="title"
        )
    return whole


def next_reference(now: datetime, *, practice: bool = False) -> str:
    """The next number of the London year. The region's row is held, so that no two are alike; and no
    number comes back when a practice is thrown away, since the log goes on to speak of it.
    """
    db.session.execute(select(RegionSettings.id).with_for_update()).all()
    start = reference_prefix(now.astimezone(LONDON).year, practice=practice)
    here = db.session.execute(
        select(Challenge.reference)
        .where(Challenge.reference.startswith(start))
        .order_by(func.length(Challenge.reference).desc(), Challenge.reference.desc())
        .limit(1)
    ).scalars()
    gone = log.objects("challenge.throw_away", f"challenge:{start}")
    used = [*here, *(name.removeprefix("challenge:") for name in gone)]
    last = max((int(reference.removeprefix(start)) for reference in used), default=0)
    return f"{start}{last + 1:03d}"
