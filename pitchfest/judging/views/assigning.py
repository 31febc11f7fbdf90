"""The plan of who reads what: looking at it before anything is sent, changing it, giving it out."""

from __future__ import annotations

from typing import NamedTuple

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from pitchfest.judging import operations, queries
from pitchfest.judging.forms import ChangePlanForm
from pitchfest.judging.queries import PanelRow, PitchRow, Planning
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.capacity import say_away
from pitchfest.judging.rules.planning import Ids, Lack, Moves, PairKind
from pitchfest.judging.views.manage import Page, bp, one_round, part_of_address, shown
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import join_words, plural
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

#: Of how many judges it is said what else a change moved, before the others are only counted.
_MOST_NAMED = 4


class Reader(NamedTuple):
    """A judge of a pitch: why they are, how they match, in words, and whether something stands against it."""

    name: str
    why: str
    matches: str
    barred: bool


class PitchLine(NamedTuple):
    """A pitch of the plan as the page shows it."""

    pitch: PitchRow
    readers: list[Reader]
    apart: list[tuple[str, str]]
    #: The judges whose declared interest waits for a decision.
    undecided: list[str]
    lack: Lack | None


class JudgeLine(NamedTuple):
    """How much a judge reads: in all, how many scorecards come and how many go; the limit of their own, and
    when they are away.
    """

    judge: PanelRow
    total: int
    new: int
    gone: int
    limit: int | None
    away: str


class WeakLine(NamedTuple):
    """A pair that matches badly, in words."""

    pitch: PitchRow
    judge: str
    matches: str


def _why(found: Planning, pair: Ids) -> str:
    assert found.plan is not None
    assert found.ground is not None
    pinned = "pinned" if found.plan.kinds.get(pair) == PairKind.PINNED else ""
    if pair not in found.ground.cards:
        return pinned or "new"
    has = "has begun" if found.ground.cards[pair] else "has the scorecard"
    return f"{has}, {pinned}" if pinned else has


def _pitch_lines(found: Planning) -> list[PitchLine]:
    plan, change = found.plan, found.effect
    if plan is None or change is None:
        return []
    reads, lacking = found.reads, {lack.pitch_id: lack for lack in plan.lacking}
    lines = []
    for pitch in sorted(found.pitches, key=lambda pitch: (pitch.organisation_name, pitch.id)):
        pairs = [(judge.name, (judge.member_id, pitch.id)) for judge in found.judges]
        lines.append(
            PitchLine(
                pitch,
                [
                    Reader(n, _why(found, pair), found.expertise.why(pair), pair in change.barred)
                    for n, pair in pairs
                    if pair in reads
                ],
                [(n, plan.reasons[pair]) for n, pair in pairs if pair in plan.excluded],
                [n for n, pair in pairs if pair in found.undecided],
                lacking.get(pitch.id),
            )
        )
    return lines


def _judge_lines(found: Planning) -> list[JudgeLine]:
    reads, change = found.reads, found.effect
    if change is None or found.ground is None:
        return []

    def of(pairs: frozenset[Ids], judge: PanelRow) -> int:
        return sum(member_id == judge.member_id for member_id, _ in pairs)

    return [
        JudgeLine(
            judge,
            of(reads, judge),
            of(change.give, judge),
            of(change.take, judge),
            found.ground.limits.get(judge.member_id),
            say_away(found.away.get(judge.member_id, ())),
        )
        for judge in found.judges
        if judge.active
    ]


def _is_free(found: Planning, line: JudgeLine) -> bool:
    """Whether some pitch could be given to a judge."""
    assert found.ground is not None
    return any(member_id == line.judge.member_id for member_id, _ in found.ground.may)


def _weak_lines(found: Planning) -> list[WeakLine]:
    """The weakest matches of the plan, the worst first."""
    names = {judge.member_id: judge.name for judge in found.judges}
    pitches = {pitch.id: pitch for pitch in found.pitches}
    pairs = [pair for pair in found.reads if pair[1] in pitches]
    return [
        WeakLine(pitches[p], names[m], found.expertise.why((m, p))) for m, p in found.expertise.weakest(pairs)
    ]


