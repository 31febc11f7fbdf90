"""The first page: for everyone what this is and what is open; for each person what waits for them."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.queries import Sought
from pitchfest.challenges.rules import LABELS, RELEASED, ChallengeState, Permission, Stage
from pitchfest.home import queries
from pitchfest.home.exports import overview_table
from pitchfest.home.rules import BY_SLUG, PICTURES, TOURS, tours_for
from pitchfest.kernel.actor import ROLE_NAMES, Actor, Role
from pitchfest.kernel.clock import LONDON, say_ago, say_moment
from pitchfest.kernel.tabular import to_xlsx
from pitchfest.kernel.text import say_called
from pitchfest.kernel.waiting import Waiting
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.rules.states import PitchState, supplier_label
from pitchfest.web.access import allows, current_actor, public, requires, the_actor
from pitchfest.web.forms import Form
from pitchfest.web.requests import mail_leaves, now

bp = Blueprint("home", __name__)
BLUEPRINTS: tuple[Blueprint, ...] = (bp,)

_OPEN = Sought(stage=Stage.OPEN)
_OPEN_SHOWN = 5
_STAFF_SHOWN = 25


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    if not accounts.region().is_set_up:
        return redirect(url_for("admin.set_up"))
    actor = current_actor()
    return _public() if actor is None else _personal(actor)


@bp.get("/overview")
@requires(Permission.LIST)
def overview() -> str:
    return render_template("home/overview.html", overview=queries.overview(the_actor(), now()), labels=LABELS)


@bp.get("/overview.xlsx")
@requires(Permission.LIST)
def overview_file() -> Response:
    body = to_xlsx(*overview_table(queries.overview(the_actor(), now())), title="Overview")
    return Response(
        body,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": "attachment; filename=overview.xlsx"},
    )


#: Roles whose work fills the first page; a champion without one gets the overview there.
_WORKING = (Role.OFFICER, Role.APPROVER, Role.LEAD, Role.ADMIN)


def _looks_on(actor: Actor) -> bool:
    return actor.has(Role.CHAMPION) and not actor.has(*_WORKING)


def _public() -> str:
    moment = now()
    counts = challenges.public_counts(moment, Sought()).stages
    shown = challenges.public_page(moment, _OPEN, number=1, size=_OPEN_SHOWN)
    return render_template(
        "home/public.html",
        counts=counts,
        stages=Stage,
        challenges=shown,
        promises=queries.promises(moment),
    )


def _personal(actor: Actor) -> str:
    moment = now()
    own = pitches.mine(actor, moment)
    tasks = queries.waiting(actor, moment, own)
    mine = own if actor.organisations else []
    looks_on = _looks_on(actor)
    lists = actor.is_staff and not looks_on
    listed = challenges.staff_page(actor, moment, sort="waiting", size=_STAFF_SHOWN) if lists else []
    shown = challenges.public_page(moment, _OPEN, number=1, size=_OPEN_SHOWN) if not actor.is_staff else []
    return render_template(
        "home/personal.html",
        greeting=greeting(moment),
        first_name=say_called(actor.name),
        tasks=[(task, say_when(task, moment), url_for(task.endpoint, **task.values)) for task in tasks],
        checklist=[_as_task(check) for check in queries.checklist(actor, mail_leaves=mail_leaves())],
        press=Form(formdata=None),
        pitches=[(pitch, supplier_label(pitch.state, pitch.challenge_state), _next(pitch)) for pitch in mine],
        challenges=listed,
        more_challenges=len(listed) == _STAFF_SHOWN,
        labels=LABELS,
        overview=queries.overview(actor, moment) if looks_on else None,
        standing_in=[
            (row, ROLE_NAMES[row.role].lower())
            for row in (accounts.standing_in(actor.person_id, moment) if "stand_in" in actor.parts else [])
        ],
        open_challenges=shown,
        tours=tours_for(actor),
        may_create=allows(Permission.CREATE).allowed,
    )


@bp.get("/help/tours")
@public
def tours() -> str:
    return render_template("home/tours.html", tours=TOURS)


@bp.get("/help/tours/<role>")
@public
def tour(role: str) -> str:
    if (found := BY_SLUG.get(role)) is None:
        abort(404)
    actor = current_actor()
    return render_template(
        "home/tour.html",
        tour=found,
        pictures=PICTURES,
        tours=TOURS,
        may_try=actor is None or not found.staff or found in tours_for(actor),
    )


def _as_task(check: queries.Check) -> tuple[str, str, str, str, str]:
    """A row of a task list: title, address, hint, state, colour of its tag."""
    if check.done:
        return check.text, "", "", "Done", ""
    state = ("Waiting", "grey") if check.waiting else ("To do", "blue")
    return check.text, url_for(check.endpoint, _anchor=check.anchor or None), check.hint, *state


def greeting(moment: datetime) -> str:
    """What one says at this hour in London."""
    hour = moment.astimezone(LONDON).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


def say_when(task: Waiting, moment: datetime) -> str:
    """Since when a task waits and by when it is wanted, as far as either is known."""
    said = []
    if task.since is not None:
        said.append(f"Waiting {say_ago(task.since, moment)}")
    if task.due is not None:
        said.append(f"{'Was due' if task.due <= moment else 'Due'} at {say_moment(task.due)}")
    return ". ".join(said) + "." if said else ""


def _next(pitch: pitches.PitchRow) -> tuple[str, datetime | None]:
    """What comes next for a pitch, and when, as far as there is a date."""
    if pitch.challenge_state in RELEASED:
        told = pitch.state not in {PitchState.WITHDRAWN, PitchState.LAPSED}
        return ("Read your letter" if told else "Finished"), None
    if pitch.state in {PitchState.WITHDRAWN, PitchState.LAPSED}:
        return "Nothing more to do", None
    if pitch.challenge_state == ChallengeState.OPEN:
        return "Closes", pitch.closes_at
    return "Decision expected", pitch.decision_due
