"""A challenge in words, as the public page, its preview and the lists show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, g, render_template
from markupsafe import Markup

from pitchfest.challenges import queries
from pitchfest.challenges.queries import ChallengeRow, CriterionRow, ListedChallenge, QuestionRow, SnapshotRow
from pitchfest.challenges.rules import (
    BASES,
    KINDS,
    LABELS,
    RELEASED,
    ROUTE_MEANS,
    THEMES,
    ChallengeState,
    CriterionKind,
    Effort,
    Part,
    QuestionKind,
    Route,
    Template,
    awaited,
    check_lines,
    effort_of,
    say_effort,
    say_points,
    unpaid_work,
)
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.calendar import working_days_between
from pitchfest.kernel.clock import LONDON, say_day, say_left, say_moment, say_time
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.text import plural
from pitchfest.web.access import current_actor
from pitchfest.web.markdown import to_html
from pitchfest.web.requests import now

PANELS_EXTENSION = "pitchfest.panels"
#: A panel: (challenge, actor, now) → (template, its context), or None where it has nothing to say.
Panel = Callable[[ChallengeRow, Actor | None, datetime], tuple[str, dict[str, Any]] | None]
#: A fact beside the brief: (challenge, actor, now) → (label, value), or None.
Fact = Callable[[ChallengeRow, Actor | None, datetime], tuple[str, str] | None]

#: Field of the brief → its heading on the page.
SECTIONS = (
    ("problem", "The problem"),
    ("who_has_it", "Who has it"),
    ("tried_before", "What we tried"),
    ("outcome_sought", "What good looks like"),
    ("out_of_scope", "Not part of this"),
    ("eligibility", "Who can pitch"),
    ("after_win", "What happens after a win"),
    ("timetable", "Timetable"),
)


@lru_cache(maxsize=4_096)
def prose(text: str) -> Markup:
    """What an officer wrote, as safe HTML; worked out once for each text."""
    return Markup(to_html(text))  # noqa: S704 - `to_html` has cleaned it


def panels(slot: str, challenge: ChallengeRow) -> list[Markup]:
    """What higher features add to a page, rendered: each panel that has something to say."""
    said = _contributed(slot, challenge)
    return [Markup(render_template(template, **context)) for template, context in said]  # noqa: S704 - our own


def list_facts(rows: Sequence[ListedChallenge]) -> dict[int, str]:
    """What higher features say of each challenge in staff's list: challenge id → words."""
    found = current_app.extensions.get(PANELS_EXTENSION, {}).get("manage_list", ())
    return {key: words for each in found for key, words in each(rows, now()).items()}


def manage_links(actor: Actor) -> list[tuple[str, str]]:
    """Pages of higher features beside staff's list, for those who may: (label, address)."""
    found = current_app.extensions.get(PANELS_EXTENSION, {}).get("manage_links", ())
    return [link for each in found if (link := each(actor)) is not None]


def _contributed(slot: str, challenge: ChallengeRow) -> list[Any]:
    found: Sequence[Callable[..., Any]] = current_app.extensions.get(PANELS_EXTENSION, {}).get(slot, ())
    actor, moment = current_actor(), now()
    return [said for each in found if (said := each(challenge, actor, moment)) is not None]


