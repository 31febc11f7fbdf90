"""Correcting a published challenge, and what was corrected, word by word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import CorrectionForm, correction_form, correction_values
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import (
    BRIEF_LABELS,
    DATE_LABELS,
    Change,
    Content,
    Correct,
    Permission,
    advice_on_dates,
    dates_before_and_after,
    earliest_closing,
    is_material,
    squeezed,
    word_diff,
)
from pitchfest.challenges.views.manage import bp
from pitchfest.challenges.views.public import bp as public_bp
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import RuleViolation
from pitchfest.web.access import current_actor, public, requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/correct", methods=["GET", "POST"])
@requires(Permission.CORRECT, of=queries.for_staff)
def correct(found: ChallengeRow) -> ResponseReturnValue:
    content = queries.content(found.id, now())
    form = correction_form(content)(**correction_values(content))
    if not form.validate_on_submit() or request.form.get("act") == "change":
        return _form_page(content, form)
    by, closes_at, reason = form.corrected(content), form.closes_at.data, form.reason.data or ""
    publishes = request.form.get("act") == "publish"
    try:
        facts, after, _ = operations.correction_meant(
            content, by, closes_at=closes_at, reason=reason, now=now()
        )
        # Questions may have ended since the check, and then they no longer move with the closing.
        if not publishes or request.form.get("checked") != _dates_in_short(after):
            return _check_page(found, form, facts, after)
    except RuleViolation as violation:
        if not publishes:  # else it is refused below, or was published before by the same press
            form.add_problems(violation)
            return _form_page(content, form)
    with saving(form, then=url_for("manage.challenge", reference=found.reference)) as saved:
        number = operations.correct(
            the_actor(),
            reference=found.reference,
            by=by,
            reason=reason,
            closes_at=closes_at,
            expected_version=form.expected_version,
            now=now(),
        )
    if saved:
        flash(f"Correction {number} is published. All who hold a pitch or follow it are told.", "success")
        return redirect(saved.redirect)
    return _form_page(content, form)


def _form_page(content: Content, form: CorrectionForm) -> ResponseReturnValue:
    closes_at = content.challenge.closes_at
    named = {name.rpartition("_")[0] or name for name, words in form.errors.items() if words and name}
    wrong = {
        "brief": bool(set(form.errors) & set(BRIEF_LABELS)),
        "dates": bool(set(form.errors) & {"questions_until", "judging_deadline", "decision_due"}),
        "criteria": bool(named & {"name", "weight", "threshold", "guidance"}),
        "form": bool(named & {"ask", "max_words"}),
    }
    page = render_template(
        "challenges/manage/correct.html",
        challenge=content.challenge,
        form=form,
        wrong=wrong,
        brief=[form[name] for name in BRIEF_LABELS],
        criteria=content.criteria,
        questions=content.questions,
        page_errors=bool(form.errors),
        earliest=earliest_closing(closes_at) if closes_at else None,
    )
    return page, 422 if form.errors else 200


def _check_page(
    found: ChallengeRow, form: CorrectionForm, facts: Correct, after: Content
) -> ResponseReturnValue:
    """What everyone would read; nothing is changed yet."""
    was, becomes = facts.closes_at, after.challenge
    squeeze = squeezed(was, found.judging_deadline, facts.later or was, becomes.judging_deadline)
    # Another day for the judges is one that suppliers build on: it asks for as much more time as any.
    offered = squeeze is not None and facts.later is not None and facts.later >= earliest_closing(was)
    return render_template(
        "challenges/manage/correct_check.html",
        challenge=found,
        form=form,
        changes=[shown(change) for change in facts.changes],
        material=is_material(facts.changes),
        closes_at=after.challenge.closes_at,
        dates=dates_before_and_after(found, after.challenge),
        advice=advice_on_dates(replace(after.challenge, questions_until=None)),
        fields=[*_typed(), ("checked", _dates_in_short(after))],
        squeeze=squeeze,
        with_more=_with_judging_until(form, squeeze.as_many_until) if squeeze and offered else [],
    )


def _dates_in_short(content: Content) -> str:
    """The dates that are to be published, to tell whether they are those of the check."""
    dates = (getattr(content.challenge, name) for name in DATE_LABELS)
    return " ".join(iso(at) if at else "-" for at in dates)


def _typed() -> list[tuple[str, str]]:
    """Everything that was typed, as hidden fields that carry it on."""
    tokens = {"csrf_token", "form_token", "version", "act", "checked"}
    return [(name, value) for name, value in request.form.items(multi=True) if name not in tokens]


def _with_judging_until(form: CorrectionForm, until: datetime) -> list[tuple[str, str]]:
    """Everything that was typed, with another day on which the judges finish."""
    field = form.judging_deadline
    field.data, field.typed = until, []
    parts = {part.name: part.value for part in field.parts}
    return [(name, parts.get(name, value)) for name, value in _typed()]


@public_bp.get("/challenges/<reference>/corrections")
@public
def corrections(reference: str) -> str:
    found = queries.public(reference, now(), current_actor())
    g.practice = found.practice
    rows = [
        (row, map(shown, queries.changes_of(found.id, row.record))) for row in queries.corrections(found.id)
    ]
    return render_template("challenges/corrections.html", challenge=found, rows=rows)


@lru_cache(maxsize=512)
def shown(change: Change) -> dict[str, Any]:
    """A change in words: its label, the pieces of its two texts as one, and whether suppliers build on it."""
    pieces = word_diff(change.before, change.after)
    return {"label": change.label, "pieces": pieces, "material": change.material}
