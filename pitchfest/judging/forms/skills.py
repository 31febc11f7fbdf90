"""Shape of what is sent about skills, limits and days away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import Field, RadioField, SelectMultipleField
from wtforms.validators import ValidationError

from pitchfest.judging.rules.capacity import MOST_TIMES_AWAY, Away, Capacity, Said
from pitchfest.judging.rules.skills import LEVEL_NAMES, LONGEST_SKILL, MOST_SKILLS, Level, Skill
from pitchfest.web.forms import AtMost, DayField, Form, LineField, Needed, WholeNumberField

_NONE = "none"


class SkillsForm(Form):
    """A line for each skill, and empty ones; `skills_form` makes them."""

    ids: tuple[int, ...]
    lines: int

    @property
    def renamed(self) -> dict[int, str]:
        """What was sent of the skills that are listed, by id."""
        fields = {skill_id: self[f"skill_{skill_id}"] for skill_id in self.ids}
        return {skill_id: field.data for skill_id, field in fields.items() if field.raw_data}

    @property
    def added(self) -> list[str]:
        """What was sent in the lines for new ones."""
        return [self[f"new_{place}"].data for place in range(1, self.lines + 1)]


def _line(label: str, default: str = "") -> LineField:
    return LineField(label, [AtMost(LONGEST_SKILL)], default=default)


def skills_form(skills: Sequence[Skill]) -> type[SkillsForm]:
    """The form for these skills, with empty lines for new ones."""
    lines = MOST_SKILLS - len(skills)
    fields: dict[str, Any] = {
        f"skill_{skill.id}": _line(f"Skill {place}", skill.name)
        for place, skill in enumerate(skills, start=1)
    }
    for place in range(1, lines + 1):
        fields[f"new_{place}"] = _line(f"Skill {len(skills) + place}")
    return type("Asked", (SkillsForm,), {**fields, "ids": tuple(s.id for s in skills), "lines": lines})


class CapacityForm(Form):
    """What a judge knows, takes and when they are away; `capacity_form` makes the fields of the skills."""

    ids: tuple[int, ...]
    limit = WholeNumberField(
        "The most pitches",
        description="Leave it empty for no limit. It counts where a pitch goes to some of the judges.",
    )
    since_1, since_2, since_3, since_4, since_5, since_6 = (DayField("First day") for _ in range(6))
    until_1, until_2, until_3, until_4, until_5, until_6 = (DayField("Last day") for _ in range(6))

    @property
    def times(self) -> list[tuple[int, DayField, DayField]]:
        """The lines for times away, numbered from 1: those with something in them, and an empty one."""
        pairs = [(n, self[f"since_{n}"], self[f"until_{n}"]) for n in range(1, MOST_TIMES_AWAY + 1)]
        filled = [n for n, *fields in pairs if any(f.data or any(f.typed or []) for f in fields)]
        return pairs[: max(filled, default=0) + 1]

    @property
    def said(self) -> Said:
        """What was sent, as the operation takes it."""
        picked = {skill_id: self[f"level_{skill_id}"].data for skill_id in self.ids}
        return Said(
            levels={k: None if word == _NONE else Level(word) for k, word in picked.items()},
            limit=self.limit.data,
            away=tuple(
                Away(since.data, until.data or since.data) if since.data else None
                for _, since, until in self.times
            ),
        )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """As ever; and a last day has a first."""
        right = super().validate(*args, **kwargs)
        for _, since, until in self.times:
            if until.data and not since.data and not since.errors:
                since.errors = ["Enter the first day too"]
                right = False
        return right


def capacity_form(skills: Sequence[Skill], held: Capacity) -> CapacityForm:
    """The form for a panel's skills, filled in with what stands."""
    names = {_NONE: "None", **{level.value: name for level, name in LEVEL_NAMES.items()}}
    fields: dict[str, Any] = {
        f"level_{skill.id}": RadioField(skill.name, [Needed("Choose how well")], choices=names)
        for skill in skills
    }
    values: dict[str, Any] = {"version": str(held.version), "limit": held.limit}
    values |= {f"level_{s.id}": held.levels.get(s.id, _NONE) for s in skills}
    for place, away in enumerate(held.away[:MOST_TIMES_AWAY], start=1):
        values |= {f"since_{place}": away.since, f"until_{place}": away.until}
    form: CapacityForm = type("Asked", (CapacityForm,), {**fields, "ids": tuple(s.id for s in skills)})(
        data=values
    )
    return form


class AskedForm(Form):
    """What pitches ask for: `PF-7K2Q:4` for each box that is ticked, and for each that was."""

    asks = SelectMultipleField("Skills", validate_choice=False)
    seen = SelectMultipleField("Skills", validate_choice=False)

    def validate_asks(self, field: Field) -> None:
        """Each names a pitch and a skill."""
        if any(read_ask(value) is None for value in [*(field.data or []), *(self.seen.data or [])]):
            raise ValidationError("Choose from the boxes on the page")

    def asked(self, field: Field) -> set[tuple[str, int]]:
        """The pitches' references and skills' ids that a field names."""
        return {ask for value in field.data or [] if (ask := read_ask(value))}


def read_ask(value: str) -> tuple[str, int] | None:
    """A pitch's reference and a skill's id, None for anything else."""
    reference, _, number = value.partition(":")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    return reference, int(number)
