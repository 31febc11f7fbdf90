"""Staff pages: the panel, the board, starting and closing a round."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import LINK_LASTS, ActKind, LinkPurpose
from pitchfest.challenges.rules import ChallengeState
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import DeputyForm, InviteForm, ReasonForm
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.assignment import per_pitch
from pitchfest.judging.rules.capacity import say_away, still_to_come
from pitchfest.judging.rules.states import MAY_READ
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import london_day
from pitchfest.kernel.errors import NotAllowed, NotFound
from pitchfest.pitches.queries.hiding import still_telling
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

bp = Blueprint("judging_manage", __name__, url_prefix="/manage/challenges/<reference>")
Page = str | tuple[str, int] | Response


def one_round(*, actor: Actor, now: datetime, reference: str, **_ids: object) -> Round:
    """The round of an address that names something within it too."""
    return queries.round_of(actor=actor, now=now, reference=reference)


def part_of_address(name: str) -> str:
    return str((request.view_args or {})[name])


def shown(template: str, form: Form, **values: object) -> Page:
    page = render_template(template, form=form, page_errors=bool(form.errors), **values)
    return (page, 422) if form.errors else page


def _panel_page(round_: Round, form: Form) -> Page:
    judges = queries.panel(round_.id)
    chair = next((row for row in judges if row.is_chair and row.active), None)
    recused = queries.recused_pitch_ids(chair.person_id, round_.id) if chair else frozenset()
    named = queries.deputies(round_.id)
    return shown(
        "judging/panel.html",
        form,
        round=round_,
        judges=judges,
        active=sum(judge.active for judge in judges),
        chaired=chair is not None,
        handed_over=[
            (pitch, named.get(pitch.id))
            for pitch in queries.pitches_in_play(round_.id, names=round_.names)
            if pitch.id in recused
        ],
        chasing=(chasing := _chasing(round_, judges)),
        lapsed=_lapsed(round_, judges, chasing),
        may_edit=bool(allows(Permission.PANEL_EDIT, round_)),
        may_release=bool(allows(Permission.PANEL_RELEASE, round_)),
        may_name=bool(allows(Permission.NAME_DEPUTY, round_)),
        may_brief=bool(allows(Permission.BRIEF, round_)),
        may_try=bool(allows(Permission.WRITE_TRIAL, round_)),
        may_start=bool(allows(Permission.START, round_)),
    )


def _chasing(round_: Round, judges: list[queries.PanelRow]) -> queries.Chasing:
    return queries.chasing(round_.id, round_.reference, round_.judging_deadline, judges, now())


def _lapsed(round_: Round, judges: list[queries.PanelRow], chasing: queries.Chasing) -> dict[int, datetime]:
    """When the last link of an invitation stopped working that nobody answered, by person."""
    asked = chasing.unanswered
    if round_.published_at is None or not asked:
        return {}
    until, lasts = people.invitations_until(asked.values()), LINK_LASTS[LinkPurpose.INVITATION]
    ends = {
        row.person_id: until.get(asked[row.person_id], max(row.invited_at, round_.published_at) + lasts)
        for row in judges
        if row.person_id in asked and row.person_id not in chasing.asked
    }
    return {person_id: ended for person_id, ended in ends.items() if ended <= now()}


@bp.route("/panel", methods=["GET", "POST"])
@requires(Permission.PANEL, of=queries.round_of)
def panel(round_: Round) -> Page:
    """Who is on the panel; inviting more while that can be done."""
    if request.method == "POST" and not (verdict := allows(Permission.PANEL_EDIT, round_)):
        raise NotAllowed(verdict.reason)
    form = InviteForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".panel", reference=round_.reference)) as saved:
            member_id = operations.invite(
                the_actor(),
                reference=round_.reference,
                name=form.name.data or "",
                email=form.email.data or "",
                chair=form.chair.data,
                now=now(),
            )
        if saved:
            sent = "is on its way" if round_.published_at else "follows when the challenge is published"
            # somebody with an account keeps the name that they have
            name = queries.panel_names(round_.id)[member_id]
            flash(f"{name} is on the panel. An invitation {sent}.", "success")
            return redirect(saved.redirect)
    return _panel_page(round_, form)


@bp.post("/panel/<int:member_id>/chair")
@requires(Permission.PANEL_EDIT, of=one_round)
def chair(round_: Round) -> Page:
    form = InviteForm()
    if Form().validate_on_submit():
        with saving(form, then=url_for(".panel", reference=round_.reference)) as saved:
            operations.make_chair(
                the_actor(),
                reference=round_.reference,
                member_id=int(part_of_address("member_id")),
                now=now(),
            )
        if saved:
            flash("The panel has a new chair.", "success")
            return redirect(saved.redirect)
    return _panel_page(round_, form)


@bp.post("/panel/<int:member_id>/remove")
@requires(Permission.PANEL_EDIT, of=one_round)
def remove(round_: Round) -> Page:
    form = InviteForm()
    if Form().validate_on_submit():
        with saving(form, then=url_for(".panel", reference=round_.reference)) as saved:
            operations.remove(
                the_actor(),
                reference=round_.reference,
                member_id=int(part_of_address("member_id")),
                now=now(),
            )
        if saved:
            flash("The judge is no longer on the panel.", "success")
            return redirect(saved.redirect)
    return _panel_page(round_, form)


@bp.route("/panel/<int:member_id>/release", methods=["GET", "POST"])
@requires(Permission.PANEL_RELEASE, of=one_round)
def release(round_: Round) -> Page:
    member_id = int(part_of_address("member_id"))
    judge = next((row for row in queries.panel(round_.id) if row.member_id == member_id and row.active), None)
    if judge is None:
        raise NotFound
    form = ReasonForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".panel", reference=round_.reference)) as saved:
            operations.release(
                the_actor(),
                reference=round_.reference,
                member_id=member_id,
                reason=form.reason.data or "",
                now=now(),
            )
        if saved:
            flash(f"{judge.name} no longer judges. What they signed stays and counts.", "success")
            return redirect(saved.redirect)
    return shown("judging/release.html", form, round=round_, judge=judge)


@bp.route("/panel/deputies/<pitch>", methods=["GET", "POST"])
@requires(Permission.NAME_DEPUTY, of=one_round)
def deputy(round_: Round) -> Page:
    reference = part_of_address("pitch")
    pitch = next(
        (row for row in queries.pitches_in_play(round_.id, names=round_.names) if row.reference == reference),
        None,
    )
    if pitch is None:
        raise NotFound
    said = queries.declaration_states(round_.id)
    form = DeputyForm()
    form.member.choices = {
        str(row.member_id): row.name
        for row in queries.panel(round_.id)
        if row.active and not row.is_chair and said.get((row.member_id, pitch.id)) in MAY_READ
    }
    back = ".panel" if allows(Permission.PANEL_EDIT, round_) else ".results"
    if form.validate_on_submit():
        with saving(form, then=url_for(back, reference=round_.reference)) as saved:
            operations.name_deputy(
                the_actor(),
                reference=round_.reference,
                pitch_reference=pitch.reference,
                member_id=form.member.data,
                now=now(),
            )
        if saved:
            flash("The deputy is named.", "success")
            return redirect(saved.redirect)
    return shown("judging/deputy.html", form, round=round_, pitch=pitch, back=back)


@bp.route("/start-judging", methods=["GET", "POST"])
@requires(Permission.START, of=queries.round_of)
def start(round_: Round) -> Page:
    form = Form(data={"version": str(round_.version)})
    if form.validate_on_submit():
        with saving(form, then=url_for(".board", reference=round_.reference)) as saved:
            operations.start(
                the_actor(), reference=round_.reference, expected_version=form.expected_version, now=now()
            )
        if saved:
            flash("Judging has begun. Every judge is asked to declare.", "success")
            return redirect(saved.redirect)
    facts = operations.start_facts(round_)
    judges = [row for row in queries.panel(round_.id) if row.active]
    return shown(
        "judging/start.html",
        form,
        round=round_,
        facts=facts,
        judges=judges,
        per_pitch=per_pitch(round_.judges_per_pitch, facts.eligible, len(judges)),
        telling=still_telling(round_.id) if round_.names_hidden and round_.names else [],
    )


@bp.get("/board")
@requires(Permission.BOARD, of=queries.round_of)
def board(round_: Round) -> Page:
    return _board_page(round_, Form())


def _board_page(round_: Round, form: Form) -> Page:
    late = round_.judging_deadline is not None and now() > round_.judging_deadline
    may_remind = bool(allows(Permission.PANEL_EDIT, round_))
    progress = queries.board(round_.id, names=round_.names)
    return shown(
        "judging/board.html",
        form,
        round=round_,
        board=progress,
        lot=queries.lot(round_.id),
        late=late,
        to_remind=_to_remind(round_) if late and may_remind else None,
        may_remind=may_remind,
        judging=round_.state == ChallengeState.JUDGING,
        away=_away(round_) if round_.state == ChallengeState.JUDGING else {},
        may_share=bool(allows(Permission.SHARE_OUT, round_)),
        may_decide=bool(allows(Permission.DECIDE_CONFLICT, round_)),
        may_close=bool(allows(Permission.CLOSE, round_)),
        quick=_quick(round_),
        may_bring=bool(allows(Permission.BRING, round_)),
    )


def _quick(round_: Round) -> list[queries.QuickCard]:
    """What only the chair reads: other judges' cards that were signed faster than they can be read."""
    if not round_.is_chair or round_.released or round_.state != ChallengeState.JUDGING:
        return []
    return [card for card in queries.quick_cards(round_.id) if card.person_id != the_actor().person_id]


