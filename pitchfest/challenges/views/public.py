"""What everyone may read: the list, a challenge, its questions, and its published record."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.exports import qr_code
from pitchfest.challenges.queries import Counts, Sought
from pitchfest.challenges.rules import THEMES, Sort, Stage, Within, token_hash
from pitchfest.challenges.views.showing import challenge_page, form_in_words, listed
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import tidy_line
from pitchfest.web.access import current_actor, public
from pitchfest.web.forms import Form, saving
from pitchfest.web.pagination import PAGE_SIZE, Page, asked_page
from pitchfest.web.requests import now

bp = Blueprint("challenges", __name__)

Choice = TypeVar("Choice", bound=StrEnum)

_STAGES = {Stage.OPEN: "Open for pitches", Stage.JUDGED: "Being judged", Stage.FINISHED: "Finished"}
_WITHIN = {Within.WEEK: "Within a week", Within.MONTH: "Within a month"}
_SORTS = {Sort.RELEVANCE: "Best match", Sort.CLOSING: "Closing soonest", Sort.NEWEST: "Newest"}
_SORTED = {
    Sort.RELEVANCE: "best match first",
    Sort.CLOSING: "closing soonest first",
    Sort.NEWEST: "newest first",
}


@bp.get("/challenges")
@public
def index() -> str:
    sought = Sought(
        text=tidy_line(request.args.get("q", ""))[:100],
        stage=_one_of(Stage, "stage"),
        theme=asked_theme(),
        within=_one_of(Within, "closing"),
        sort=_one_of(Sort, "sort"),
    )
    moment, number = now(), asked_page()
    counts = queries.public_counts(moment, sought)
    rows = queries.public_page(moment, sought, number=number, size=PAGE_SIZE) if counts.total else []
    return render_template(
        "challenges/index.html",
        items=[listed(row, moment) for row in rows],
        sought=sought,
        theme=THEMES.get(sought.theme, ""),
        asked=_asked(sought),
        narrowed=any(_asked(sought).values()),
        groups=_groups(sought, counts),
        total=counts.total,
        order=_SORTED[sought.order],
        paging=Page(number, counts.total),
    )


def asked_theme() -> str:
    """The key of the theme that the address names, "" for none or for one there is not."""
    theme = request.args.get("theme", "")
    return theme if theme in THEMES else ""


def _one_of(kind: type[Choice], name: str) -> Choice | None:
    """The choice that the address names, None for none or for one there is not."""
    asked = request.args.get(name, "")
    return kind(asked) if asked in {choice.value for choice in kind} else None


def _asked(sought: Sought) -> dict[str, str]:
    """What the address of this list says, so that others can share it and add to it."""
    return {
        "q": sought.text,
        "stage": sought.stage or "",
        "theme": sought.theme,
        "closing": sought.within or "",
        "sort": "" if sought.order is sought.usual else sought.order.value,
    }


def _groups(sought: Sought, counts: Counts) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The choices beside the list: heading, then (label, number in words, address or "" where chosen)."""
    asked = _asked(sought)

    def choice(name: str, value: str, label: str, number: int | None) -> tuple[str, str, str]:
        there = {key: v for key, v in {**asked, name: value}.items() if v}
        chosen = asked[name] == value
        words = "" if number is None else f" ({number})"
        return label, words, "" if chosen else f"{url_for('challenges.index')}?{urlencode(there)}"

    stages = [choice("stage", s.value, label, counts.stages[s]) for s, label in _STAGES.items()]
    themes = [choice("theme", key, THEMES[key], count) for key, count in counts.themes.items()]
    closing = [choice("closing", w.value, label, None) for w, label in _WITHIN.items()]
    every = sum(counts.stages.values())
    groups = [("Stage", [choice("stage", "", "All", every), *stages])]
    if themes or sought.theme:
        groups.append(("Theme", [choice("theme", "", "All", None), *themes]))
    groups.append(("Closing", [choice("closing", "", "Any time", None), *closing]))
    by = [
        choice("sort", "" if sort is sought.usual else sort.value, label, None)
        for sort, label in _SORTS.items()
        if sort is not Sort.RELEVANCE or sought.usual is Sort.RELEVANCE
    ]
    return [*groups, ("Sort by", by)]


@bp.get("/challenges/<reference>")
@public
def challenge(reference: str) -> str:
    return challenge_page(queries.public(reference, now(), current_actor()), preview=False)


@bp.get("/challenges/<reference>/form")
@public
def form(reference: str) -> str:
    found = queries.public(reference, now(), current_actor())
    g.practice = found.practice
    questions, takes = form_in_words(found)
    return render_template("challenges/form.html", challenge=found, questions=questions, takes=takes)


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