def _against(found: Planning) -> list[str]:
    """What stands against giving the plan out, as sentences."""
    if (change := found.effect) is None:
        return []
    judges = {judge.member_id: judge.name for judge in found.judges}
    pitches = {pitch.id: pitch.organisation_name for pitch in found.pitches}
    barred = [
        f"{judges[m]} cannot read {pitches[p]}: {found.kept_from.get((m, p), 'Judges no more').lower()}."
        if p in pitches
        else f"A pitch that {judges[m]} was to read is no longer judged."
        for m, p in sorted(change.barred)
    ]
    begun = [f"{judges[m]} has begun {pitches[p]} meanwhile, and keeps it." for m, p in sorted(change.begun)]
    return barred + begun


def _page(round_: Round, form: Form | None = None) -> Page:
    found = queries.planning(round_, now())
    plan = found.plan
    form = form or Form(data={"version": str(plan.version if plan else 0)})
    return shown(
        "judging/assignment.html",
        form,
        round=round_,
        found=found,
        plan=plan,
        change=found.effect,
        against=_against(found),
        pitches=_pitch_lines(found),
        judges=(judges := _judge_lines(found)),
        idle=join_words([line.judge.name for line in judges if not line.total and _is_free(found, line)]),
        declared=any(judge.active and judge.name not in found.undeclared for judge in found.judges),
        weakest=_weak_lines(found),
        undeclared=join_words(found.undeclared),
        unsaid=join_words(found.unsaid),
    )


@bp.get("/assignment")
@requires(Permission.SHARE_OUT, of=queries.round_of)
def assignment(round_: Round) -> Page:
    return _page(round_)


def _home(round_: Round) -> str:
    return url_for(".assignment", reference=round_.reference)


@bp.post("/assignment/plan")
@requires(Permission.SHARE_OUT, of=queries.round_of)
def plan_assignment(round_: Round) -> Page:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=_home(round_)) as saved:
            dropped = operations.make_plan(
                the_actor(),
                reference=round_.reference,
                expected_version=form.expected_version,
                afresh="afresh" in request.form,
                now=now(),
            )
        if saved:
            more = f" {plural(dropped, 'choice')} by hand could no longer be, and went." if dropped else ""
            flash(f"This is the plan. Nobody has been told.{more}", "success")
            return redirect(saved.redirect)
    return _page(round_, form)


@bp.post("/assignment/release")
@requires(Permission.SHARE_OUT, of=queries.round_of)
def release_assignment(round_: Round) -> Page:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=_home(round_)) as saved:
            change = operations.give_out(
                the_actor(), reference=round_.reference, expected_version=form.expected_version, now=now()
            )
        if saved:
            back = f" {len(change.take)} taken back." if change.take else ""
            flash(
                f"{plural(len(change.give), 'scorecard')} given out.{back} We have told the judges.",
                "success",
            )
            return redirect(saved.redirect)
    return _page(round_, form)


@bp.post("/assignment/discard")
@requires(Permission.SHARE_OUT, of=queries.round_of)
def discard_assignment(round_: Round) -> Page:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for(".board", reference=round_.reference)) as saved:
            operations.throw_away(
                the_actor(), reference=round_.reference, expected_version=form.expected_version, now=now()
            )
        if saved:
            flash("The plan is gone. Scorecards that were given out stay.", "success")
            return redirect(saved.redirect)
    return _page(round_, form)


@bp.route("/assignment/<pitch>", methods=["GET", "POST"])
@requires(Permission.SHARE_OUT, of=one_round)
def assign_pitch(round_: Round) -> Page:
    """Who reads one pitch, and changing it by hand."""
    found, reference = queries.planning(round_, now()), part_of_address("pitch")
    line = next((line for line in _pitch_lines(found) if line.pitch.reference == reference), None)
    if line is None or found.plan is None:
        raise NotFound
    form = ChangePlanForm(data={"version": str(found.plan.version)})
    form.judge.choices = {"": "Choose a judge"} | _judges_for(found, line.pitch)
    form.other.choices = {"": "Choose a judge and pitch"} | _others(found, line.pitch)
    if form.validate_on_submit() and (back := _changed(form, the_actor(), round_, line.pitch, found)):
        return back
    kept = found.kept_from
    pairs = [(judge.name, (judge.member_id, line.pitch.id)) for judge in found.judges]
    return shown(
        "judging/assignment_pitch.html",
        form,
        round=round_,
        line=line,
        asks=found.expertise.asks(line.pitch.id),
        barred=[(name, kept[pair]) for name, pair in pairs if pair in kept],
    )


