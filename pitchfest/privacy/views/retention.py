"""The privacy notice, and how long things are kept."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts.operations import require_proof
from pitchfest.accounts.queries import region
from pitchfest.kernel.text import plural
from pitchfest.privacy import operations, queries
from pitchfest.privacy.forms import NightlyForm, PeriodForm
from pitchfest.privacy.queries import PeriodRow
from pitchfest.privacy.rules import DONE_NAMES, Permission, say_period
from pitchfest.privacy.views.blueprint import bp, parts
from pitchfest.web.access import public, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.pages import own_words
from pitchfest.web.requests import now


@bp.get("/privacy")
@public
def notice() -> str:
    """The privacy notice; its periods are those of the retention table as it holds here."""
    texts = region().texts
    return render_template(
        "privacy/notice.html",
        own=own_words(texts),
        periods=queries.periods(),
        say_period=say_period,
    )


@bp.get("/admin/retention")
@requires(Permission.RETENTION)
def retention() -> ResponseReturnValue:
    """The table, and what a purge would remove now: numbers only."""
    return _retention_page(Form())


@bp.post("/admin/retention")
@requires(Permission.RETENTION)
def purge() -> ResponseReturnValue:
    """Remove what is past its time now. Each batch is a write of its own, so the form's token is taken
    first and a second press does nothing.
    """
    form, actor, then = Form(), the_actor(), url_for("privacy.retention")
    require_proof(actor, now())
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            pass
        if saved:
            total = sum(operations.purge(actor, parts=parts(), now=now()).values())
            flash(
                f"Done. {plural(total, 'thing')} past their time removed."
                if total
                else "Nothing was past its time.",
                "success",
            )
            return redirect(then)
    return _retention_page(form)


def _retention_page(form: Form) -> ResponseReturnValue:
    rows, found = queries.periods(), queries.due(parts(), now())
    page = render_template(
        "privacy/retention.html",
        form=form,
        rows=rows,
        due=found,
        total=sum(each.count for each in found.values()),
        nightly=queries.nightly(),
        last=queries.last_run(),
        say_period=say_period,
        done_names=DONE_NAMES,
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/admin/retention/nightly")
@requires(Permission.RETENTION)
def nightly() -> ResponseReturnValue:
    form, then = NightlyForm(), url_for("privacy.retention")
    require_proof(the_actor(), now())
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.set_nightly(the_actor(), nightly=form.nightly.data, now=now())
        if saved:
            flash(
                "It is done every night after 2am."
                if form.nightly.data
                else "It is not done by itself any more.",
                "success",
            )
    return redirect(then)


@bp.route("/admin/retention/<category>", methods=["GET", "POST"])
@requires(Permission.RETENTION, of=queries.period)
def period(row: PeriodRow) -> ResponseReturnValue:
    """Change one period, with the reason."""
    form, then = PeriodForm(days=row.keeps.days if row.keeps else None), url_for("privacy.retention")
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.set_period(
                the_actor(),
                category=row.line.category,
                days=form.days.data,
                reason=form.reason.data or "",
                now=now(),
            )
        if saved:
            flash("The period is changed. The privacy notice says so too.", "success")
            return redirect(then)
    page = render_template(
        "privacy/period.html", row=row, form=form, say_period=say_period, page_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200
