"""Starting a draft with everything that a template holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pitchfest.challenges.models import Anchor, Challenge, Criterion, Question
from pitchfest.challenges.operations.writing import (
    BRIEF,
    SETTINGS,
    brief_problems,
    marked_title,
    next_reference,
    settings_problems,
    touch,
)
from pitchfest.challenges.rules import (
    PERMISSIONS,
    ChallengeState,
    Permission,
    Template,
    TemplateCriterion,
    TemplateQuestion,
    dates_from,
)
from pitchfest.challenges.rules.templates import LASTING_TEXTS
from pitchfest.challenges.rules.templates import SETTINGS as LENT_SETTINGS
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.calendar import Holidays, uk_bank_holidays
from pitchfest.kernel.errors import RuleViolation
from pitchfest.kernel.permissions import authorise

#: What the caller may set in place of what the template holds.
OVERRIDES = BRIEF | SETTINGS | {"lane", "practice"}


def start_from(
    actor: Actor,
    *,
    template: Template,
    title: str,
    now: datetime,
    source: str = "",
    holidays: Holidays = uk_bank_holidays,
    **fields: Any,
) -> str:
    """Start a draft with a template's criteria, form, settings, texts and dates; its reference.

    `fields` are columns of a brief or of its settings, `lane` or `practice`, and win over the
    template; the template's other dates follow from a `closes_at` given. `source` says in the log
    where the template came from. All is written at once. Raises RuleViolation as `edit_brief` and
    `edit_settings` do, ValueError for an unknown field.
    """
    authorise(PERMISSIONS, Permission.CREATE, actor)
    if unknown := fields.keys() - OVERRIDES:
        raise ValueError(f"not written here: {sorted(unknown)}")
    values = {
        **{name: getattr(template, name) for name in (*LASTING_TEXTS, *LENT_SETTINGS)},
        **dates_from(template, now, holidays, closes_at=fields.get("closes_at")),
        **fields,
        "title": title,
    }
    practice = bool(values.get("practice"))
    if practice:
        values["title"] = marked_title(title)
    if problems := [*brief_problems(values), *settings_problems(values, now)]:
        raise RuleViolation(*problems)
    challenge = Challenge(
        reference=next_reference(now, practice=practice),
        state=ChallengeState.DRAFT,
        created_at=now,
        state_since=now,
        officer_id=actor.person_id,
        version=0,
        **values,
    )
    db.session.add(challenge)
    db.session.flush()
    add_parts(challenge.id, template.criteria, template.questions)
    touch(actor, challenge, "create", now=now, source=source)
    return challenge.reference


def add_parts(
    challenge_id: int,
    criteria: Sequence[TemplateCriterion],
    questions: Sequence[TemplateQuestion],
    *,
    after: tuple[int, int] = (0, 0),
) -> None:
    """Add criteria with their words, and questions, each pointing at its new criterion.

    `after`: the last position taken, of a criterion and of a question.
    """
    last_criterion, last_question = after
    rows = [
        Criterion(
            challenge_id=challenge_id,
            position=last_criterion + n,
            name=criterion.name,
            guidance=criterion.guidance,
            kind=criterion.kind,
            weight=criterion.weight,
            minimum=criterion.minimum,
            maximum=criterion.maximum,
            step=criterion.step,
            threshold=criterion.threshold,
        )
        for n, criterion in enumerate(criteria, start=1)
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add_all(
        Anchor(criterion_id=row.id, value=value, label=label, meaning=meaning)
        for row, criterion in zip(rows, criteria, strict=True)
        for value, (label, meaning) in sorted(criterion.anchors.items())
    )
    db.session.add_all(
        question_row(
            challenge_id,
            last_question + n,
            question,
            None if question.criterion is None else rows[question.criterion - 1].id,
        )
        for n, question in enumerate(questions, start=1)
    )
    db.session.flush()


def question_row(
    challenge_id: int, position: int, question: TemplateQuestion, criterion_id: int | None
) -> Question:
    """The question as a row of this challenge."""
    return Question(
        challenge_id=challenge_id,
        criterion_id=criterion_id,
        position=position,
        ask=question.ask,
        kind=question.kind,
        max_words=question.max_words,
        required=question.required,
        options=json.dumps(list(question.options), ensure_ascii=False),
    )
