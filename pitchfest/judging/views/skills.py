"""Skills, limits and days away: the challenge's list, each judge's own, and what pitches ask for."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import CriterionKind
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import AskedForm, CapacityForm, capacity_form, skills_form
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.views import desk
from pitchfest.judging.views.manage import Page, bp, one_round, part_of_address, shown
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import join_words, plural
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/skills", methods=["GET", "POST"])
@requires(Permission.PANEL_EDIT, of=queries.round_of)
def skills(round_: Round) -> Page:
    """The list of skills that pitches may ask for; the criteria are named beside it where there is none."""
    listed = queries.skills(round_.id)
    judged = [c.name for c in challenges.criteria(round_.id) if c.kind == CriterionKind.JUDGED]
    form = skills_form(listed)()
    if form.validate_on_submit():
        with saving(form, then=url_for(".panel", reference=round_.reference)) as saved:
            operations.list_skills(
                the_actor(), reference=round_.reference, renamed=form.renamed, added=form.added, now=now()
            )
        if saved:
            flash("The list of skills is saved.", "success")
            return redirect(saved.redirect)
    return shown("judging/skills.html", form, round=round_, listed=listed, criteria=join_words(judged))


@bp.route("/panel/<int:member_id>/skills", methods=["GET", "POST"])
@requires(Permission.PANEL_EDIT, of=one_round)
def capacity(round_: Round) -> Page:
    """What staff write down for a judge."""
    member_id = int(part_of_address("member_id"))
    judge = next((row for row in queries.panel(round_.id) if row.member_id == member_id and row.active), None)
    if judge is None:
        raise NotFound
    held, listed = queries.capacity(member_id), queries.skills(round_.id)
    form = capacity_form(listed, held)
    back = url_for(".panel", reference=round_.reference)
    if form.validate_on_submit() and _said(form, round_, member_id, back):
        flash(f"What you wrote down about {judge.name} is saved. They can see and change it.", "success")
        return redirect(back)
    return shown(
        "judging/capacity.html", form, round=round_, judge=judge, held=held, skills=listed, back=back
    )


@desk.bp.route("/judging/<reference>/skills", methods=["GET", "POST"])
@requires(Permission.OWN_CAPACITY, of=queries.round_of)
def own_capacity(round_: Round) -> Page:
    """What judges say of themselves."""
    assert round_.member_id is not None
    held, listed = queries.capacity(round_.member_id), queries.skills(round_.id)
    form = capacity_form(listed, held)
    back = url_for("judging.desk")
    if form.validate_on_submit() and _said(form, round_, None, back):
        flash("Thank you. It is saved.", "success")
        return redirect(back)
    page = render_template(
        "judging/capacity.html",
        form=form,
        round=round_,
        judge=None,
        held=held,
        skills=listed,
        back=back,
        page_errors=bool(form.errors),
    )
    return (page, 422) if form.errors else page


def _said(form: CapacityForm, round_: Round, member_id: int | None, then: str) -> bool:
    with saving(form, then=then) as saved:
        operations.set_capacity(
            the_actor(),
            reference=round_.reference,
            member_id=member_id,
            said=form.said,
            expected_version=form.expected_version,
            now=now(),
        )
    return bool(saved)


@bp.route("/asked-skills", methods=["GET", "POST"])
@requires(Permission.SHARE_OUT, of=queries.round_of)
def asked_skills(round_: Round) -> Page:
    """Which skills each pitch asks for."""
    expertise, pitches = queries.expertise(round_.id), queries.pitches_in_play(round_.id, names=round_.names)
    there = {(p.reference, s) for p in pitches for s in expertise.asked.get(p.id, ())}
    form = AskedForm()
    if form.validate_on_submit():
        then = url_for(".assignment", reference=round_.reference)
        with saving(form, then=then) as saved:
            changed = operations.ask_skills(
                the_actor(),
                reference=round_.reference,
                asked=form.asked(form.asks),
                seen=form.asked(form.seen),
                now=now(),
            )
        if saved:
            flash(
                f"Saved for {plural(changed, 'pitch', 'pitches')}. Plan again for it to count."
                if changed
                else "Nothing was changed.",
                "success",
            )
            return redirect(saved.redirect)
    return shown(
        "judging/asked_skills.html",
        form,
        round=round_,
        skills=expertise.skills,
        pitches=sorted(pitches, key=lambda pitch: (pitch.organisation_name, pitch.id)),
        there=there,
        ticked=form.asked(form.asks) if form.errors else there,
        may_list=bool(allows(Permission.PANEL_EDIT, round_)),
    )
