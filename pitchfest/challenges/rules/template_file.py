"""Reading a template that somebody hands us, with nothing in it that a challenge could not hold. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from pitchfest.challenges.rules.basis import DecisionBasis
from pitchfest.challenges.rules.kinds import KINDS, scoring_problem
from pitchfest.challenges.rules.lifecycle import CriterionKind, QuestionKind
from pitchfest.challenges.rules.templates import (
    EVERY_JUDGE,
    FORMAT,
    LASTING_TEXTS,
    MOST_DAYS,
    Distance,
    Template,
    TemplateCriterion,
    TemplateQuestion,
)
from pitchfest.kernel.text import tidy, tidy_line

LONGEST_FILE = 400_000
MOST_CRITERIA, MOST_QUESTIONS, MOST_OPTIONS = 30, 60, 50
LONGEST_TEXT = 20_000

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
Kind = TypeVar("Kind", bound=StrEnum)
Item = TypeVar("Item")


class UnreadableTemplate(ValueError):
    """What is wrong with a template's text, in a sentence for the person who brought it."""


def read_template(text: str) -> Template:
    """The template that `template_body` wrote. Raises UnreadableTemplate, never anything else."""
    if len(text) > LONGEST_FILE:
        raise UnreadableTemplate("This file is too long to be a template")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableTemplate("This is not a template: it is not JSON") from None
    whole = _Part(found, "The template")
    if whole.get("pitchfest_template") != FORMAT:
        raise UnreadableTemplate(f"This is not a template of format {FORMAT}, the one that we can read")
    texts, judging, timing = (whole.part(name) for name in ("texts", "judging", "timing"))
    template = Template(
        criteria=tuple(whole.parts("criteria", MOST_CRITERIA, _criterion)),
        questions=tuple(whole.parts("questions", MOST_QUESTIONS, _question)),
        **{name: texts.text(name, LONGEST_TEXT) for name in LASTING_TEXTS if _is_there(texts, name)},
        judges_per_pitch=judging.number_or_none("judges_per_pitch", 1, EVERY_JUDGE),
        minimum_cards=judging.number("minimum_cards", 1, EVERY_JUDGE),
        reason_words=judging.number("reason_words", 1, 200),
        minimum_total=judging.number_or_none("minimum_total", 0, 100_00),
        decision_basis=_basis(judging),
        names_hidden=judging.get("names_hidden") is not None and judging.flag("names_hidden"),
        open_for=_distance(timing, "open_for"),
        judged_after=_distance(timing, "judged_after"),
        decided_after=_distance(timing, "decided_after"),
    )
    _check_together(template)
    return template


def _basis(judging: _Part) -> DecisionBasis:
    """What it says, or as a new challenge has it: older templates do not say."""
    said = judging.get("decision_basis")
    return DecisionBasis.MODERATED if said is None else judging.kind("decision_basis", DecisionBasis)


def _is_there(texts: _Part, name: str) -> bool:
    """Whether a text is to be read: one that older templates do not have may be missing."""
    return name != "self_check" or texts.get(name) is not None


