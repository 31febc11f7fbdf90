"""All that publishing freezes of a challenge, what a correction may set in it, and what differs
between two of its records. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pitchfest.challenges.rules.basis import BASES, DecisionBasis
from pitchfest.challenges.rules.corrections import Change
from pitchfest.challenges.rules.finding import THEMES
from pitchfest.challenges.rules.kinds import KINDS
from pitchfest.challenges.rules.lifecycle import CriterionKind, QuestionKind
from pitchfest.challenges.rules.parts import ChallengeRow, CriterionRow, QuestionRow, say_points
from pitchfest.challenges.rules.route import ROUTE_NAMES, Answers, Route, route_of
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.text import plural

Row = TypeVar("Row", CriterionRow, QuestionRow)

#: Field of the brief → what it is called on the page.
BRIEF_LABELS = {
    "title": "Title",
    "question": "The question it asks",
    "problem": "The problem",
    "who_has_it": "Who has it",
    "tried_before": "What was tried before",
    "outcome_sought": "What good looks like",
    "out_of_scope": "Not part of this",
    "eligibility": "Who can pitch",
    "self_check": "Can we pitch?",
    "after_win": "What happens after a win",
    "timetable": "Timetable",
    "theme": "Theme",
    "budget_pence": "Budget",
    "payment_pence": "Paid for pitching",
    "owner_name": "Owner",
    "owner_organisation": "The owner’s organisation",
}
#: What suppliers have built on: to change it is material. So is all of the criteria and the form.
_MATERIAL_BRIEF = frozenset({"eligibility", "self_check", "budget_pence", "payment_pence"})
#: Columns of a challenge that a correction may change; the closing time only ever moves on.
CORRECTABLE = frozenset(BRIEF_LABELS) | {"questions_until", "judging_deadline", "decision_due"}
_OF_CRITERION = frozenset({"name", "guidance", "weight", "threshold"})
_OF_QUESTION = frozenset({"ask", "max_words"})
#: Public date of a challenge → what people call it.
DATE_LABELS = {
    "questions_until": "Questions end",
    "closes_at": "Pitches close",
    "judging_deadline": "Judges finish",
    "decision_due": "Decision expected",
}


@dataclass(frozen=True, slots=True)
class Content:
    """All that publishing freezes: the brief with its dates, the criteria and the form, and the answers that
    name the route, None where nobody gave them.
    """

    challenge: ChallengeRow
    criteria: list[CriterionRow]
    questions: list[QuestionRow]
    answers: Answers | None = None

    @property
    def route(self) -> Route | None:
        """The route that follows from the answers."""
        return route_of(self.answers) if self.answers else None


@dataclass(frozen=True, slots=True)
class Corrected:
    """The values that a correction sets: columns of the challenge, and by id what changes of a
    criterion or a question. Scales and kinds stay, since scores and answers rest on them.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    criteria: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    questions: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def corrected(content: Content, by: Corrected) -> Content:
    """The content with these values in place of the old ones. Raises ValueError for any other one."""
    _only(by.fields, CORRECTABLE)
    return Content(
        replace(content.challenge, **by.fields),
        _replaced(content.criteria, by.criteria, _OF_CRITERION),
        _replaced(content.questions, by.questions, _OF_QUESTION),
        content.answers,
    )


def shortened(content: Content, by: Corrected) -> list[int]:
    """Ids of the questions whose word limit would shrink, though someone may have used all of it."""
    limits = {key: values["max_words"] for key, values in by.questions.items() if "max_words" in values}
    return [q.id for q in content.questions if (limits.get(q.id, q.max_words) or 0) < (q.max_words or 0)]


def _replaced(rows: list[Row], by: Mapping[int, Mapping[str, Any]], known: frozenset[str]) -> list[Row]:
    if unknown := by.keys() - {row.id for row in rows}:
        raise ValueError(f"not of this challenge: {sorted(unknown)}")
    for values in by.values():
        _only(values, known)
    return [replace(row, **by.get(row.id, {})) for row in rows]


