"""The trial pitch: written by the procurement lead, scored by judges, and counted nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, exists, insert, select

from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import PanelMember, TrialAgreed, TrialAnswer, TrialPitch, TrialScore
from pitchfest.judging.operations.rounds import opened
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.cards import Mark, digest, draft_problems, missing
from pitchfest.judging.rules.scoring import Criterion
from pitchfest.judging.rules.trial import LEAST_WORDS, Trial, answer_problems
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, Problem, RuleViolation, StaleForm
from pitchfest.kernel.text import tidy, tidy_line


def write_trial(
    actor: Actor,
    *,
    reference: str,
    supplier: str,
    answers: Mapping[int, str],
    agreed: Mapping[int, Mark],
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Write the trial pitch with the panel's agreed scores (by question and criterion id), or change it
    until a judge has scored it. Raises RuleViolation with everything that is missing.
    """
    round_ = opened(actor, Permission.WRITE_TRIAL, reference, now=now)
    before = queries.trial(round_.id)
    if expected_version is not None and expected_version != before.version:
        raise StaleForm("Somebody wrote the trial pitch in another window. Look at it again.")
    if _scored(round_):
        raise RuleViolation("A judge has scored the trial pitch, so it stays as it is")
    name = tidy_line(supplier)
    texts = {key: tidy(text) for key, text in answers.items()}
    marks = {key: Mark(mark.hundredths, tidy(mark.reason)) for key, mark in agreed.items()}
    problems = [] if 0 < len(name) <= 160 else [Problem("Invent a name for the supplier", "supplier")]
    for part in before.parts:
        problems += answer_problems(part.questions, texts)
    problems += _mark_problems(before, marks, LEAST_WORDS)
    if problems:
        raise RuleViolation(*problems)
    for table in (TrialAnswer, TrialAgreed, TrialPitch):
        db.session.execute(delete(table).where(table.challenge_id == round_.id))
    row = {"challenge_id": round_.id, "version": before.version + 1, "supplier": name}
    db.session.execute(insert(TrialPitch).values(**row, written_by_id=actor.person_id, written_at=now))
    for part in before.parts:
        mark = marks[part.criterion.id]
        db.session.execute(
            insert(TrialAgreed).values(
                challenge_id=round_.id,
                criterion_id=part.criterion.id,
                hundredths=mark.hundredths,
                reason=mark.reason,
            )
        )
        for question in part.questions:
            text = texts[question.id]
            db.session.execute(
                insert(TrialAnswer).values(challenge_id=round_.id, question_id=question.id, text=text)
            )
    known = {part.criterion.id: marks[part.criterion.id] for part in before.parts}
    audit.record(actor, "judging.write_trial", f"challenge:{round_.reference}", now=now, scores=digest(known))


def score_trial(actor: Actor, *, reference: str, marks: Mapping[int, Mark], now: datetime) -> None:
    """Send one's own scores for the trial pitch, once. They are in no total, export or letter.

    Raises NotFound where there is none; Conflict when they were sent already; RuleViolation with all that
    is missing.
    """
    round_ = opened(actor, Permission.TRY, reference, now=now)
    assert round_.member_id is not None
    trial = queries.trial(round_.id)
    if not trial.version:
        raise NotFound
    if queries.trial_marks(round_.member_id):
        raise Conflict("You have sent your scores for the trial pitch already.")
    wanted = {key: Mark(mark.hundredths, tidy(mark.reason)) for key, mark in marks.items()}
    if problems := _mark_problems(trial, wanted, round_.reason_words):
        raise RuleViolation(*problems)
    db.session.execute(
        insert(TrialScore),
        [
            {
                "member_id": round_.member_id,
                "criterion_id": part.criterion.id,
                "hundredths": wanted[part.criterion.id].hundredths,
                "reason": wanted[part.criterion.id].reason,
                "at": now,
            }
            for part in trial.parts
        ],
    )
    audit.record(actor, "judging.score_trial", f"challenge:{round_.reference}", now=now)


def _mark_problems(trial: Trial, marks: Mapping[int, Mark], words: int) -> list[Problem]:
    criteria = [part.criterion for part in trial.parts]
    scales = {c.id: Criterion("", c.weight, c.minimum, c.maximum, c.step) for c in criteria}
    lacks = missing([(c.id, c.name) for c in criteria], marks, words)
    return draft_problems(scales, marks) + [Problem(lack.message, lack.field) for lack in lacks]


def _scored(round_: Round) -> bool:
    members = select(PanelMember.id).where(PanelMember.challenge_id == round_.id)
    return bool(db.session.scalar(select(exists().where(TrialScore.member_id.in_(members)))))