def _away(round_: Round) -> dict[int, str]:
    """When judges are away from now on, in words, by panel member."""
    times, today = queries.times_away([round_.id]), london_day(now())
    return {member_id: say_away(still_to_come(found, today)) for member_id, found in times.items()}


def _to_remind(round_: Round) -> tuple[int, int]:
    """How many judges are late and can be reminded, and how many who are late were today."""
    chasing = _chasing(round_, queries.panel(round_.id))
    return len(chasing.late), len(chasing.reminded)


@bp.post("/board/share-out")
@requires(Permission.SHARE_OUT, of=queries.round_of)
def share_out(round_: Round) -> Page:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for(".board", reference=round_.reference)) as saved:
            given = operations.share_out_now(the_actor(), reference=round_.reference, now=now())
        if saved:
            flash(f"New scorecards given out: {given}." if given else "There was nothing new to give out.")
            return redirect(saved.redirect)
    return _board_page(round_, form)


#: Whether the panel meets → where the lead goes on once scoring is closed, and what they read there.
_AFTER_SCORING = {
    True: (".moderation", "Moderation comes next."),
    False: (".results", "The results are ready."),
}


@bp.route("/close-scoring", methods=["GET", "POST"])
@requires(Permission.CLOSE, of=queries.round_of)
def close(round_: Round) -> Page:
    form = Form(data={"version": str(round_.version)})
    if form.validate_on_submit():
        # whoever decides reads no result before the scores stand
        decides = round_.decision_maker_id == the_actor().person_id
        onward, now_what = _AFTER_SCORING[round_.moderated]
        then = url_for(".board" if decides else onward, reference=round_.reference)
        with saving(form, then=then) as saved:
            operations.close(
                the_actor(), reference=round_.reference, expected_version=form.expected_version, now=now()
            )
        if saved:
            flash(f"Scoring is closed. {now_what}", "success")
            return redirect(saved.redirect)
    return shown("judging/close.html", form, round=round_, board=queries.board(round_.id, names=round_.names))


@bp.route("/fewer/<pitch>", methods=["GET", "POST"])
@requires(Permission.FEWER_CARDS, of=one_round)
def fewer(round_: Round) -> Page:
    reference = part_of_address("pitch")
    progress = next(
        (p for p in queries.board(round_.id, names=round_.names).pitches if p.pitch.reference == reference),
        None,
    )
    if progress is None:
        raise NotFound
    actor = the_actor()
    accounts.require_proof(actor, now())
    act = people.open_act(ActKind.FEWER_CARDS, f"pitch:{reference}")
    mine = act is not None and act.proposer_id == actor.person_id
    form = Form()
    if form.validate_on_submit():
        step = operations.propose_fewer if act is None else operations.confirm_fewer
        if "take_back" in request.form:
            step = operations.take_back_fewer
        with saving(form, then=url_for(".board", reference=round_.reference)) as saved:
            step(actor, reference=round_.reference, pitch_reference=reference, now=now())
        if saved:
            flash("Done. It is in the record.", "success")
            return redirect(saved.redirect)
    return shown(
        "judging/fewer.html",
        form,
        round=round_,
        progress=progress,
        act=act,
        mine=mine,
        may_propose=bool(allows(Permission.CLOSE, round_)),
    )