def challenge_page(challenge: ChallengeRow, *, preview: bool) -> str:
    """The challenge as the public reads it; a preview says so and offers nothing to press."""
    moment = now()
    g.practice = challenge.practice
    beside = queries.beside(challenge.id)
    snapshot = beside.snapshot
    measured = _frozen(snapshot.sha256, challenge.id) if snapshot else _measured(challenge.id)
    changed = snapshot is not None and snapshot.number > 1
    extensions = queries.extensions(challenge.id) if changed else []
    corrections = queries.corrections(challenge.id) if changed else []
    moved = [*(row.closed_before for row in extensions), *(row.closed_before for row in corrections)]
    return render_template(
        "challenges/challenge.html",
        conditions=check_lines(challenge.self_check) if preview else [],
        challenge=challenge,
        preview=preview,
        tag=LABELS[ChallengeState.OPEN if preview else challenge.effective][1:],
        is_open=challenge.effective == ChallengeState.OPEN,
        may_tell_needs=_may_tell_needs(challenge),
        sections=_sections(challenge, _route(challenge, snapshot)),
        facts=[
            *_facts(challenge, beside.decision_maker),
            *_contributed("challenge_facts", challenge),
        ],
        dates=_dates(challenge, moment),
        asking=queries.asking_times(challenge, moment),
        answered=beside.answers,
        easy_read=beside.easy_read and not preview,
        judging=say_judging(challenge, measured.criteria),
        weights=measured.weights,
        scales=measured.scales,
        guidance=measured.guidance,
        questions=measured.questions,
        takes=say_takes(challenge, measured.effort),
        hours=say_effort(measured.effort) if measured.effort.questions else "",
        snapshot=snapshot,
        extensions=extensions,
        briefly=_briefly(challenge, moved, moment),
        delays=[] if preview else _delays(challenge),
        cancellation=queries.cancellation(challenge.id)
        if challenge.effective == ChallengeState.CANCELLED
        else None,
        corrections=corrections,
        deciders=queries.hand_overs(challenge.id, Part.DECISION_MAKER)
        if beside.handed_on and challenge.published_at
        else [],
        own=next(iter(_contributed("challenge_own", challenge)), "") if not preview else "",
        panels=panels("challenge", challenge),
    )


def _delays(challenge: ChallengeRow) -> list[queries.DelayRow]:
    """Every time a date moved that is still waited for."""
    waited_for = awaited(challenge.effective)
    return [row for row in queries.delays(challenge.id) if row.what in waited_for] if waited_for else []


def _may_tell_needs(challenge: ChallengeRow) -> bool:
    """Whether the page leads to where suppliers say what they need; who is not signed in may be one."""
    actor = current_actor()
    if challenge.effective != ChallengeState.OPEN:
        return False
    if actor is None:
        return True
    outside = challenge.practice or not actor.is_staff
    return outside and queries.takes_part(actor, practice=challenge.practice)


class Measured(NamedTuple):
    """What pitches are asked and measured by, in words."""

    criteria: list[CriterionRow]
    weights: list[tuple[str, int, str]]
    scales: list[tuple[str, list[tuple[str, str]]]]
    guidance: list[tuple[str, Markup]]
    questions: list[dict[str, Any]]
    effort: Effort


def _measured(challenge_id: int) -> Measured:
    return measured_by(queries.criteria(challenge_id), queries.questions(challenge_id))


def measured_by(criteria: list[CriterionRow], questions: Sequence[QuestionRow]) -> Measured:
    """The criteria and the form in words."""
    return Measured(
        criteria=criteria,
        weights=_weights(criteria),
        scales=_scales(criteria),
        guidance=[(c.name, prose(c.guidance)) for c in criteria if c.guidance],
        questions=[_question(question, criteria) for question in questions],
        effort=effort_of(questions),
    )


@lru_cache(maxsize=1_024)
def _frozen(_sha256: str, challenge_id: int) -> Measured:
    """The same of a published challenge, read once: its record's SHA-256 stands for what it says."""
    return _measured(challenge_id)


def _sections(challenge: ChallengeRow, route: Route | None) -> list[tuple[str, Markup]]:
    """The brief under its headings, with what the route means where it says what follows a win."""
    sections = []
    for name, title in SECTIONS:
        if name == "after_win" and route is not None:
            sections.append(("What the winner gets", prose(ROUTE_MEANS[route])))
        if text := getattr(challenge, name):
            sections.append((title, prose(text)))
    return sections


def _route(challenge: ChallengeRow, snapshot: SnapshotRow | None) -> Route | None:
    """The route that was published, or that would be."""
    if snapshot is not None:
        return snapshot.route
    chosen = queries.route(challenge)
    return chosen.route if chosen else None


def _facts(challenge: ChallengeRow, decision_maker: str) -> list[tuple[str, str]]:
    owner = ", ".join(filter(None, (challenge.owner_name, challenge.owner_organisation)))
    facts = [
        ("Budget", say_budget(challenge.budget_pence)),
        ("Theme", THEMES.get(challenge.theme, "")),
        ("Owner", owner),
        ("Who decides", decision_maker),
        ("Reference", challenge.reference),
    ]
    return [(label, value) for label, value in facts if value]


