"""Any two versions of a pitch that were sent, or one and what stands now, compared word by word."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import word_diff
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.queries import PitchRow, own, versions
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.rules.answers import differences
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.reading import in_words
from pitchfest.pitches.views.writing import bp
from pitchfest.web.access import requires

#: What stands now, whether or not it was sent.
NOW = "now"


@bp.get("/pitches/<reference>/compare")
@requires(Permission.VIEW, of=own)
def compare(pitch: PitchRow) -> ResponseReturnValue:
    """The versions to compare stand in the address; where it names none that there are, the two newest."""
    if pitch.removed_at:  # its page says so
        return redirect(url_for("pitches.tasks", reference=pitch.reference))
    sendings = queries.sendings(pitch.id)
    if not sendings:
        raise NotFound
    names = {str(number): f"Receipt {number}, sent at {say_moment(at)}" for number, at in reversed(sendings)}
    names[NOW] = "As it stands now"
    newest = [*names][-2:] if pitch.changing_since or len(sendings) == 1 else [*names][-3:-1]
    earlier, later = _chosen(names, newest)
    before, after = _texts(pitch, earlier), _texts(pitch, later)
    differ = set(differences(before, after))
    questions = challenges.questions(pitch.challenge_id)
    return render_template(
        "pitches/compare.html",
        pitch=pitch,
        names=names,
        earlier=earlier,
        later=later,
        changes=[
            {
                "label": f"{q.position}. {q.ask}",
                "pieces": word_diff(
                    in_words(q.kind, q.options, before.get(q.id, "")),
                    in_words(q.kind, q.options, after.get(q.id, "")),
                ),
            }
            for q in questions
            if q.id in differ
        ],
        same=[str(q.position) for q in questions if q.id not in differ],
    )


def _chosen(names: dict[str, str], otherwise: list[str]) -> tuple[str, str]:
    asked = (request.args.get("earlier", ""), request.args.get("later", ""))
    earlier, later = (a if a in names else o for a, o in zip(asked, otherwise, strict=True))
    return earlier, later


def _texts(pitch: PitchRow, version: str) -> dict[int, str]:
    """question id → text of the version; what is empty is left out."""
    if version == NOW:
        found = versions.working(pitch.id)
    else:
        sending = queries.sent(pitch.id, int(version))
        found = sending.answers if sending else {}
    return {question_id: text for question_id, text in found.items() if text}
