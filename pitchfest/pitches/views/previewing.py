"""The pitch form of a challenge as a supplier sees it, question by question, for those who write it."""

from __future__ import annotations

from flask import render_template, request

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import Permission as ChallengePermission
from pitchfest.files.rules import ACCEPTED
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.forms import answer_form
from pitchfest.pitches.rules.reading import Reading
from pitchfest.pitches.views.answers import levels_of
from pitchfest.pitches.views.desk import bp
from pitchfest.web.access import requires


@bp.get("/challenges/<reference>/form/preview")
@requires(ChallengePermission.VIEW_STAFF, of=challenges.for_staff)
def preview(found: ChallengeRow) -> str:
    questions = challenges.questions(found.id)
    position = request.args.get("question", 1, type=int)
    if questions and not 1 <= position <= len(questions):
        raise NotFound
    question = questions[position - 1] if questions else None
    criteria = challenges.criteria(found.id)
    criterion = next((c for c in criteria if question and c.id == question.criterion_id), None)
    return render_template(
        "pitches/preview.html",
        challenge=found,
        question=question,
        number=position,
        total=len(questions),
        criterion=criterion,
        levels=levels_of(criterion),
        form=answer_form(question) if question else None,
        reading=Reading(),
        accepted=ACCEPTED,
    )
