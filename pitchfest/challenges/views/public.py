"""What everyone may read: the list, a challenge, its questions, and its published record."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request

from pitchfest.challenges import queries
from pitchfest.challenges.rules import Stage
from pitchfest.challenges.views.showing import challenge_page, listed, question_list
from pitchfest.kernel.text import tidy_line
from pitchfest.web.access import current_actor, public
from pitchfest.web.pagination import PAGE_SIZE, Page, asked_page
from pitchfest.web.requests import now

bp = Blueprint("challenges", __name__)

_STAGES = {Stage.OPEN: "Open for pitches", Stage.JUDGED: "Being judged", Stage.FINISHED: "Finished"}


@bp.get("/challenges")
@public
def index() -> str:
    text = tidy_line(request.args.get("q", ""))[:100]
    asked = request.args.get("stage", "")
    stage = Stage(asked) if asked in set(Stage) else None
    counts = queries.public_counts(now(), text=text)
    total = counts[stage] if stage else sum(counts.values())
    number = asked_page()
    rows = queries.public_page(now(), stage=stage, text=text, number=number, size=PAGE_SIZE) if total else []
    return render_template(
        "challenges/index.html",
        items=[listed(row, now()) for row in rows],
        stages=[(s.value, name, counts[s]) for s, name in _STAGES.items()],
        every=sum(counts.values()),
        stage=stage,
        text=text,
        total=total,
        paging=Page(number, total),
    )


@bp.get("/challenges/<reference>")
@public
def challenge(reference: str) -> str:
    return challenge_page(queries.public(reference, now(), current_actor()), preview=False)


@bp.get("/challenges/<reference>/form")
@public
def form(reference: str) -> str:
    found = queries.public(reference, now(), current_actor())
    g.practice = found.practice
    return render_template("challenges/form.html", challenge=found, questions=question_list(found.id))


@bp.get("/challenges/<reference>/snapshots/<int(max=2147483647):number>.json")
@public
def snapshot(reference: str, number: int) -> Response:
    """The published record to the letter: its SHA-256 is that of this body."""
    found = queries.public(reference, now(), current_actor())
    return Response(queries.snapshot_body(found.id, number), mimetype="application/json")
