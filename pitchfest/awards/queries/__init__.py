"""Reading decisions, explanations and letters."""

from __future__ import annotations

from pitchfest.awards.queries.assurance import Assurance, assurance, route_in_words
from pitchfest.awards.queries.explanations import (
    Explained,
    ExplainRow,
    Reason,
    agreed,
    explain_facts,
    explanations,
    overview,
    reasons,
)
from pitchfest.awards.queries.letters import (
    HandLetter,
    Preview,
    PreviewLetter,
    ReleaseRow,
    hand_letters,
    letter_facts,
    letter_for,
    preview,
    preview_body,
    releases,
    staff_letter_facts,
)
from pitchfest.awards.queries.standing import (
    AwardPitch,
    DecisionRow,
    decision,
    facts,
    facts_of,
    pitches,
    standing,
)
from pitchfest.awards.queries.waiting import public_outcome, waiting

__all__ = [
    "Assurance",
    "AwardPitch",
    "DecisionRow",
    "ExplainRow",
    "Explained",
    "HandLetter",
    "Preview",
    "PreviewLetter",
    "Reason",
    "ReleaseRow",
    "agreed",
    "assurance",
    "decision",
    "explain_facts",
    "explanations",
    "facts",
    "facts_of",
    "hand_letters",
    "letter_facts",
    "letter_for",
    "overview",
    "pitches",
    "preview",
    "preview_body",
    "public_outcome",
    "reasons",
    "releases",
    "route_in_words",
    "staff_letter_facts",
    "standing",
    "waiting",
]
