"""Pages of explanations, decision, release and letters, and what they show elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.awards import operations, queries
from pitchfest.awards.forms import DecisionForm, decision_form, explain_form
from pitchfest.awards.rules import (
    DECIDABLE,
    EXPLAINABLE,
    LEAST_WORDS,
    OUTCOME_NAMES,
    PERMISSIONS,
    AwardFacts,
    ExplainFacts,
    LetterFacts,
    Permission,
)
from pitchfest.awards.rules.assurance import NOT_DONE, nothing_due
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import LABELS, RELEASED, ChallengeRow, ChallengeState, CriterionKind, Lane
from pitchfest.challenges.rules import Permission as ChallengePermission
from pitchfest.judging import queries as judging
from pitchfest.judging.rules import PERMISSIONS as JUDGING
from pitchfest.judging.rules import Permission as JudgingPermission
from pitchfest.judging.rules.scoring import points_text, round_half_up
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.text import as_sentence, count_words, plural
from pitchfest.pitches.queries import OpenedPitch, PitchRow
from pitchfest.pitches.rules.permissions import PERMISSIONS as PITCHES
from pitchfest.pitches.rules.permissions import Permission as PitchPermission
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now, once

bp = Blueprint("awards", __name__)
BLUEPRINTS: tuple[Blueprint, ...] = (bp,)


# Explanations.


@bp.get("/manage/challenges/<reference>/explanations")
@requires(Permission.EXPLANATIONS, of=queries.facts)
def explanations(facts: AwardFacts) -> str:
    challenge = facts.challenge
    pitches, names = queries.pitches(challenge.id), not facts.without_names
    rows = queries.overview(challenge.id, challenges.criteria(challenge.id), pitches, names=names)
    me = the_actor().person_id
    if facts.recused:
        rows = [row for row in rows if row.writer_id == me]
    return render_template("awards/explanations.html", challenge=challenge, rows=rows, me=me)


@bp.route("/judging/explanations/<reference>", methods=["GET", "POST"])
@requires(Permission.EXPLAIN, of=queries.explain_facts)
def explain(facts: ExplainFacts) -> ResponseReturnValue:
    criteria = [c for c in challenges.criteria(facts.challenge.id) if c.kind == CriterionKind.JUDGED]
    kept = {key[1]: row for key, row in queries.explanations([facts.pitch_id]).items()}
    reasons = queries.reasons(facts.pitch_id)
    texts = {criterion_id: row.text for criterion_id, row in kept.items()}
    agreed = queries.agreed(facts.pitch_id)
    suggested = suggestions(reasons) if facts.challenge.lane == Lane.SMALL else {}
    suggested |= {criterion_id: reason.text for criterion_id, reason in agreed.items()}
    form = explain_form([(c.id, c.name) for c in criteria], suggested | texts)
    if request.method == "GET":
        form.version.data = str(max((row.id for row in kept.values()), default=0))
    if form.validate_on_submit():
        then = url_for("awards.explain", reference=facts.reference)
        with saving(form, then=then) as saved:
            operations.explain(
                the_actor(),
                reference=facts.reference,
                texts=form.texts,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            return _after_explaining(facts, form.texts, then)
    return render_template(
        "awards/explain.html",
        facts=facts,
        form=form,
        criteria=criteria,
        reasons=reasons,
        agreed=agreed,
        suggested=suggested.keys() - texts.keys(),
        points_text=points_text,
        page_errors=bool(form.errors),
    ), 422 if form.errors else 200


def suggestions(reasons: Mapping[int, Sequence[queries.Reason]]) -> dict[int, str]:
    """What the chair of a small round starts from: the judges' own sentences, by criterion id."""
    return {
        criterion_id: " ".join(as_sentence(reason.text) for reason in said if reason.text)
        for criterion_id, said in reasons.items()
    }


def _after_explaining(facts: ExplainFacts, texts: dict[int, str], then: str) -> ResponseReturnValue:
    short = sum(count_words(text) < LEAST_WORDS for text in texts.values())
    if short:
        flash(f"Saved. {plural(short, 'explanation')} still under {LEAST_WORDS} words.", "success")
        return redirect(then)
    flash(f"Saved. Everything {facts.organisation_name} will read is there.", "success")
    return redirect(url_for("awards.explanations", reference=facts.challenge.reference))


