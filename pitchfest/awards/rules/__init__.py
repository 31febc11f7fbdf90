"""Outcomes, who may decide and release, and what a letter says. Pure."""

from pitchfest.awards.rules.decision import (
    OUTCOME_NAMES,
    Choice,
    Outcome,
    decision_digest,
    decision_problems,
    follows_ranking,
)
from pitchfest.awards.rules.letters import (
    LEAST_WORDS,
    Assessed,
    LetterKind,
    Line,
    Party,
    assessed_body,
    freeze,
    ineligible_body,
    price_explanation,
    say_sent,
)
from pitchfest.awards.rules.names import names_in
from pitchfest.awards.rules.permissions import (
    DECIDABLE,
    EXPLAINABLE,
    PERMISSIONS,
    SENDERS,
    AwardFacts,
    ExplainFacts,
    LetterFacts,
    Permission,
)

__all__ = [
    "DECIDABLE",
    "EXPLAINABLE",
    "LEAST_WORDS",
    "OUTCOME_NAMES",
    "PERMISSIONS",
    "SENDERS",
    "Assessed",
    "AwardFacts",
    "Choice",
    "ExplainFacts",
    "LetterFacts",
    "LetterKind",
    "Line",
    "Outcome",
    "Party",
    "Permission",
    "assessed_body",
    "decision_digest",
    "decision_problems",
    "follows_ranking",
    "freeze",
    "ineligible_body",
    "names_in",
    "price_explanation",
    "say_sent",
]
