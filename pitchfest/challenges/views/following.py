"""Following: by e-mail without an account, by feed, and by calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.rules import tidy_address
from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import FollowForm
from pitchfest.challenges.queries import ChallengeRow, DatedChallenge, NewsRow
from pitchfest.challenges.rules import DATE_LABELS, NEWS_TITLES, THEMES, ChallengeState, happened
from pitchfest.challenges.views.public import asked_theme, bp
from pitchfest.db import transaction
from pitchfest.extensions import csrf
from pitchfest.kernel.calendar_file import Event, calendar_file
from pitchfest.kernel.clock import iso, say_span
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import current_actor, public
from pitchfest.web.forms import Form, saving
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.requests import now, started

#: Of how many challenges a calendar of all holds the dates.
MOST_DATED = 200
#: How much of what happened each date in a calendar tells; the page has all of it.
MOST_TOLD = 5


def _found(reference: str) -> ChallengeRow:
    """A published challenge that can be followed. Raises NotFound, also for one for practice."""
    found = queries.public(reference, now(), current_actor())
    if found.practice:
        raise NotFound
    return found


@bp.route("/challenges/<reference>/follow", methods=["GET", "POST"])
@public
def follow(reference: str) -> ResponseReturnValue:
    return _follow_page(_found(reference))


@bp.route("/challenges/follow", methods=["GET", "POST"])
@public
def follow_all() -> ResponseReturnValue:
    return _follow_page(None)


def _follow_page(found: ChallengeRow | None) -> ResponseReturnValue:
    actor = current_actor()
    theme = asked_theme() if found is None else ""
    form = FollowForm(email=actor.email if actor else "", theme=theme)
    if found is not None:
        del form.theme
    here = (
        url_for("challenges.follow", reference=found.reference) if found else url_for("challenges.follow_all")
    )
    if form.validate_on_submit() and _let_through(form):
        with saving(form, then=f"{here}?asked=1") as saved:
            operations.follow(
                form.email.data,
                challenge_id=found.id if found else None,
                theme=form.theme.data if found is None else "",
                now=now(),
            )
        if saved:
            return redirect(saved.redirect)
    page = render_template(
        "challenges/follow.html",
        challenge=found,
        theme=theme,
        themes=THEMES,
        form=form,
        asked=request.method == "GET" and "asked" in request.args,
        page_errors=bool(form.errors or form.form_errors),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _let_through(form: FollowForm) -> bool:
    """Count an attempt, so that nobody floods an address with questions."""
    keys = accounts.attempt_keys(
        f"follow|{tidy_address(form.email.data)}",
        browser=str(session.get("csrf_token", "")),
        address=request.remote_addr or "",
    )
    with unclaimed(), transaction(started()):
        wait = accounts.attempt(keys, now=now())
    if wait is None:
        return True
    form.form_errors.append(f"That was too many attempts. Try again in {say_span(wait - now())}")
    return False


@bp.route("/following/<token>", methods=["GET", "POST"])
@public
def following(token: str) -> ResponseReturnValue:
    """Where whoever reads an address's mail says yes, and later stop. Opening it changes nothing."""
    row = queries.follower(token=token)
    if row is None:
        page = render_template("challenges/following.html", row=None, challenge=None, theme="", form=Form())
        return page, 404, {"Referrer-Policy": "no-referrer"}
    form, challenge = Form(), None
    if row.challenge_id is not None:
        challenge = queries.by_id(row.challenge_id, now())
    if form.validate_on_submit():
        stops = request.form.get("act") == "stop"
        then = url_for("challenges.stopped") if stops else url_for("challenges.following", token=token)
        with saving(form, then=then) as saved:
            if stops:
                operations.stop_following(token)
            else:
                operations.confirm_following(token, now=now())
        if saved:
            if not stops:
                flash("You follow this now. We write when something happens.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/following.html",
        row=row,
        challenge=challenge,
        theme=THEMES.get(row.theme, ""),
        form=form,
    )
    return page, 200, {"Referrer-Policy": "no-referrer"}


@bp.get("/following/stopped")
@public
def stopped() -> str:
    return render_template("challenges/following_stopped.html")