# The decision.


@bp.get("/manage/challenges/<reference>/decision")
@requires(Permission.DECISION, of=queries.facts)
def decision(facts: AwardFacts) -> ResponseReturnValue:
    return _decision_page(facts, None)


@bp.post("/manage/challenges/<reference>/decision")
@requires(Permission.DECIDE, of=queries.facts)
def decide(facts: AwardFacts) -> ResponseReturnValue:
    return _decision_page(facts, the_actor())


def _decision_page(facts: AwardFacts, decider: Actor | None) -> ResponseReturnValue:
    """The results with the form beside them; with a `decider` what was sent is recorded."""
    challenge = facts.challenge
    found, made = queries.pitches(challenge.id), queries.decision(challenge.id)
    places = queries.standing(challenge, challenges.criteria(challenge.id), found, made.lowest_pence)
    chosen = {place.pitch.reference: (place.pitch.outcome, place.pitch.reason) for place in places}
    names = [(place.pitch.reference, place.pitch.party.name) for place in places]
    form = decision_form(names, chosen, made.note, nobody=not found)
    if decider is None:
        form.version.data = str(challenge.version)
    elif form.validate_on_submit() and (done := _record_decision(decider, facts, form)) is not None:
        return done
    may_decide = bool(allows(Permission.DECIDE, facts))
    return render_template(
        "awards/decision.html",
        challenge=challenge,
        form=form,
        places=places,
        made=made,
        may_decide=may_decide,
        judged=may_decide and judging.ever_assigned(the_actor().person_id, challenge.id),
        not_yet=_not_yet(challenge, found),
        outcome_names=OUTCOME_NAMES,
        two_places=round_half_up,
        apart=[pitch for pitch in found if not pitch.in_play],
        page_errors=bool(form.errors),
    ), 422 if form.errors else 200


def _record_decision(decider: Actor, facts: AwardFacts, form: DecisionForm) -> ResponseReturnValue | None:
    reference = facts.challenge.reference
    with saving(form, then=url_for("awards.release", reference=reference)) as saved:
        operations.decide(
            decider,
            reference=reference,
            outcomes=form.outcomes,
            note=form.note.data or "",
            expected_version=form.expected_version,
            now=now(),
        )
    if not saved:
        return None
    flash("Your decision is recorded. Nobody is told until two people release the letters.", "success")
    if allows(Permission.PREVIEW, facts):
        return redirect(saved.redirect)
    return redirect(url_for("awards.decision", reference=reference))


def _not_yet(challenge: ChallengeRow, found: list[queries.AwardPitch]) -> str:
    """Why there is nothing to decide yet, or ""."""
    if challenge.effective != ChallengeState.ELIGIBILITY:
        return ""
    undecided = sum(pitch.state == "opened" for pitch in found)
    if undecided:
        return f"{plural(undecided, 'pitch', 'pitches')} still to be checked. You can decide after that."
    if any(pitch.in_play for pitch in found):
        return "There are eligible pitches, so judges score them first. You can decide after that."
    return ""


# Release.


@bp.get("/manage/challenges/<reference>/release")
@requires(Permission.PREVIEW, of=queries.facts)
def release(facts: AwardFacts) -> ResponseReturnValue:
    return _release_page(facts, Form())


@bp.post("/manage/challenges/<reference>/release")
@requires(Permission.RELEASE, of=queries.facts)
def act_on_release(facts: AwardFacts) -> ResponseReturnValue:
    reference, actor, form = facts.challenge.reference, the_actor(), Form()
    if form.validate_on_submit():
        here = url_for("awards.release", reference=reference)
        said = "Your proposal is taken back. Nothing was sent."
        with saving(form, then=here) as saved:
            match request.form.get("act"):
                case "propose":
                    operations.propose_release(
                        actor, reference=reference, expected_version=form.expected_version, now=now()
                    )
                    said = "Proposed. A second person, who did not decide, can now release the letters."
                case "take_back":
                    operations.take_back_release(actor, reference=reference, now=now())
                case "release":
                    operations.release(
                        actor, reference=reference, expected_version=form.expected_version, now=now()
                    )
                    released = queries.releases(facts.challenge.id, reference)
                    said = f"Released. {released.sent}." if released else "Released."
                case _:
                    abort(400)
        if saved:
            flash(said, "success")
            return redirect(here)
    return _release_page(facts, form)


