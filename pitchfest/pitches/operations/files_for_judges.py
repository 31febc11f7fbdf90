"""Deciding what judges who must not learn who pitches get of a file. The file itself never changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation, StaleForm
from pitchfest.kernel.text import count_words, tidy
from pitchfest.pitches.models import FileForJudges
from pitchfest.pitches.operations.filing import KeptFile, add_file
from pitchfest.pitches.operations.hiding import open_to_change
from pitchfest.pitches.queries import files_for_judges as queries
from pitchfest.pitches.rules.without_names import FileGiven


def give_file(
    actor: Actor,
    *,
    reference: str,
    position: int,
    given: FileGiven | None,
    reason: str,
    copy: KeptFile | None,
    expected_version: int | None = None,
    now: datetime,
) -> None:
    """Give judges a file as it is, nothing of it, or a copy without names, until judging begins; the newest
    decision counts. `position` is that of the form, 0 for the file in which a pitch came. The log says what
    was decided and where, not why.

    Raises NotFound where judges see names or there is no such file, RuleViolation once judging has begun,
    without a reason, and where the copy is missing, StaleForm when something else was decided than the
    `expected_version` that was seen, 0 for nothing.
    """
    facts = open_to_change(actor, reference)
    file = next((each for each in queries.opened_files([facts.id]) if each.position == position), None)
    if file is None:
        raise NotFound
    before = queries.decided([facts.id]).get(file.place)
    if expected_version is not None and expected_version != (before.id if before else 0):
        raise StaleForm("Somebody decided about this file meanwhile. Look at it first.")
    why = tidy(reason)
    problems = []
    if given is None:
        problems.append(Problem("Choose what judges get", "given"))
    elif given != FileGiven.AS_IT_IS and count_words(why) < 3:
        problems.append(Problem("Say in a sentence why judges should not get the file as it is", "reason"))
    if given == FileGiven.COPY and copy is None:
        problems.append(Problem("Choose the copy without names", "copy"))
    if given not in (None, FileGiven.COPY) and copy is not None:
        problems.append(Problem("A file was sent too. To give it to judges, choose the copy", "given"))
    if problems:
        raise RuleViolation(*problems)
    copy_id = add_file(actor, copy, facts.id, file.question_id, now) if copy is not None else None
    db.session.execute(
        insert(FileForJudges).values(
            pitch_id=facts.id,
            question_id=file.question_id,
            given=given,
            copy_id=copy_id,
            reason=why,
            by_id=actor.person_id,
            at=now,
        )
    )
    record(actor, "pitch.give_file", f"pitch:{reference}", now=now, place=position, given=given)
    db.session.flush()