@bp.post("/following/<token>/stop")
@public
def stop_at_once(token: str) -> ResponseReturnValue:
    """What a mail program posts by itself (RFC 8058), with no page and no cookie: the token suffices."""
    with unclaimed(), transaction(started()):
        operations.stop_following(token)
    return "", 204


csrf.exempt(stop_at_once)

# Feeds and calendars.


@bp.get("/challenges/feed.atom")
@public
def feed_of_all() -> Response:
    theme = asked_theme()
    return _feed(None, queries.news(theme=theme), theme=theme)


@bp.get("/challenges/<reference>/feed.atom")
@public
def feed(reference: str) -> Response:
    found = _found(reference)
    return _feed(found, queries.news(challenge_id=found.id))


def _feed(found: ChallengeRow | None, rows: Sequence[NewsRow], *, theme: str = "") -> Response:
    """News as Atom (RFC 4287). An entry's id holds nothing that could change."""
    base = str(current_app.config["PITCHFEST_URL"])
    host = urlsplit(base).hostname
    of = f":{found.reference}" if found else f":theme:{theme}" if theme else ""
    here = {"reference": found.reference} if found else {"theme": theme or None}
    page = "challenges.challenge" if found else "challenges.index"
    body = render_template(
        "challenges/feed.xml",
        base=base,
        here=f"{base}{url_for(str(request.endpoint), **here)}",
        page=f"{base}{url_for(page, **here)}",
        name=found.title if found else _name(theme),
        updated=iso(rows[0].at) if rows else iso(datetime(2026, 1, 1, tzinfo=now().tzinfo)),
        feed_id=f"tag:{host},2026:challenges{of}",
        entries=[(row, NEWS_TITLES[row.kind], f"tag:{host},2026:news:{row.id}", iso(row.at)) for row in rows],
    )
    return _cached(body, "application/atom+xml; charset=utf-8")


def _name(theme: str) -> str:
    """What a feed or calendar of many challenges is called."""
    return f"Challenges about {THEMES[theme].lower()}" if theme else "Challenges"


@bp.get("/challenges/dates.ics")
@public
def dates_of_all() -> Response:
    moment, theme = now(), asked_theme()
    events = [
        event for event in _events(queries.dated(moment, theme=theme, most=MOST_DATED)) if event.at > moment
    ]
    return _calendar(events, _name(theme), f"challenges-{theme}" if theme else "challenges")


@bp.get("/challenges/<reference>/dates.ics")
@public
def dates(reference: str) -> Response:
    found = _found(reference)
    return _calendar(_events([found]), found.title, found.reference)


def _events(challenges: Sequence[ChallengeRow | DatedChallenge]) -> list[Event]:
    """The public dates of challenges. Each keeps its uid for ever, counts the challenge's news, and
    tells the newest of them.
    """
    base = str(current_app.config["PITCHFEST_URL"])
    news = queries.news_of([row.id for row in challenges])
    return [
        Event(
            uid=f"{name}-{row.reference}@{urlsplit(base).hostname}",
            at=getattr(row, name),
            summary=f"{label}: {row.title}",
            text=_told(row.question or row.title, news.get(row.reference, ())),
            url=f"{base}{url_for('challenges.challenge', reference=row.reference)}",
            sequence=len(news.get(row.reference, ())),
            cancelled=row.state == ChallengeState.CANCELLED,
            alarms=name == "closes_at",
        )
        for row in challenges
        for name, label in DATE_LABELS.items()
        if getattr(row, name) is not None
    ]


def _told(question: str, news: Sequence[NewsRow]) -> str:
    """What a date in a calendar says: the question, and below it what happened, the newest first."""
    lines = [happened(row.kind, row.item, row.at, row.reason) for row in news[:MOST_TOLD]]
    return "\n\n".join([question, *(["\n".join(lines)] if lines else [])])


def _calendar(events: Sequence[Event], name: str, file: str) -> Response:
    response = _cached(calendar_file(events, made_at=now(), name=name), "text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file}.ics"'
    return response


def _cached(body: str, kind: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