def _only(values: Mapping[str, Any], known: frozenset[str]) -> None:
    if unknown := values.keys() - known:
        raise ValueError(f"not corrected here: {sorted(unknown)}")


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Everything that reads differently in two snapshot bodies, in the order of the page; a criterion goes by
    the name that it had before.

    The closing time counts as material where it moved, as any date does.
    """
    return _different(dict(_lines(before)), dict(_lines(after)))


def redrafted(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """As `changes_between`, and what no correction may touch but a draft may: the route, how it is judged,
    scales and their words, and what kind of answer a question asks for.
    """
    was, now_is = ({**dict(_lines(body)), **dict(_drafted_lines(body))} for body in (before, after))
    return _different(was, now_is)


def _different(old: dict[str, _Line], new: dict[str, _Line]) -> list[Change]:
    found = []
    for key in old | new:
        was, now_is = old.get(key), new.get(key)
        old_words, new_words = was.words if was else "", now_is.words if now_is else ""
        if old_words != new_words:
            said = was or now_is
            assert said is not None  # the key is from one of the two
            found.append(Change(said.label, old_words, new_words, said.material))
    return found


def questions_touched(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[int]:
    """Positions of the questions that read differently in two snapshot bodies, in their words, their limit or
    the criterion that they are scored on.
    """
    asked, scored = ({row["position"]: row for row in before[part]} for part in ("questions", "criteria"))
    moved = {row["position"] for row in after["criteria"] if row != scored.get(row["position"])}
    return frozenset(
        row["position"]
        for row in after["questions"]
        if row != asked.get(row["position"]) or row["criterion"] in moved
    )


def dates_before_and_after(
    before: ChallengeRow, after: ChallengeRow
) -> list[tuple[str, datetime | None, datetime | None]]:
    """Every date that is or was set: what people call it, when it was, and when it is."""
    rows = [(label, getattr(before, name), getattr(after, name)) for name, label in DATE_LABELS.items()]
    return [row for row in rows if any(row[1:])]


def _say(name: str, value: Any) -> str:
    if name in ("budget_pence", "payment_pence"):
        return say_pounds(value) if value else "No money"
    return THEMES.get(value or "", "") if name == "theme" else value or ""


class _Line(NamedTuple):
    """Something that a reader of a record sees, and whether suppliers build on it."""

    label: str
    words: str
    material: bool


def _lines(body: Mapping[str, Any]) -> Iterator[tuple[str, _Line]]:
    """All that a reader sees, each under a name that stays the same from record to record; not the route,
    which no correction touches and the oldest records do not name.
    """
    for name, label in BRIEF_LABELS.items():
        value = body["brief"].get(name)
        words = _say(name, value)
        yield name, _Line(label, words, name in _MATERIAL_BRIEF)
    yield "decision_maker", _Line("Who decides", body["decision_maker"], False)
    for name, label in DATE_LABELS.items():
        at = body["dates"].get(name)
        yield name, _Line(label, say_moment(datetime.fromisoformat(at)) if at else "", True)
    for row in body["criteria"]:
        least = row["threshold"]
        for part, words in (
            ("name", row["name"]),
            ("what judges look for", row["guidance"]),
            ("weight", plural(row["weight"], "point")),
            ("least score needed", "" if least is None else say_points(least)),
        ):
            # Known by its place, which stays where the name is corrected. No supplier sees that number.
            yield f"criterion {row['position']} {part}", _Line(f"{row['name']}: {part}", words, True)
    for row in body["questions"]:
        about, limit = f"Question {row['position']} of the form", row["max_words"]
        yield about, _Line(about, row["ask"], True)
        yield (
            f"{about}: limit",
            _Line(f"{about}: limit", "" if limit is None else plural(limit, "word"), True),
        )


def _drafted_lines(body: Mapping[str, Any]) -> Iterator[tuple[str, _Line]]:
    """What is settled before publication and stays as it is."""
    judging, names = body["judging"], {row["position"]: row["name"] for row in body["criteria"]}
    judges, least = judging["judges_per_pitch"], judging["minimum_total"]
    said = {
        "The route": ROUTE_NAMES[Route(body["route"])] if "route" in body else "",
        "Why it is open for less than usual": body["dates"].get("short_because", ""),
        "Why pitching is not paid": body["brief"].get("unpaid_because", ""),
        "Judges for each pitch": "" if judges is None else str(judges),
        "Signed scorecards that each pitch needs": str(judging["minimum_cards"]),
        "Words that each reason needs": str(judging["reason_words"]),
        "Least points in all": "" if least is None else say_points(least),
        "What counts where judges differ": BASES[DecisionBasis(judging.get("decision_basis", "raw_mean"))][0],
        "Judges see who is pitching": "No" if judging.get("names_hidden") else "Yes",
    }
    for row in body["criteria"]:
        low, high, step = (say_points(row[name]) for name in ("minimum", "maximum", "step"))
        scale = (
            f"{low} to {high}, in steps of {step}" if row["kind"] == CriterionKind.JUDGED else "By the price"
        )
        said[f"Criterion {row['position']}: scale"] = scale
        said[f"Criterion {row['position']}: what the points mean"] = "\n".join(
            f"{say_points(a['value'])}: {a['label']}. {a['meaning']}".strip() for a in row["anchors"]
        )
    for row in body["questions"]:
        about = f"Question {row['position']} of the form"
        said[f"{about}: kind of answer"] = KINDS[QuestionKind(row["kind"])].name
        said[f"{about}: choices"] = "\n".join(row["options"] or ())
        said[f"{about}: must be answered"] = "Yes" if row["required"] else "No"
        said[f"{about}: scored on"] = names.get(row["criterion"], "Nothing")
    yield from ((label, _Line(label, words, False)) for label, words in said.items())
