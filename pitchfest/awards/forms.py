"""The forms of explanations, decision and release. Their fields follow the pitches and criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, TextAreaField

from pitchfest.awards.rules import LEAST_WORDS, OUTCOME_NAMES, Outcome
from pitchfest.kernel.text import count_words, plural
from pitchfest.web.forms import AtMost, Form, Needed, many_lines

_LONGEST = AtMost(20_000)


class ExplainForm(Form):
    """One text for each judged criterion, named `text_<criterion id>`."""

    @property
    def texts(self) -> dict[int, str]:
        """What was typed, by criterion id."""
        return {int(f.name.removeprefix("text_")): f.data or "" for f in self if f.name.startswith("text_")}


def explain_form(criteria: Sequence[tuple[int, str]], texts: Mapping[int, str]) -> ExplainForm:
    """The form for these criteria, (id, name), with the texts that are kept already."""

    class Fields(ExplainForm):
        pass

    for criterion_id, name in criteria:
        field = TextAreaField(
            f"What the supplier will read about “{name}”",
            [_LONGEST],
            filters=[many_lines],
            description=_still_needed(texts.get(criterion_id, "")),
        )
        setattr(Fields, f"text_{criterion_id}", field)
    return Fields(data={f"text_{criterion_id}": text for criterion_id, text in texts.items()})


def _still_needed(text: str) -> str:
    words = count_words(text)
    if not words:
        return f"At least {LEAST_WORDS} words. Write to the supplier: “In answer 2 you …”"
    short = LEAST_WORDS - words
    return (
        f"{plural(words, 'word')}. {short} more needed." if short > 0 else f"{plural(words, 'word')}: enough."
    )


class DecisionForm(Form):
    """An outcome and a reason for each pitch, named `outcome_<reference>` and `reason_<reference>`."""

    note = TextAreaField(
        "Why your decision differs from the ranking",
        [_LONGEST],
        filters=[many_lines],
        description="Only if it does, in 10 words or more. It stays in the record; suppliers do not read it.",
    )
    confirm = BooleanField(
        "I have read the results, and I did not judge any of these pitches",
        [Needed("Say that you have read the results and did not judge")],
    )

    @property
    def outcomes(self) -> dict[str, tuple[Outcome | None, str]]:
        """What was chosen, by the pitch's reference."""
        chosen = {f.name.removeprefix("outcome_"): f.data for f in self if f.name.startswith("outcome_")}
        return {
            reference: (
                Outcome(value) if value in set(Outcome) else None,
                self[f"reason_{reference}"].data or "",
            )
            for reference, value in chosen.items()
        }


class NobodyPitchedForm(DecisionForm):
    """The same where there is nothing to decide on."""

    confirm = BooleanField(
        "Nobody pitched, and the challenge ends without a winner",
        [Needed("Say that the challenge ends without a winner")],
    )


def decision_form(
    pitches: Sequence[tuple[str, str]],
    chosen: Mapping[str, tuple[Outcome | None, str]],
    note: str,
    *,
    nobody: bool = False,
) -> DecisionForm:
    """The form for these pitches, (reference, supplier), with what was recorded before, if anything.
    `nobody`: not even one came that cannot take part.
    """
    if nobody:
        return NobodyPitchedForm(data={"note": note})

    class Fields(DecisionForm):
        pass

    values: dict[str, Any] = {"note": note}
    for reference, supplier in pitches:
        outcome = RadioField(
            f"What you decide about {supplier}",
            choices={outcome.value: name for outcome, name in OUTCOME_NAMES.items()},
            validate_choice=False,
        )
        reason = TextAreaField(
            f"Why, for {supplier}",
            [_LONGEST],
            filters=[many_lines],
            description="The supplier will read this. Do not name anyone else who pitched.",
        )
        setattr(Fields, f"outcome_{reference}", outcome)
        setattr(Fields, f"reason_{reference}", reason)
        before, words = chosen.get(reference, (None, ""))
        values |= {f"outcome_{reference}": before.value if before else None, f"reason_{reference}": words}
    return Fields(data=values)