class _Part:
    """A JSON object as it is being read; `name` says which in an error."""

    def __init__(self, value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise UnreadableTemplate(f"{name} is not in the form that we can read")
        self._value, self.name = value, name

    def get(self, key: str) -> Any:
        return self._value.get(key)

    def refused(self, key: str, wanted: str) -> UnreadableTemplate:
        return UnreadableTemplate(f"{self.name}: “{key}” must be {wanted}")

    def part(self, key: str) -> _Part:
        return _Part(self.get(key), f"The part “{key}”")

    def parts(self, key: str, most: int, read: Callable[[_Part], Item]) -> list[Item]:
        items = self.get(key)
        if not isinstance(items, list) or len(items) > most:
            raise self.refused(key, f"a list of at most {most}")
        one = {"criteria": "Criterion", "questions": "Question", "anchors": "Score"}[key]
        return [read(_Part(item, f"{one} {n}")) for n, item in enumerate(items, start=1)]

    def text(self, key: str, most: int) -> str:
        value = self.get(key)
        if not isinstance(value, str) or len(value) > most:
            raise self.refused(key, f"text of at most {most:,} characters")
        return tidy(value)

    def line(self, key: str, most: int, *, needed: bool = False) -> str:
        value = tidy_line(self.text(key, most))
        if needed and not value:
            raise self.refused(key, "filled in")
        return value

    def number(self, key: str, least: int, most: int) -> int:
        value = self.get(key)
        if type(value) is not int or not least <= value <= most:  # a bool is an int too
            raise self.refused(key, f"a whole number from {least:,} to {most:,}")
        return value

    def number_or_none(self, key: str, least: int, most: int) -> int | None:
        return None if self.get(key) is None else self.number(key, least, most)

    def flag(self, key: str) -> bool:
        value = self.get(key)
        if not isinstance(value, bool):
            raise self.refused(key, "true or false")
        return value

    def kind(self, key: str, kinds: type[Kind]) -> Kind:
        value = self.get(key)
        if not isinstance(value, str) or value not in set(kinds):
            raise self.refused(key, f"one of {', '.join(kinds)}")
        return kinds(value)


def _distance(timing: _Part, key: str) -> Distance | None:
    if timing.get(key) is None:
        return None
    part = timing.part(key)
    at = part.line("at", 5)
    if not _TIME.fullmatch(at):
        raise part.refused("at", "a time, like 17:00")
    return Distance(part.number("days", 1, MOST_DAYS), at)


def _criterion(part: _Part) -> TemplateCriterion:
    minimum, maximum = part.number("minimum", 0, 99_99), part.number("maximum", 1, 100_00)
    anchors = {
        value: (label, meaning)
        for value, label, meaning in part.parts("anchors", 101, _anchor)
        if label or meaning
    }
    criterion = TemplateCriterion(
        name=part.line("name", 120, needed=True),
        weight=part.number("weight", 1, 100),
        guidance=part.text("guidance", 2_000),
        kind=part.kind("kind", CriterionKind),
        minimum=minimum,
        maximum=maximum,
        step=part.number("step", 1, 100_00),
        threshold=part.number_or_none("threshold", minimum, maximum),
        anchors=anchors,
    )
    if minimum >= maximum or (maximum - minimum) % criterion.step:
        raise UnreadableTemplate(f"{part.name}: its steps do not lead from the lowest to the highest score")
    return criterion


def _anchor(part: _Part) -> tuple[int, str, str]:
    return part.number("value", 0, 100_00), part.line("label", 80), part.line("meaning", 400)


def _question(part: _Part) -> TemplateQuestion:
    kind = part.kind("kind", QuestionKind)
    options = part.get("options")
    if not isinstance(options, list) or len(options) > MOST_OPTIONS:
        raise part.refused("options", f"a list of at most {MOST_OPTIONS}")
    if not all(isinstance(option, str) and len(option) <= 300 for option in options):
        raise part.refused("options", "a list of short texts")
    return TemplateQuestion(
        ask=part.line("ask", 300, needed=True),
        kind=kind,
        max_words=part.number("max_words", 1, 5_000) if kind == QuestionKind.TEXT else None,
        required=part.flag("required"),
        options=tuple(filter(None, map(tidy_line, options))) if KINDS[kind].options else (),
        criterion=part.number_or_none("criterion", 1, MOST_CRITERIA),
    )


def _check_together(template: Template) -> None:
    """That questions name criteria of this template, and that money goes with the price."""
    if sum(c.kind == CriterionKind.PRICE for c in template.criteria) > 1:
        raise UnreadableTemplate("The template has more than one price criterion")
    for n, question in enumerate(template.questions, start=1):
        if question.criterion is None:
            continue
        if question.criterion > len(template.criteria):
            raise UnreadableTemplate(f"Question {n} is scored on a criterion that is not in the template")
        if problem := scoring_problem(question.kind, template.criteria[question.criterion - 1].kind):
            raise UnreadableTemplate(f"Question {n}: {problem[:1].lower()}{problem[1:]}")
