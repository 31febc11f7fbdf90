"""The outbox and the log. Both show what happened, never what was written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from pitchfest.accounts.queries import person_names
from pitchfest.admin.rules import Permission
from pitchfest.admin.views.blueprint import bp
from pitchfest.audit import queries as audit
from pitchfest.audit.rules import first_break
from pitchfest.kernel.text import tidy_line
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import setup
from pitchfest.mail.rules import Delivery
from pitchfest.pitches import queries as pitches
from pitchfest.web.access import requires, the_actor
from pitchfest.web.pagination import PAGE_SIZE, Page, asked_page
from pitchfest.web.requests import now

#: Where the application names which acts of the log are kept from whom: how their names begin → from a
#: person's id to whether they are.
LOG_BARRIERS_EXTENSION = "pitchfest.log_barriers"
Barrier = Callable[[int], bool]
STATES = {
    Delivery.QUEUED: ("On its way", "blue"),
    Delivery.SENDING: ("On its way", "blue"),
    Delivery.SENT: ("Sent", "green"),
    Delivery.KEPT: ("Kept here", "green"),
    Delivery.DROPPED: ("Not sent", "grey"),
    Delivery.FAILED: ("Failed", "red"),
}
#: What stands for the time at which a message left, where it has not.
NOT_LEFT = dict.fromkeys(Delivery, "Did not leave") | {
    Delivery.QUEUED: "Not yet",
    Delivery.SENDING: "Not yet",
}


@bp.get("/admin/outbox")
@requires(Permission.OUTBOX)
def outbox() -> ResponseReturnValue:
    """Kind, time and state; what concerns an unopened pitch is a count."""
    number = asked_page()
    left_out = pitches.withheld_until_cancelled()
    rows, total, about_sealed = mail.overview(number=number, size=PAGE_SIZE, not_counted=left_out)
    return render_template(
        "admin/outbox.html",
        rows=rows,
        page=Page(number, total),
        sealed=None if pitches.any_withheld(now()) else about_sealed,
        left_out=bool(left_out),
        states=STATES,
        not_left=NOT_LEFT,
        kinds=setup().kinds,
        sent=Delivery.SENT,
    )


@bp.get("/admin/log")
@requires(Permission.LOG)
def log() -> ResponseReturnValue:
    """A page of entries; with `check` in the address, also whether the whole log holds."""
    number = asked_page()
    action = tidy_line(request.args.get("action", ""))[:80]
    object_ = tidy_line(request.args.get("object", ""))[:120]
    barriers: Mapping[str, Barrier] = current_app.extensions.get(LOG_BARRIERS_EXTENSION, {})
    left_out = [acts for acts, keeps_out in barriers.items() if keeps_out(the_actor().person_id)]
    entries, total = audit.page(
        number=number, size=PAGE_SIZE, action=action, object=object_, without=left_out
    )
    people = {e["actor"].removeprefix("person:") for e in entries if e["actor"].startswith("person:")}
    names = person_names(int(i) for i in people)
    return render_template(
        "admin/log.html",
        entries=entries,
        names={f"person:{i}": name for i, name in names.items()},
        page=Page(number, total),
        action=action,
        object=object_,
        left_out=bool(left_out),
        anchor=audit.anchor(),
        checked=first_break(audit.chain()) if "check" in request.args else None,
    )
