"""Conflicts of interest, for the procurement lead: what waits, what data hint at, and deciding."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for

from pitchfest.judging import operations, queries
from pitchfest.judging.forms import AskAgainForm, DecideForm
from pitchfest.judging.queries import DeclarationRow, PanelRow, PitchProgress, PitchRow
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.hints import Hint
from pitchfest.judging.rules.interests import matching
from pitchfest.judging.rules.states import DECIDED, DeclarationState
from pitchfest.judging.views.manage import Page, bp, one_round, part_of_address, shown
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now

S = DeclarationState


@dataclass(frozen=True, slots=True)
class Summary:
    """One judge of the panel, and how many pitches stand how."""

    judge: PanelRow
    undeclared: int
    interests: int
    cleared: int
    conditions: int
    recused: int


@dataclass(frozen=True, slots=True)
class HintRow:
    """A hint with the pitch that it is about and what the judge declared on it, if anything."""

    hint: Hint
    supplier: str
    declared: DeclarationRow | None

    @property
    def settled(self) -> bool:
        """Whether somebody has decided about this judge and this pitch."""
        return self.declared is not None and self.declared.state in DECIDED


@bp.get("/conflicts")
@requires(Permission.CONFLICTS, of=queries.round_of)
def conflicts(round_: Round) -> Page:
    rows = queries.declarations(round_.id)
    judges = [judge for judge in queries.panel(round_.id) if judge.active]
    pitches = queries.pitches_in_play(round_.id, names=round_.names)
    hints = _hints(round_, rows, judges, pitches)
    return render_template(
        "judging/conflicts.html",
        round=round_,
        waits=[row for row in rows if row.state == S.INTEREST],
        asked=[row for row in rows if row.state == S.ASKED],
        short=[pitch for pitch in _progress(round_, rows, judges, pitches) if pitch.two_ways],
        hinted=_by_judge(judges, [row for row in hints if not row.settled]),
        settled=_by_judge(judges, [row for row in hints if row.settled]),
        judges=[_summary(judge, rows, {pitch.id for pitch in pitches}) for judge in judges],
        me=the_actor().person_id,
        may_decide=bool(allows(Permission.DECIDE_CONFLICT, round_)),
        takes_back=bool(allows(Permission.FURTHER_REVIEWS, round_)),
    )


def _said(rows: list[DeclarationRow]) -> queries.Said:
    return {(row.member_id, row.pitch_id): row.state for row in rows}


def _progress(
    round_: Round, rows: list[DeclarationRow], judges: list[PanelRow], pitches: list[PitchRow]
) -> tuple[PitchProgress, ...]:
    cards = queries.cards(round_.id)
    return queries.progress_of(pitches, round_.minimum_cards, judges, cards, _said(rows))


def _hints(
    round_: Round, rows: list[DeclarationRow], judges: list[PanelRow], pitches: list[PitchRow]
) -> list[HintRow]:
    declared = {(row.member_id, row.pitch_id): row for row in rows}
    names = {pitch.id: pitch.organisation_name for pitch in pitches}
    return [
        HintRow(hint, names[hint.pitch_id], declared.get((hint.member_id, hint.pitch_id)))
        for hint in queries.hints_of(round_, judges, _said(rows), the_actor().person_id)
        if hint.pitch_id in names
    ]


def _by_judge(judges: list[PanelRow], rows: list[HintRow]) -> list[tuple[PanelRow, list[HintRow]]]:
    """The judges about whom there are hints, each with theirs."""
    grouped = [(judge, [row for row in rows if row.hint.member_id == judge.member_id]) for judge in judges]
    return [(judge, mine) for judge, mine in grouped if mine]


def _summary(judge: PanelRow, rows: list[DeclarationRow], pitches: set[int]) -> Summary:
    mine = [row.state for row in rows if row.member_id == judge.member_id and row.pitch_id in pitches]
    return Summary(
        judge,
        undeclared=len(pitches) - len(mine) + mine.count(S.ASKED),
        interests=mine.count(S.INTEREST),
        cleared=mine.count(S.CLEARED) + mine.count(S.CLEARED_BY_LEAD),
        conditions=mine.count(S.CLEARED_WITH_CONDITIONS),
        recused=mine.count(S.RECUSED),
    )


@bp.get("/conflicts/judges/<int:member_id>")
@requires(Permission.CONFLICTS, of=one_round)
def judge_conflicts(round_: Round) -> Page:
    """Everything that one judge declared on the pitches of a round: what is not settled first."""
    member_id = int(part_of_address("member_id"))
    judge = next((row for row in queries.panel(round_.id) if row.member_id == member_id), None)
    if judge is None:
        raise NotFound
    rows = [row for row in queries.declarations(round_.id) if row.member_id == member_id]
    declared = {row.pitch_id for row in rows}
    return render_template(
        "judging/judge_conflicts.html",
        round=round_,
        judge=judge,
        open=[row for row in rows if row.open],
        decided=[row for row in rows if row.state in DECIDED],
        clear=[row for row in rows if row.state == S.CLEARED],
        undeclared=[
            pitch
            for pitch in queries.pitches_in_play(round_.id, names=round_.names)
            if pitch.id not in declared
        ],
        own=judge.person_id == the_actor().person_id,
        may_decide=bool(allows(Permission.DECIDE_CONFLICT, round_)),
    )


def _declared(round_: Round) -> DeclarationRow:
    declaration_id = int(part_of_address("declaration_id"))
    row = next((row for row in queries.declarations(round_.id) if row.id == declaration_id), None)
    if row is None:
        raise NotFound
    return row


def _hints_about(round_: Round, row: DeclarationRow) -> list[Hint]:
    """What data say about one judge and one pitch; nothing to the judge themselves."""
    pair = (row.member_id, row.pitch_id)
    judges = [judge for judge in queries.panel(round_.id) if judge.member_id == row.member_id]
    said = queries.declaration_states(round_.id)
    found = queries.hints_of(round_, judges, said, the_actor().person_id)
    return [hint for hint in found if (hint.member_id, hint.pitch_id) == pair]


@bp.route("/conflicts/<int:declaration_id>", methods=["GET", "POST"])
@requires(Permission.DECIDE_CONFLICT, of=one_round)
def decide(round_: Round) -> Page:
    row = _declared(round_)
    steps = [step for step in queries.steps(round_.id) if step.declaration_id == row.id]
    form = DecideForm(data={"version": str(len(steps))})
    if not row.open:
        form.outcome.choices = {"recuse": "The judge does not judge this pitch"}
    if form.validate_on_submit():
        chosen = form.outcome.data
        with saving(form, then=url_for(".conflicts", reference=round_.reference)) as saved:
            operations.decide(
                the_actor(),
                reference=round_.reference,
                declaration_id=row.id,
                recuse=chosen == "recuse",
                conditions=form.conditions.data if chosen == "conditions" else None,
                reason=form.reason.data or "",
                steps_seen=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Decided. We have told the judge.", "success")
            return redirect(saved.redirect)
    own = row.judge_id == the_actor().person_id
    register = [] if own else queries.register_of(row.judge_id)
    near = matching(register, row.organisation_name)
    return shown(
        "judging/decide.html",
        form,
        round=round_,
        row=row,
        own=own,
        hints=_hints_about(round_, row),
        near=near,
        others=[entry for entry in register if entry not in near],
        steps=steps,
    )


@bp.route("/conflicts/<int:declaration_id>/ask", methods=["GET", "POST"])
@requires(Permission.DECIDE_CONFLICT, of=one_round)
def ask_again(round_: Round) -> Page:
    row = _declared(round_)
    hints = _hints_about(round_, row)
    form = AskAgainForm(reason=" ".join(hint.words for hint in hints))
    if form.validate_on_submit():
        with saving(form, then=url_for(".conflicts", reference=round_.reference)) as saved:
            operations.ask_again(
                the_actor(),
                reference=round_.reference,
                declaration_id=row.id,
                reason=form.reason.data or "",
                now=now(),
            )
        if saved:
            flash(f"We have asked {row.judge_name}. Their scorecard is closed until they answer.", "success")
            return redirect(saved.redirect)
    return shown(
        "judging/ask_again.html",
        form,
        round=round_,
        row=row,
        own=row.judge_id == the_actor().person_id,
    )