def _release_page(facts: AwardFacts, form: Form) -> ResponseReturnValue:
    challenge, actor = facts.challenge, the_actor()
    if challenge.effective in RELEASED:
        return render_template(
            "awards/released.html",
            challenge=challenge,
            released=queries.releases(challenge.id, challenge.reference),
            by_hand=queries.hand_letters(challenge.id) if allows(Permission.BY_HAND, facts) else [],
            form=form,
        )
    may_release = bool(allows(Permission.RELEASE, facts))
    if may_release and request.method == "GET":
        accounts.require_proof(actor, now())
    found = queries.preview(challenge)
    act = people.open_act(ActKind.RELEASE_LETTERS, f"challenge:{challenge.reference}")
    form.version.data = str(found.version)
    return render_template(
        "awards/release.html",
        challenge=challenge,
        form=form,
        preview=found,
        act=act,
        stale=act is not None and act.object_version != found.version,
        mine=act is not None and act.proposer_id == actor.person_id,
        decided=found.decided_by_id == actor.person_id,
        may_release=may_release,
        outcome_names=OUTCOME_NAMES,
        page_errors=bool(form.errors),
    ), 422 if form.errors else 200


def at_challenge(*, actor: Actor, now: datetime, reference: str, **_ids: object) -> AwardFacts:
    """The challenge of an address that names one of its letters too."""
    return queries.facts(actor=actor, now=now, reference=reference)


@bp.post("/manage/challenges/<reference>/letters/<pitch>/posted")
@requires(Permission.BY_HAND, of=at_challenge)
def posted(facts: AwardFacts) -> ResponseReturnValue:
    reference, form = facts.challenge.reference, Form()
    here = url_for("awards.release", reference=reference, _anchor="by-hand")
    if form.validate_on_submit():
        with saving(form, then=here) as saved:
            operations.mark_posted(
                the_actor(),
                reference=reference,
                pitch_reference=str((request.view_args or {})["pitch"]),
                now=now(),
            )
        if saved:
            flash("Recorded that the letter was sent by hand.", "success")
            return redirect(here)
    return _release_page(facts, form)


# Letters.


@bp.get("/pitches/<reference>/letter")
@requires(Permission.LETTER, of=queries.letter_facts)
def letter(facts: LetterFacts) -> str:
    if facts.removed_at:
        return _removed_page(facts, as_staff=False)
    assert facts.text is not None
    return _letter_page(facts, json.loads(facts.text), as_staff=False)


@bp.get("/manage/pitches/<reference>/letter")
@requires(Permission.LETTER_STAFF, of=queries.staff_letter_facts)
def staff_letter(facts: LetterFacts) -> str:
    if facts.removed_at:
        return _removed_page(facts, as_staff=True)
    body = (
        json.loads(facts.text) if facts.text else queries.preview_body(facts.award.challenge, facts.pitch_id)
    )
    if body is None:
        raise NotFound
    return _letter_page(facts, body, as_staff=True)


def _removed_page(facts: LetterFacts, *, as_staff: bool) -> str:
    return render_template(
        "awards/letter_removed.html", facts=facts, challenge=facts.award.challenge, as_staff=as_staff
    )


def _letter_page(facts: LetterFacts, body: dict[str, Any], *, as_staff: bool) -> str:
    released = body.get("released_at")
    return render_template(
        "awards/letter.html",
        letter=body,
        released_at=datetime.fromisoformat(released) if released else None,
        sha256=facts.sha256,
        as_staff=as_staff,
    )


# Assurance.


