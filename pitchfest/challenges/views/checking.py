"""Can we pitch? A few questions that a supplier asks itself. Nothing of it is kept, and it stops nobody."""

from __future__ import annotations

from flask import g, render_template, request

from pitchfest.challenges import queries
from pitchfest.challenges.rules import check_lines
from pitchfest.challenges.views.public import bp
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import current_actor, public
from pitchfest.web.requests import now


@bp.get("/challenges/<reference>/can-we-pitch")
@public
def can_we_pitch(reference: str) -> str:
    found = queries.public(reference, now(), current_actor())
    conditions = check_lines(found.self_check)
    if not conditions:
        raise NotFound
    g.practice = found.practice
    said = [request.args.get(f"condition-{n}", "") for n in range(1, len(conditions) + 1)]
    return render_template(
        "challenges/can_we_pitch.html",
        challenge=found,
        rows=list(zip(conditions, said, strict=True)),
        failing=[c for c, answer in zip(conditions, said, strict=True) if answer == "no"],
        open=[c for c, answer in zip(conditions, said, strict=True) if answer not in ("yes", "no")],
        asked="checked" in request.args or any(said),
    )
