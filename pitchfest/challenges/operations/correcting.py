"""Correcting a published challenge: numbered, with a reason, told to everyone at one moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update

from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, Correction, Criterion, Question
from pitchfest.challenges.operations.door import fire, opened_for
from pitchfest.challenges.operations.form import MOST_WORDS
from pitchfest.challenges.operations.freezing import keep, record_of
from pitchfest.challenges.operations.news import announce
from pitchfest.challenges.operations.writing import brief_problems, marked_title
from pitchfest.challenges.rules import (
    Content,
    Correct,
    Corrected,
    NewsKind,
    Permission,
    beyond_the_approval,
    corrected,
    correction_problems,
    is_material,
    keeps_result,
    later_dates,
    shortened,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso, say_moment
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation
from pitchfest.kernel.text import tidy


def correct(
    actor: Actor,
    *,
    reference: str,
    by: Corrected,
    reason: str,
    now: datetime,
    closes_at: datetime | None = None,
    expected_version: int | None = None,
) -> int:
    """Publish the challenge anew with these values in place of the old ones; the correction's number.

    A material correction (budget, criteria, form, dates, who can pitch) needs `closes_at`, five
    working days later or more. Dates among the values are published as they are given; the others move
    along where they could not hold. Earlier records stay. Raises RuleViolation with all that is wrong,
    NotAllowed once it has closed, ValueError for what cannot be corrected.
    """
    challenge = opened_for(actor, Permission.CORRECT, reference, expected_version=expected_version, now=now)
    before, words = challenge.closes_at, tidy(reason)
    if before is None:
        raise Conflict("This challenge has no closing time yet.")
    old = queries.content(challenge.id, now)
    facts, whole, by = correction_meant(old, by, closes_at=closes_at, reason=words, now=now)
    record = record_of(whole, now=now)
    number = len(queries.corrections(challenge.id)) + 1
    row, material = whole.challenge, is_material(facts.changes)
    fire(
        actor,
        challenge,
        "correct",
        facts,
        now=now,
        detail={
            "correction": number,
            "number": record.number,
            "sha256": record.sha256,
            "material": material,
            "changed": [change.label for change in facts.changes],
            "closes_at": iso(row.closes_at or before),
            "reason": audit.fingerprint(f"{reference}:{record.number}", words),
        },
        **{**by.fields, **_dates(row)},
    )
    _write(Criterion, challenge, by.criteria)
    _write(Question, challenge, by.questions)
    keep(actor.person_id, record, now=now)
    kept = {"number": number, "record": record.number, "reason": words, "material": material}
    dates = {"closed_before": before, "closes_at": row.closes_at, "at": now}
    db.session.add(Correction(challenge_id=challenge.id, by_id=actor.person_id, **kept, **dates))
    db.session.flush()
    announce(challenge, NewsKind.CORRECTED, number, now=now)
    return number


def correction_meant(
    old: Content, by: Corrected, *, closes_at: datetime | None, reason: str, now: datetime
) -> tuple[Correct, Content, Corrected]:
    """What a correction would change of a challenge as it stands, the whole challenge after it, and the
    values; nothing is written.

    Raises RuleViolation with what is wrong with it, or with the challenge that it would make.
    """
    if old.challenge.practice and "title" in by.fields:
        by = replace(by, fields={**by.fields, "title": marked_title(by.fields["title"])})
    before = old.challenge.closes_at
    assert before is not None  # it is published
    whole = corrected(old, by)
    later = closes_at if closes_at is not None and closes_at != before else None
    facts = Correct(tuple(queries.changes_meant(whole, now)), before, later, reason)
    moved: dict[str, Any] = {}
    if later is not None:
        row = replace(whole.challenge, closes_at=later)
        moved |= later_dates(
            before,
            later,
            judging_deadline=row.judging_deadline,
            decision_due=row.decision_due,
            questions_until=row.questions_until,
            now=now,
            kept=by.fields,
        )
        whole = replace(whole, challenge=replace(row, **moved))
    problems = [Problem(message, field) for message, field in correction_problems(facts)]
    problems += brief_problems(by.fields)
    stood = queries.lacking(old, now)
    problems += [
        Problem(p.message + _beside(p.field, moved), p.field)
        for p in queries.lacking(whole, now)
        if p not in stood or (p.field in _DATES and p.field in by.fields)
    ]
    problems += _beyond_the_route(old, whole)
    problems += beyond_the_approval(old, whole)
    problems += _out_of_bounds(by)
    less = "A word limit can only be raised: someone may have used all of it"
    problems += [Problem(less, f"max_words_{key}") for key in shortened(old, by)]
    if problems:
        raise RuleViolation(*problems)
    return facts, whole, by


def _beside(field: str, moved: Mapping[str, Any]) -> str:
    """What the form does not show beside the date of the decision: when judges finish after the closing."""
    judged = moved.get("judging_deadline") if field == "decision_due" else None
    return f". With this closing, judges finish at {say_moment(judged)}" if judged else ""


def _beyond_the_route(old: Content, whole: Content) -> Iterator[Problem]:
    """A budget for which other rules hold: the route stays as it was published."""
    before, after = (content.challenge.budget_pence for content in (old, whole))
    if whole.answers is None or whole.challenge.practice or before == after:
        return
    if not keeps_result(whole.answers, after):
        words = "It was published under a route that stays, and for this budget other rules hold. "
        yield Problem(f"{words}Cancel it and start another, or enter another budget", "budget_pence")


def _out_of_bounds(by: Corrected) -> Iterator[Problem]:
    """What no criterion and no question may hold, as where a draft is written."""
    for key, values in by.criteria.items():
        if not 1 <= (values.get("weight", 1) or 0) <= 100:
            yield Problem("Enter a weight from 1 to 100", f"weight_{key}")
        if not values.get("name", "untouched").strip():
            yield Problem("Give the criterion a name", f"name_{key}")
    for key, values in by.questions.items():
        if (values.get("max_words") or 1) > MOST_WORDS:
            yield Problem(f"Enter at most {MOST_WORDS:,} words", f"max_words_{key}")


_DATES = ("closes_at", "questions_until", "judging_deadline", "decision_due")


def _dates(row: queries.ChallengeRow) -> dict[str, datetime | None]:
    """The dates as they are after the correction, which may have moved them along."""
    return {name: getattr(row, name) for name in _DATES}


def _write(
    table: type[Criterion | Question], challenge: Challenge, by: Mapping[int, Mapping[str, Any]]
) -> None:
    for key, values in by.items():
        if values:
            db.session.execute(
                update(table).where(table.id == key, table.challenge_id == challenge.id).values(**values)
            )
