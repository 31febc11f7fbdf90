"""What everyone may read: the list, a challenge, its questions, and its published record."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.exports import qr_code
from pitchfest.challenges.rules import Stage, token_hash
from pitchfest.challenges.views.showing import challenge_page, listed, question_list
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import tidy_line
from pitchfest.web.access import current_actor, public
from pitchfest.web.forms import Form, saving
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


def public_address(reference: str) -> str:
    """The whole address of a challenge's page, for paper and for other people's pages."""
    return f"{current_app.config['PITCHFEST_URL']}{url_for('challenges.challenge', reference=reference)}"


@bp.get("/challenges/<reference>/qr.svg")
@public
def qr(reference: str) -> Response:
    """The address of the challenge's page for a phone's camera."""
    found = queries.public(reference, now(), current_actor())
    response = Response(qr_code(public_address(found.reference)), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.route("/no-more/<token>", methods=["GET", "POST"])
@public
def stop(token: str) -> ResponseReturnValue:
    """Where someone outside says that they want to be told of no challenge any more."""
    if not queries.was_told(token_hash(token)):
        raise NotFound
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("challenges.stop", token=token)) as saved:
            operations.stop_telling(token, now=now())
        if saved:
            return redirect(saved.redirect)
    page = render_template("challenges/stop.html", form=form, stopped=queries.has_stopped(token_hash(token)))
    return page, 200, {"Referrer-Policy": "no-referrer"}
