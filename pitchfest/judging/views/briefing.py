"""The briefing for judges: writing it, and reading it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from markupsafe import Markup

from pitchfest.judging import operations, queries
from pitchfest.judging.forms import BriefingForm
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.views.desk import bp as desk
from pitchfest.judging.views.manage import Page, bp, shown
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.markdown import to_html
from pitchfest.web.requests import now


@bp.route("/briefing", methods=["GET", "POST"])
@requires(Permission.BRIEF, of=queries.round_of)
def write_briefing(round_: Round) -> Page:
    found = queries.briefing(round_.id)
    if found:
        form = BriefingForm(data={"text": found.text, "version": str(found.version)})
    else:
        form = BriefingForm(data={"text": queries.first_briefing(round_), "version": "0"})
    if form.validate_on_submit():
        with saving(form, then=url_for("judging.briefing", reference=round_.reference)) as saved:
            operations.write_briefing(
                the_actor(),
                reference=round_.reference,
                text=form.text.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Saved. The panel page shows who has read it.", "success")
            return redirect(saved.redirect)
    return shown("judging/write_briefing.html", form, round=round_, found=found)


@desk.route("/judging/<reference>/briefing", methods=["GET", "POST"])
@requires(Permission.BRIEFED, of=queries.round_of)
def briefing(round_: Round) -> Page:
    found = queries.briefing(round_.id, round_.member_id)
    if found is None:
        raise NotFound
    form = Form(data={"version": str(found.version)})
    if form.validate_on_submit():
        with saving(form, then=url_for("judging.desk")) as saved:
            operations.read_briefing(
                the_actor(),
                reference=round_.reference,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Thank you for reading the briefing.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "judging/briefing.html",
        round=round_,
        found=found,
        prose=Markup(to_html(found.text)),  # noqa: S704 - `to_html` has cleaned it
        judges=round_.member_id is not None and not round_.released,
        may_refuse=bool(allows(Permission.REFUSE, round_)),
        form=form,
        page_errors=bool(form.errors),
    )
    return (page, 422) if form.errors else page
