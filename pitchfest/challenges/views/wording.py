"""Advice on the wording of a challenge, before anyone outside reads it."""

from __future__ import annotations

from flask import render_template

from pitchfest.challenges import queries
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import BRIEF_LABELS, Permission
from pitchfest.challenges.rules.plain import HARD_GRADE, LONGEST_SENTENCE, Advice, advise, reading
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires

#: Parts of the brief that are no prose.
_NAMES = frozenset({"theme", "budget_pence", "payment_pence", "owner_name", "owner_organisation"})


@bp.get("/challenges/<reference>/wording")
@requires(Permission.VIEW_STAFF, of=queries.for_staff)
def wording(found: ChallengeRow) -> str:
    fields = _prose(found)
    advice: dict[str, list[Advice]] = {}
    for each in advise(fields):
        advice.setdefault(each.field, []).append(each)
    return render_template(
        "challenges/manage/wording.html",
        challenge=found,
        advice=advice,
        total=sum(map(len, advice.values())),
        reading=reading(fields),
        easy_age=HARD_GRADE + 5,
        longest=LONGEST_SENTENCE,
    )


def _prose(found: ChallengeRow) -> dict[str, str]:
    """Everything that suppliers will read, by what it is called."""
    brief = {label: getattr(found, name) for name, label in BRIEF_LABELS.items() if name not in _NAMES}
    criteria = {f"Criterion {c.position}, {c.name}": c.guidance for c in queries.criteria(found.id)}
    questions = {f"Question {q.position} of the form": q.ask for q in queries.questions(found.id)}
    return {label: text for label, text in (brief | criteria | questions).items() if text.strip()}