def say_budget(pence: int | None) -> str:
    """`Up to £95,000, VAT included`, or that there is no money; "" while nobody has said."""
    if pence is None:
        return ""
    return f"Up to {say_pounds(pence)}, VAT included" if pence else "No money: a pilot only"


#: Date of the timetable → the states in which what it is about has happened. Of the decision nobody outside
#: hears before the letters are out.
_OVER_IN = {
    "Judges finish": frozenset(
        {ChallengeState.MODERATION, ChallengeState.RECOMMENDED, ChallengeState.DECIDED}
    )
    | RELEASED,
    "Decision": RELEASED,
}


def _dates(challenge: ChallengeRow, moment: datetime) -> list[tuple[str, str, str]]:
    """The dots of the timetable: (label, when, state). Done is what has happened, not what was to."""
    dates = [
        ("Published", challenge.published_at, say_day),
        ("Questions end", challenge.questions_until, say_moment),
        ("Pitches close", challenge.closes_at, say_moment),
        ("Judges finish", challenge.judging_deadline, say_day),
        ("Decision", challenge.released_at or challenge.decision_due, say_day),
    ]
    over = {label for label, states in _OVER_IN.items() if challenge.effective in states}
    known = [(label, at, say(at)) for label, at, say in dates if at is not None]
    following = next((at for label, at, _ in known if at > moment and label not in over), None)
    found = []
    for label, at, words in known:
        if label in over:
            found.append((label, f"Before {words}" if at > moment else words, "done"))
        else:
            passed = at <= moment and label not in _OVER_IN
            found.append((label, words, "now" if at == following else "done" if passed else ""))
    return found


def say_takes(challenge: ChallengeRow, effort: Effort) -> str:
    """How long pitching is likely to take, how much is scored, and what is paid for it."""
    if not effort.questions:
        return ""
    words = f", with up to {effort.scored_words:,} words that are scored" if effort.scored_words else ""
    takes = f"{say_effort(effort)}: {plural(effort.questions, 'question')}{words}."
    if challenge.payment_pence:
        return f"{takes} Each supplier that pitches is paid {say_pounds(challenge.payment_pence)}."
    if because := challenge.unpaid_because:
        return f"{takes} Pitching is not paid, because {because[0].lower()}{because[1:]}"
    return f"{takes} Pitching is not paid." if unpaid_work(effort, None) else takes


def say_open_briefly(start: datetime, closes_at: datetime, because: str) -> str:
    """`Open for 3 working days, because …`."""
    days = working_days_between(start.astimezone(LONDON).date(), closes_at.astimezone(LONDON).date())
    return f"Open for {plural(days, 'working day')}, because {because}"


def _briefly(challenge: ChallengeRow, before: Sequence[datetime], moment: datetime) -> str:
    """The same as the public reads it, as it was published: `before`, the closing times that were
    later moved.
    """
    closes_at = min((*before, *([challenge.closes_at] if challenge.closes_at else [])), default=None)
    if not challenge.short_because or closes_at is None:
        return ""
    return say_open_briefly(challenge.published_at or moment, closes_at, challenge.short_because)


#: The order of `judging.rules.ties`, for those who pitch.
TIES = " Equal totals are told apart by the marks on the criterion of most weight first, and then by lot."

#: That judges read without names, for those who pitch.
HIDDEN_NAMES = (
    " Judges do not see who is pitching until the letters are out, so do not name yourselves in your answers."
)


