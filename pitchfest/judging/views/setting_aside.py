"""A conflict that comes up after scoring: two people set a judge's scores on a pitch aside."""

from __future__ import annotations

from flask import flash, redirect, request, url_for

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import SetAsideForm
from pitchfest.judging.queries import LockedCard
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.views.manage import Page, bp, one_round, part_of_address, shown
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.route("/set-aside/<pitch>", methods=["GET", "POST"])
@requires(Permission.SET_ASIDE, of=one_round)
def set_aside(round_: Round) -> Page:
    reference = part_of_address("pitch")
    pitch = next(
        (p for p in queries.pitches_in_play(round_.id, names=round_.names) if p.reference == reference), None
    )
    if pitch is None:
        raise NotFound
    actor = the_actor()
    accounts.require_proof(actor, now())
    cards = queries.locked_cards(round_.id, reference)
    act = people.open_act(ActKind.SET_ASIDE, f"pitch:{reference}")
    step = request.form.get("act", "") if request.method == "POST" else "look" if act else "propose"
    form = _form(step, act.id if act else None, [card for card in cards if card.judge_id != actor.person_id])
    if form.validate_on_submit():
        with saving(form, then=url_for(".set_aside", reference=round_.reference, pitch=reference)) as saved:
            said = _take(step, form, round_.reference, reference)
        if saved:
            flash(said, "success")
            return redirect(saved.redirect)
    of = next((card for card in cards if act and card.id == act.payload["card"]), None)
    return shown(
        "judging/set_aside.html",
        form,
        round=round_,
        pitch=pitch,
        cards=cards,
        act=act,
        of=of,
        beyond=[] if not act or not of else queries.agreed_beyond(round_.id, of),
        may_propose=bool(allows(Permission.PROPOSE_ASIDE, round_)),
        mine=act is not None and act.proposer_id == actor.person_id,
    )


def _form(step: str, act_id: int | None, cards: list[LockedCard]) -> Form:
    """The form of the step that the person saw, so that a stale page never agrees to what it did not show."""
    if step != "propose":
        return Form(data={"version": "" if act_id is None else str(act_id)})
    form = SetAsideForm()
    form.card.choices = {str(card.id): card.judge_name for card in cards}
    return form


def _take(step: str, form: Form, reference: str, pitch: str) -> str:
    """Take the step; what was done, in words."""
    actor, of = the_actor(), {"reference": reference, "pitch_reference": pitch}
    if step == "propose":
        assert isinstance(form, SetAsideForm)
        card, reason = int(form.card.data), form.reason.data or ""
        operations.propose_setting_aside(actor, card_id=card, reason=reason, now=now(), **of)
        return "Proposed. A second person has to agree."
    if step == "take_back":
        operations.take_back_setting_aside(actor, now=now(), **of)
        return "Your proposal is taken back."
    if step != "agree":
        raise NotFound
    operations.set_aside(actor, expected_act=form.expected_version, now=now(), **of)
    return "Done. The scores no longer count, and we have told the judge."