def _judges_for(found: Planning, pitch: PitchRow) -> dict[str, str]:
    """The judges about whom something can be chosen, with how it stands: `12` → the name."""
    assert found.plan is not None
    reads, choices = found.reads, {}
    for judge in found.judges:
        pair = (judge.member_id, pitch.id)
        kind = found.plan.kinds.get(pair)
        if pair in reads:
            stands = "pinned" if kind == PairKind.PINNED else "reads it"
        elif kind == PairKind.EXCLUDED:
            stands = "kept apart"
        elif judge.active and pair not in found.kept_from:
            stands = "does not read it"
        else:
            continue
        matches = found.expertise.why(pair)
        choices[str(judge.member_id)] = f"{judge.name}: {stands}{f' ({matches})' if matches else ''}"
    return choices


def _others(found: Planning, pitch: PitchRow) -> dict[str, str]:
    """What could be given in exchange: `12:PF-7K2Q` → judge and supplier."""
    assert found.plan is not None
    assert found.ground is not None
    begun = {pair for pair, begun in found.ground.cards.items() if begun}
    there = {m for m, p in found.reads if p == pitch.id}
    pitches = {row.id: row for row in found.pitches}
    can = {m for m, p in found.ground.may - found.plan.excluded if p == pitch.id} - there
    return {
        f"{judge.member_id}:{pitches[p].reference}": f"{judge.name}, who has {pitches[p].organisation_name}"
        for judge in found.judges
        if judge.member_id in can
        for m, p in sorted(found.reads - begun)
        if m == judge.member_id and p in pitches
    }


def _also(found: Planning, moves: Moves) -> str:
    """What else a change moved, as a sentence, judge by judge; "" where nothing did."""
    pitches = {pitch.id: pitch.organisation_name for pitch in found.pitches}
    said = []
    for judge in found.judges:
        lost, given = (
            join_words([pitches[p] for m, p in sorted(pairs) if m == judge.member_id and p in pitches])
            for pairs in (moves.lost, moves.given)
        )
        if lost or given:
            said.append(judge.name + (f" from {lost}" if lost else "") + (f" to {given}" if given else ""))
    more = f"; {plural(len(said) - _MOST_NAMED, 'more judge')}" if len(said) > _MOST_NAMED else ""
    return f" Also moved: {'; '.join(said[:_MOST_NAMED])}{more}." if said else ""


def _changed(
    form: ChangePlanForm, actor: Actor, round_: Round, pitch: PitchRow, found: Planning
) -> Response | None:
    """Make the change; None where it was refused."""
    member_id, version = int(form.judge.data), form.expected_version
    with saving(form, then=_home(round_)) as saved:
        match form.act.data:
            case "exclude":
                moves = operations.exclude(
                    actor,
                    reference=round_.reference,
                    pitch_reference=pitch.reference,
                    member_id=member_id,
                    reason=form.reason.data or "",
                    expected_version=version,
                    now=now(),
                )
            case "swap":
                other, _, other_pitch = form.other.data.partition(":")
                moves = operations.swap(
                    actor,
                    reference=round_.reference,
                    pitch_reference=pitch.reference,
                    member_id=member_id,
                    other_pitch=other_pitch,
                    other_member=int(other),
                    expected_version=version,
                    now=now(),
                )
            case act:
                step = operations.pin if act == "pin" else operations.let_go
                moves = step(
                    actor,
                    reference=round_.reference,
                    pitch_reference=pitch.reference,
                    member_id=member_id,
                    expected_version=version,
                    now=now(),
                )
    if not saved:
        return None
    flash(f"The plan is changed. Nobody has been told.{_also(found, moves)}", "success")
    return redirect(saved.redirect)
