"""The meeting after scoring: agenda, one answer at a time, minutes, its record and its end."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for

from pitchfest.accounts import operations as accounts
from pitchfest.challenges.rules import CriterionKind, CriterionRow
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import AddForm, MinutesForm, agree_form
from pitchfest.judging.forms.moderation import MEAN, AgreeForm
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.moderation import TRIGGERS, Trigger, Words, quorum, say_scores
from pitchfest.judging.rules.scoring import Criterion, points_text, round_half_up
from pitchfest.judging.views.manage import Page, bp, one_round
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import join_words
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


class Line(NamedTuple):
    """One row of the agenda, ready to print."""

    row: queries.AgendaRow
    why: str
    scores: str
    outcome: str


def _line(row: queries.AgendaRow) -> Line:
    agreed = row.agreement
    if agreed is None:
        outcome = ""
    elif agreed.hundredths is None:
        outcome = "Mean stands"
    else:
        outcome = f"Agreed {points_text(agreed.hundredths)}"
    why = join_words([TRIGGERS[name] for name in row.triggers])
    return Line(row, why[:1].upper() + why[1:], say_scores(row.scores), outcome)


@bp.get("/moderation")
@requires(Permission.MODERATED, of=queries.round_of)
def moderation(round_: Round) -> Page:
    return _agenda_page(round_)


def _agenda_page(
    round_: Round, minutes: MinutesForm | None = None, add: AddForm | None = None, end: Form | None = None
) -> Page:
    held = queries.meeting(round_.id)
    if held is None:
        raise NotFound
    rows = queries.agenda(round_.id)
    names = queries.panel_names(round_.id)
    minutes = minutes or MinutesForm(
        data={"version": str(held.version), "minutes": held.minutes, "present": list(held.present)}
    )
    minutes.present.choices = {str(key): name for key, name in names.items()}
    add = add or AddForm()
    add.answer.choices = {"": "Choose an answer"} | _answers(round_, rows)
    end = end or Form(data={"version": str(round_.version)})
    wrong = next((form for form in (minutes, add, end) if form.errors), None)
    page = render_template(
        "judging/moderation.html",
        round=round_,
        meeting=held,
        lines=[_line(row) for row in rows],
        left=sum(not row.settled for row in rows),
        first=next((row for row in rows if row.agreement is None), None),
        came=_say_members(names, _all_who_came(held, rows)),
        minutes=minutes,
        add=add,
        end=end,
        wrong=wrong,
        may_run=bool(allows(Permission.MODERATE, round_)),
        further=queries.further_reviews(round_.id),
        may_ask=(may_ask := bool(allows(Permission.FURTHER_REVIEWS, round_))),
        anyone=may_ask and queries.anyone_askable(round_, now()),
        page_errors=wrong is not None,
    )
    return (page, 422) if wrong else page


def _answers(round_: Round, rows: list[queries.AgendaRow]) -> dict[str, str]:
    """Every answer that is not on the agenda: `PF-7K2Q:12` → the supplier and the criterion."""
    there = {(row.pitch_id, row.criterion_id) for row in rows}
    judged = [c for c in queries.criteria(round_.id) if c.kind == CriterionKind.JUDGED]
    return {
        f"{pitch.reference}:{c.id}": f"{pitch.organisation_name}: {c.name}"
        for pitch in sorted(queries.pitches_in_play(round_.id), key=lambda pitch: pitch.organisation_name)
        for c in judged
        if (pitch.id, c.id) not in there
    }


@bp.post("/moderation/minutes")
@requires(Permission.MODERATE, of=queries.round_of)
def note_moderation(round_: Round) -> Page:
    form = MinutesForm()
    form.present.choices = {str(key): name for key, name in queries.panel_names(round_.id).items()}
    if form.validate_on_submit():
        with saving(form, then=url_for(".moderation", reference=round_.reference)) as saved:
            operations.note(
                the_actor(),
                reference=round_.reference,
                present=form.present.data or [],
                minutes=form.minutes.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The minutes are saved.", "success")
            return redirect(saved.redirect)
    return _agenda_page(round_, minutes=form)


@bp.post("/moderation/add")
@requires(Permission.MODERATE, of=queries.round_of)
def add_to_agenda(round_: Round) -> Page:
    form = AddForm()
    form.answer.choices = _answers(round_, queries.agenda(round_.id))
    if form.validate_on_submit():
        pitch, _, criterion = form.answer.data.rpartition(":")
        with saving(form, then=url_for(".moderation", reference=round_.reference)) as saved:
            operations.add_item(
                the_actor(),
                reference=round_.reference,
                pitch_reference=pitch,
                criterion_id=int(criterion),
                why=form.why.data or "",
                now=now(),
            )
        if saved:
            flash("The answer is on the agenda.", "success")
            return redirect(saved.redirect)
    return _agenda_page(round_, add=form)


@bp.post("/moderation/close")
@requires(Permission.MODERATE, of=queries.round_of)
def close_moderation(round_: Round) -> Page:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for(".results", reference=round_.reference)) as saved:
            operations.close_moderation(
                the_actor(), reference=round_.reference, expected_version=form.expected_version, now=now()
            )
        if saved:
            flash("Moderation is closed. The scores stand.", "success")
            return redirect(saved.redirect)
    return _agenda_page(round_, end=form)


@bp.route("/moderation/<int:item_id>", methods=["GET", "POST"])
@requires(Permission.AGREE_SECOND, of=one_round)
def moderate(round_: Round) -> Page:
    """One answer: its scores and reasons side by side, and what the panel agrees."""
    rows, held = queries.agenda(round_.id), queries.meeting(round_.id)
    item_id = int((request.view_args or {})["item_id"])
    item = next((row for row in rows if row.id == item_id), None)
    if item is None or held is None:
        raise NotFound
    said = queries.declaration_states(round_.id)
    operations.check_in_the_room(round_, item.pitch_id, said)
    names = queries.panel_names(round_.id)
    out = queries.sent_out(names, item.pitch_id, said)
    criterion = next(c for c in queries.judged_criteria(round_.id) if c.id == item.criterion_id)
    cards = queries.card_scores(item.pitch_id)
    scored = frozenset(row.member_id for row in cards)
    form = _agree_form(criterion, item, scored, [key for key in _came(held, rows) if key not in out])
    form.present.choices = {str(key): name for key, name in names.items() if key not in out}
    if allows(Permission.MODERATE, round_) and form.validate_on_submit():
        after = next((row for row in rows if row.agreement is None and row.id != item_id), None)
        onward = {"endpoint": ".moderate", "item_id": after.id} if after else {"endpoint": ".moderation"}
        with saving(form, then=url_for(reference=round_.reference, **onward)) as saved:
            counts = operations.agree(
                the_actor(),
                reference=round_.reference,
                item_id=item_id,
                hundredths=form.hundredths,
                words=Words(form.reason.data or "", form.points.data or "", form.dissent.data or ""),
                present=form.present.data or [],
                after=form.expected_version or None,
                now=now(),
            )
        if saved:
            flash("Saved." if counts else "Saved. It counts once a second person has agreed.", "success")
            return redirect(saved.redirect)
    at = rows.index(item)
    back = queries.sent_out(names, rows[at - 1].pitch_id, said) - out if at else frozenset()
    return _moderate_page(round_, item, form, criterion, cards, quorum(len(scored)), names, out, back)


def _came(held: queries.Meeting, rows: list[queries.AgendaRow]) -> tuple[int, ...]:
    """Who is in the meeting: as noted, or else as they were for the answer that was settled last."""
    last = max((row.agreement for row in rows if row.agreement), key=lambda each: each.id, default=None)
    return held.present or (last.present if last else ())


def _all_who_came(held: queries.Meeting, rows: list[queries.AgendaRow]) -> set[int]:
    """Who came, as noted, and whoever took part in settling an answer."""
    return {*held.present}.union(*(row.agreement.present for row in rows if row.agreement))


def _say_members(names: dict[int, str], ids: Collection[int]) -> str:
    """Members of the panel by name, in its order."""
    return join_words([name for key, name in names.items() if key in ids])


def _agree_form(
    criterion: CriterionRow, item: queries.AgendaRow, scored: frozenset[int], here: list[int]
) -> AgreeForm:
    """Filled in with what was agreed last, or with who is in the meeting."""
    low, high, step = criterion.minimum, criterion.maximum, criterion.step
    limits = Criterion("", criterion.weight, low, high, step, criterion.threshold)
    labels = {value: label for value, (label, _) in criterion.anchors.items()}
    agreed = item.agreement
    words = {name: getattr(agreed, name) for name in Words._fields} if agreed else {}
    return agree_form(limits, _mean(item), labels, scored)(
        data={
            "version": str(agreed.id if agreed else 0),
            "score": "" if agreed is None else _score(agreed.hundredths),
            "present": list(agreed.present) if agreed else here,
            **words,
        }
    )


def _mean(item: queries.AgendaRow) -> str:
    return round_half_up(Fraction(sum(item.scores), 100 * len(item.scores)))


def _moderate_page(
    round_: Round,
    item: queries.AgendaRow,
    form: AgreeForm,
    criterion: CriterionRow,
    cards: list[queries.CardScore],
    least: int,
    names: dict[int, str],
    out: frozenset[int],
    back: frozenset[int],
) -> Page:
    page = render_template(
        "judging/moderate.html",
        round=round_,
        item=item,
        may_set_aside=bool(allows(Permission.SET_ASIDE, round_)),
        line=_line(item),
        criterion=criterion,
        highest=points_text(criterion.maximum),
        mean=_mean(item),
        answers=[
            answer
            for answer in queries.answers(item.pitch_id, names=round_.told)
            if answer.criterion_id == item.criterion_id
        ],
        cards=[row for row in cards if row.criterion_id == item.criterion_id],
        anchors=[(points_text(v), *words) for v, words in sorted(criterion.anchors.items(), reverse=True)],
        out=[name for key, name in names.items() if key in out],
        back_in=[name for key, name in names.items() if key in back],
        quorum=least,
        said=partial(_say_members, names),
        mine=item.agreement is not None and item.agreement.by_id == the_actor().person_id,
        may_run=bool(allows(Permission.MODERATE, round_)),
        form=form,
        confirm=Form(),
        earlier=queries.history(item.id)[:-1] if item.agreement else [],
        say=_score,
        page_errors=bool(form.errors),
    )
    return (page, 422) if form.errors else page


def _score(hundredths: int | None) -> str:
    return MEAN if hundredths is None else points_text(hundredths)


@bp.post("/moderation/<int:item_id>/agree")
@requires(Permission.AGREE_SECOND, of=one_round)
def agree_second(round_: Round) -> Page:
    """A second person agrees to a score that no judge gave."""
    item_id = int((request.view_args or {})["item_id"])
    accounts.require_proof(the_actor(), now())
    form = Form()
    back = url_for(".moderate", reference=round_.reference, item_id=item_id)
    if form.validate_on_submit():
        with saving(form, then=back) as saved:
            operations.confirm(
                the_actor(),
                reference=round_.reference,
                item_id=item_id,
                agreed_id=form.expected_version or 0,
                now=now(),
            )
        if saved:
            flash("Agreed. The score counts from now on.", "success")
            return redirect(saved.redirect)
    for messages in form.errors.values():
        flash(str(messages[0]), "error")
    return redirect(back)


@bp.get("/moderation/record")
@requires(Permission.MODERATED, of=queries.round_of)
def moderation_record(round_: Round) -> str:
    """The meeting on paper: who was there, and each answer with its scores, its outcome and the words."""
    held = queries.meeting(round_.id)
    if held is None:
        raise NotFound
    names = queries.panel_names(round_.id)
    rows = queries.agenda(round_.id)
    return render_template(
        "judging/moderation_record.html",
        round=round_,
        meeting=held,
        came=_say_members(names, _all_who_came(held, rows)),
        lines=[_line(row) for row in rows],
        lots=any(Trigger.LOT in row.triggers for row in rows),
        further=queries.further_reviews(round_.id),
        said=partial(_say_members, names),
    )