@bp.get("/manage/challenges/<reference>/assurance")
@requires(ChallengePermission.VIEW_STAFF, of=challenges.for_staff)
def assurance(challenge: ChallengeRow) -> str:
    actor, moment = the_actor(), now()
    return render_template(
        "awards/assurance.html",
        challenge=challenge,
        found=queries.assurance(challenge, actor, moment),
        label=LABELS[challenge.effective],
        route=queries.route_in_words(challenge),
        money=say_pounds(challenge.budget_pence) if challenge.budget_pence else "",
        sees_opening=bool(PITCHES[PitchPermission.OPENING_SEE](actor, challenge)),
        nothing_due=nothing_due(challenge.effective),
        not_done=NOT_DONE,
    )


# On other pages.

Panel = tuple[str, dict[str, Any]] | None


def panel(challenge: ChallengeRow, actor: Actor | None, moment: datetime) -> Panel:  # noqa: ARG001
    """On the public page of a challenge: what became of it, once the letters are out."""
    if challenge.effective not in RELEASED:
        return None
    outcome = queries.public_outcome(challenge.id, moment)
    return ("awards/_outcome.html", {"outcome": outcome}) if outcome else None


def manage_panel(challenge: ChallengeRow, actor: Actor | None, moment: datetime) -> Panel:
    """On the staff's page of a challenge: the steps to letters, and the page for auditors."""
    if actor is None:
        return None
    if challenge.effective not in EXPLAINABLE | DECIDABLE | RELEASED:
        return "awards/_steps.html", {"steps": [], "reference": challenge.reference}
    seat = once(
        f"round of {challenge.reference}",
        lambda: judging.round_of(actor=actor, now=moment, reference=challenge.reference),
    )
    facts = queries.facts_of(challenge, seat, actor)
    steps = [
        ("Explanations for suppliers", "awards.explanations", Permission.EXPLANATIONS),
        ("Decision", "awards.decision", Permission.DECISION),
        ("Letters", "awards.release", Permission.PREVIEW),
    ]
    shown = [(label, endpoint) for label, endpoint, needed in steps if PERMISSIONS[needed](actor, facts)]
    return "awards/_steps.html", {"steps": shown, "reference": challenge.reference}


def pitch_panel(pitch: PitchRow, actor: Actor, moment: datetime) -> Panel:  # noqa: ARG001
    """On the supplier's page of a pitch: the way to its letter, once the letters are out."""
    if pitch.withdrawn_at or pitch.challenge_state not in RELEASED:
        return None
    if queries.letter_for(pitch.id, actor.person_id) is None:
        return None
    return "awards/_letter.html", {"reference": pitch.reference}


def manage_pitch_panel(pitch: OpenedPitch, actor: Actor, moment: datetime) -> Panel:
    """On the staff's page of a pitch: its scores and its letter, for those who may read them."""
    round_ = judging.round_of_pitch(actor=actor, now=moment, reference=pitch.reference)
    facts = queries.facts(actor=actor, now=moment, reference=pitch.challenge_reference)
    links = [
        ("Scores and reasons", "judging_pitches.scores", JUDGING[JudgingPermission.RESULTS](actor, round_)),
        ("Letter", "awards.staff_letter", PERMISSIONS[Permission.PREVIEW](actor, facts)),
    ]
    if pitch.withdrawn_at:
        del links[1:]  # a withdrawn pitch gets a confirmation instead of a letter
    shown = [(label, endpoint) for label, endpoint, verdict in links if verdict]
    return ("awards/_pitch_links.html", {"links": shown, "reference": pitch.reference}) if shown else None


# Practice.


@bp.route("/manage/challenges/<reference>/throw-away", methods=["GET", "POST"])
@requires(ChallengePermission.THROW_AWAY, of=challenges.for_staff)
def throw_away(challenge: ChallengeRow) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.index")) as saved:
            operations.throw_away(the_actor(), reference=challenge.reference, now=now())
        if saved:
            flash("Thrown away. Only the log still says that it was.", "success")
            return redirect(saved.redirect)
    return render_template("awards/throw_away.html", challenge=challenge, form=form)