def say_judging(challenge: ChallengeRow | Template, criteria: Sequence[CriterionRow]) -> str:
    """How judging works, in a few sentences."""
    scales = {(c.minimum, c.maximum) for c in criteria if c.kind == CriterionKind.JUDGED}
    score, give = ("scores", "gives") if challenge.minimum_cards == 1 else ("score", "give")
    judges = f"At least {plural(challenge.minimum_cards, 'judge')} {score}"
    if len(scales) == 1:
        low, high = (say_points(v) for v in scales.pop())
        judges += f" each answer from {low} to {high} and {give} a reason."
    else:
        judges += f" each answer on its scale and {give} a reason."
    share = " Each score counts for its share of 100 points."
    least = challenge.minimum_total
    basis = f" {BASES[challenge.decision_basis][1]}"
    needed = f" You need {say_points(least)} points in all to be funded." if least else ""
    return judges + share + basis + TIES + needed + (HIDDEN_NAMES if challenge.names_hidden else "")


def _weights(criteria: Sequence[CriterionRow]) -> list[tuple[str, int, str]]:
    """Name, points and note, by weight, the price last."""
    ordered = sorted(criteria, key=lambda c: (c.kind == CriterionKind.PRICE, -c.weight, c.position))
    return [(c.name, c.weight, _note(c)) for c in ordered]


def _note(criterion: CriterionRow) -> str:
    if criterion.kind == CriterionKind.PRICE:
        return "worked out from your price, not judged"
    if criterion.threshold is None:
        return ""
    return f"needs at least {say_points(criterion.threshold)} out of {say_points(criterion.maximum)}"


def _scales(criteria: Sequence[CriterionRow]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each different set of worded scores, the highest first, with the criteria that use it."""
    sets: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for criterion in criteria:
        if criterion.anchors:
            words = tuple(
                (f"{say_points(value)} {label}", meaning)
                for value, (label, meaning) in sorted(criterion.anchors.items(), reverse=True)
            )
            sets.setdefault(words, []).append(criterion.name)
    title = "What each score means"
    return [
        (title if len(sets) == 1 else f"{title}: {', '.join(names)}", list(words))
        for words, names in sets.items()
    ]


def form_in_words(challenge: ChallengeRow) -> tuple[list[dict[str, Any]], str]:
    """The questions of the form, and what answering them takes."""
    measured = _measured(challenge.id)
    return measured.questions, say_takes(challenge, measured.effort)


def _question(question: QuestionRow, criteria: Sequence[CriterionRow]) -> dict[str, Any]:
    criterion = next((c for c in criteria if c.id == question.criterion_id), None)
    return {
        "ask": question.ask,
        "limit": say_limit(question),
        "options": question.options,
        "scored": f"Scored on: {criterion.name}, {criterion.weight} points" if criterion else "Not scored",
        "required": question.required,
    }


def say_limit(question: QuestionRow) -> str:
    """What an answer is and how long it may be."""
    if question.kind == QuestionKind.TEXT:
        return f"Up to {plural(question.max_words or 0, 'word')}"
    return KINDS[question.kind].limit


class Listed(NamedTuple):
    """One row of the public list, worded here so that the template's loop stays plain. `when`: what stands
    out, and what stands below it.
    """

    href: str
    title: str
    question: str
    owner: str
    theme: str
    money: str
    label: str
    colour: str
    when: tuple[str, str]


def listed(row: ListedChallenge, moment: datetime) -> Listed:
    """A challenge as the public list shows it."""
    _, label, colour = LABELS[row.state]
    return Listed(
        href=f"/challenges/{row.reference}",
        title=row.title,
        question=row.question,
        owner=row.owner_organisation,
        theme=THEMES.get(row.theme, ""),
        money=say_budget(row.budget_pence).removesuffix(", VAT included"),
        label=label,
        colour=colour,
        when=_when(row, moment),
    )


def _when(row: ListedChallenge, moment: datetime) -> tuple[str, str]:
    """What stands out, and what stands below it."""
    if row.closes_at is None:
        return "", ""
    if row.state == ChallengeState.OPEN:
        closing = f"Closes {say_time(row.closes_at)} on {say_day(row.closes_at, year=False)}"
        return say_left(row.closes_at, moment), closing
    ended = row.state in RELEASED or row.state == ChallengeState.CANCELLED
    if row.decision_due and row.decision_due > moment and not ended:
        return "", f"Decision by {say_day(row.decision_due)}"
    return "", f"Closed on {say_day(row.closes_at)}" if row.closes_at <= moment else ""
