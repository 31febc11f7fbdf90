"""Challenges: the draft with its criteria and form, review, publication and closing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pitchfest.challenges import operations as challenges
from pitchfest.challenges import queries
from pitchfest.challenges.rules import Answers, CriterionKind, DecisionBasis, Instead, QuestionKind
from pitchfest.cli.region.people import described, join_as_judge
from pitchfest.cli.region.story import BadRegionError, Story
from pitchfest.judging import operations as judging
from pitchfest.kernel.clock import say_day
from pitchfest.pitches import operations as pitches

#: Acts of the file's `steps` after the draft, and whether each takes a reason.
_ACTS: dict[str, Callable[..., object]] = {
    "send_for_approval": challenges.send_for_approval,
    "approve": partial(challenges.approve, accepted=True),
    "publish": challenges.publish,
    "pull_back": challenges.pull_back,
}
#: The file's word for a route → the answers that lead to it; the value is the budget.
_ANSWERS = {
    "below_threshold_open": Answers(True, 0, others=False, instead=Instead.NOTHING, research=False),
    "grant": Answers(False, 0, others=False, instead=Instead.GIFT, research=False),
}
#: What the region's rules for judging say: at least 60 of 100 points, and 3 of 5 on a threshold.
_MINIMUM_TOTAL = 60_00
_THRESHOLD = 3_00
#: Questions of the sample form that this release has no type for.
_LEFT_OUT = frozenset({"evidence", "data_needs", "confidential"})


def plan(story: Story) -> None:
    """Add the steps of every challenge up to its closing, and the invitations to its panel."""
    for content in story.content.get("challenges") or []:
        panel = (story.content.get("panels") or {}).get(content["id"])
        if panel is None:
            raise BadRegionError(f"{content['id']} has no entry under panels")
        for step in panel["steps"]:
            _plan_step(story, content, panel, step)
        if any(step["do"] == "publish" for step in panel["steps"]):
            _plan_closing(story, content)
        if panel.get("invited_at"):
            _plan_panel(story, content["id"], panel)


def _plan_step(story: Story, content: dict[str, Any], panel: dict[str, Any], step: dict[str, Any]) -> None:
    reference, verb, who = content["id"], step["do"], step["by"]
    what = f"{reference}: {verb} by {who}"
    if verb == "draft":
        story.at(step["at"], what, lambda now: _draft(story, content, panel, now))
    elif verb == "ask_for_changes":
        story.at(
            step["at"],
            what,
            lambda now: challenges.ask_for_changes(
                story.actor(who, now), reference=reference, reason=step["reason"], now=now
            ),
        )
    elif verb == "schedule":
        story.at(
            step["at"],
            what,
            lambda now: challenges.schedule(
                story.actor(who, now),
                reference=reference,
                at=story.calendar.moment(content["timetable"]["publish"]),
                now=now,
            ),
        )
    elif verb == "confirm_route":
        story.at(step["at"], what, lambda now: _confirm(story, reference, step, now))
    elif verb == "record_duties":
        story.at(step["at"], what, lambda now: _record(story, reference, step, now))
    elif verb in _ACTS:
        story.at(
            step["at"], what, lambda now: _ACTS[verb](story.actor(who, now), reference=reference, now=now)
        )
    else:
        raise BadRegionError(f"{what}: there is no such step")


def _confirm(story: Story, reference: str, step: dict[str, Any], now: datetime) -> None:
    """The lead confirms the route and records what is due before publication."""
    challenges.confirm_route(story.actor(step["by"], now), reference=reference, now=now)
    _record(story, reference, step, now)


def _record(story: Story, reference: str, step: dict[str, Any], now: datetime) -> None:
    """The lead records duties of the route, as the file words them."""
    for key, evidence in (step.get("duties") or {}).items():
        challenges.record_duty(
            story.actor(step["by"], now),
            reference=reference,
            key=key,
            evidence=evidence,
            at=now,
            not_needed_because="",
            now=now,
        )


def _plan_closing(story: Story, content: dict[str, Any]) -> None:
    """What the worker does when the closing time comes."""
    reference, closes = content["id"], content["timetable"]["closes"]

    def close(now: datetime) -> None:
        challenges.close(queries.by_reference(reference, now).id, now)

    def seal(now: datetime) -> None:
        pitches.seal_at_closing(queries.by_reference(reference, now).id, now)

    story.at(closes, f"{reference} closes", close)
    story.at(closes, f"{reference}: pitches are sealed", seal, after=timedelta(minutes=3))


def _plan_panel(story: Story, reference: str, panel: dict[str, Any]) -> None:
    story.at(
        panel["invited_at"], f"{reference}: invitations", lambda now: _invite(story, reference, panel, now)
    )
    for judge, when in (panel.get("accepted_at") or {}).items():
        story.at(when, f"{reference}: {judge} accepts", partial(join_as_judge, story, judge))


def _invite(story: Story, reference: str, panel: dict[str, Any], now: datetime) -> None:
    for name in panel["judges"]:
        judging.invite(
            story.actor(panel["officer"], now),
            reference=reference,
            name=name,
            email=described(story, name)["email"],
            chair=name == panel["chair"],
            now=now,
        )


def _draft(story: Story, content: dict[str, Any], panel: dict[str, Any], now: datetime) -> None:
    actor, reference = story.actor(panel["officer"], now), content["id"]
    brief = (story.content.get("briefs") or {}).get(reference, {})
    challenges.create(
        actor, title=content["title"], question=content["question"], reference=reference, now=now
    )
    challenges.edit_brief(
        actor,
        reference=reference,
        now=now,
        problem=content["background"],
        who_has_it=brief.get("who_has_it", ""),
        tried_before=content["tried_before"],
        outcome_sought=content["outcome_sought"],
        out_of_scope=content["out_of_scope"],
        eligibility="\n".join(content["eligibility"]),
        after_win=brief.get("after_win", ""),
        timetable=_timetable(story, content["timetable"]),
        theme=content.get("theme", ""),
        budget_pence=content["budget_gbp"] * 100,
        owner_name=content["owner"]["name"],
        owner_organisation=content["owner"]["org"],
    )
    if answers := _ANSWERS.get(content.get("route", "")):
        challenges.answer_route(
            actor,
            reference=reference,
            answers=replace(answers, value_pence=content["budget_gbp"] * 100),
            now=now,
        )
    keys = _criteria(story, content, brief.get("guidance", {}), now)
    _form(story, actor, reference, keys, brief.get("asks", {}), now)
    challenges.edit_settings(
        actor,
        reference=reference,
        now=now,
        closes_at=story.calendar.moment(content["timetable"]["closes"]),
        questions_until=story.calendar.moment(content["timetable"]["qa_closes"]),
        judging_deadline=story.calendar.moment(panel["deadline"]),
        decision_due=story.calendar.moment(content["timetable"]["decision"]),
        decision_maker_id=story.person(panel["decision_maker"]),
        judges_per_pitch=panel.get("judges_per_pitch"),
        minimum_cards=min(3, len(panel["judges"])),
        minimum_total=_MINIMUM_TOTAL,
        decision_basis=DecisionBasis(panel.get("decision_basis", DecisionBasis.RAW_MEAN)),
    )


_DATES = (
    ("contract", "Agreement signed"),
    ("pilot_start", "Pilot starts"),
    ("pilot_end", "Pilot ends"),
)


def _timetable(story: Story, dates: dict[str, Any]) -> str:
    return "\n".join(
        f"{label}: {say_day(story.calendar.moment(dates[key]))}" for key, label in _DATES if key in dates
    )


def _criteria(
    story: Story, content: dict[str, Any], guidance: dict[str, str], now: datetime
) -> dict[str, int]:
    """The file's criterion ids with the database's."""
    actor = story.actor(story.content["panels"][content["id"]]["officer"], now)
    levels = story.content["rubric"]["levels"]
    anchors = {int(v) * 100: (level["label"], level["meaning"]) for v, level in levels.items()}
    keys = {}
    for criterion in content["criteria"]:
        is_price = criterion.get("auto") == "price"
        keys[criterion["id"]] = challenges.save_criterion(
            actor,
            reference=content["id"],
            now=now,
            name=criterion["name"],
            weight=criterion["weight"],
            guidance=guidance.get(criterion["id"], ""),
            kind=CriterionKind.PRICE if is_price else CriterionKind.JUDGED,
            threshold=_THRESHOLD if criterion.get("threshold") else None,
            anchors=None if is_price else anchors,
        )
    return keys


def form_questions(story: Story) -> list[dict[str, Any]]:
    """The file's form. A question whose criterion a challenge lacks is asked there, not scored."""
    return [question for question in story.content["pitch_form"] if question["id"] not in _LEFT_OUT]


def _form(
    story: Story, actor: Any, reference: str, keys: dict[str, int], asks: dict[str, str], now: datetime
) -> None:
    """The file's one form; `asks`: a brief's own words for the question on a criterion."""
    for question in form_questions(story):
        criterion = question.get("maps_to", "")
        kind = {"money_lines": QuestionKind.MONEY, "radios": QuestionKind.RADIOS}.get(
            question.get("type", ""), QuestionKind.TEXT
        )
        challenges.save_question(
            actor,
            reference=reference,
            now=now,
            ask=asks.get(criterion, question["ask"]),
            kind=kind,
            max_words=question["max_words"] if kind == QuestionKind.TEXT else None,
            options=question.get("options", ()),
            required=criterion in keys or question["id"] == "summary",
            criterion_id=keys.get(criterion),
        )
