"""Life cycles of a declaration and of a scorecard (docs/glossary.md says the words)."""

from __future__ import annotations

from enum import StrEnum

from pitchfest.kernel.workflow import Transition, Workflow


class DeclarationState(StrEnum):
    """What a judge declared about one pitch's supplier, and what came of it."""

    CLEARED = "cleared"
    INTEREST = "interest_declared"
    #: The procurement lead wants the judge to say it again; until then it counts as not declared.
    ASKED = "asked_again"
    CLEARED_BY_LEAD = "cleared_by_lead"
    CLEARED_WITH_CONDITIONS = "cleared_with_conditions"
    RECUSED = "recused"


class StepKind(StrEnum):
    """What happened to a declaration, step by step."""

    NOTHING = "nothing"
    INTEREST = "interest"
    ASKED = "asked"
    CLEARED = "cleared"
    CONDITIONS = "conditions"
    RECUSED = "recused"


class CardState(StrEnum):
    """A scorecard's state. Only signed and locked cards count."""

    ASSIGNED = "assigned"
    SIGNED = "signed"
    LOCKED = "locked"
    VOIDED = "voided"
    RELEASED = "released"


#: Declarations under which a judge may read the pitch.
MAY_READ = frozenset(
    {
        DeclarationState.CLEARED,
        DeclarationState.CLEARED_BY_LEAD,
        DeclarationState.CLEARED_WITH_CONDITIONS,
    }
)
#: Declarations that somebody other than the judge has decided about.
DECIDED = frozenset(
    {
        DeclarationState.CLEARED_BY_LEAD,
        DeclarationState.CLEARED_WITH_CONDITIONS,
        DeclarationState.RECUSED,
    }
)
#: Declarations about which nobody knows yet whether the judge may judge.
OPEN = frozenset({DeclarationState.INTEREST, DeclarationState.ASKED})
#: Cards whose scores count in the totals.
COUNTED = frozenset({CardState.SIGNED, CardState.LOCKED})
#: Cards that no longer wait for anyone.
FINISHED = frozenset({CardState.SIGNED, CardState.LOCKED, CardState.VOIDED, CardState.RELEASED})

#: What was declared or decided, in words.
STATE_WORDS = {
    DeclarationState.CLEARED: "Nothing declared",
    DeclarationState.INTEREST: "Interest declared, not decided yet",
    DeclarationState.ASKED: "Asked to declare again",
    DeclarationState.CLEARED_BY_LEAD: "May judge",
    DeclarationState.CLEARED_WITH_CONDITIONS: "May judge, with conditions",
    DeclarationState.RECUSED: "Does not judge",
}
#: The same, as what somebody did.
STEP_WORDS = {
    StepKind.NOTHING: "declared nothing",
    StepKind.INTEREST: "declared an interest",
    StepKind.ASKED: "asked the judge to declare again",
    StepKind.CLEARED: "decided that the judge may judge",
    StepKind.CONDITIONS: "decided that the judge may judge, with conditions",
    StepKind.RECUSED: "decided that the judge does not judge",
}

CARD: Workflow[CardState] = Workflow(
    "scorecard",
    (
        Transition(frozenset({CardState.ASSIGNED}), "sign", CardState.SIGNED, "card:sign", "judging"),
        Transition(
            frozenset({CardState.SIGNED}), "lock", CardState.LOCKED, "challenge:close_scoring", "judging"
        ),
        Transition(
            frozenset({CardState.ASSIGNED}), "release", CardState.RELEASED, "panel:release", "judging"
        ),
        Transition(
            frozenset({CardState.ASSIGNED, CardState.SIGNED}),
            "void",
            CardState.VOIDED,
            "declaration:decide",
            "judging",
        ),
        Transition(
            frozenset({CardState.LOCKED}), "set_aside", CardState.VOIDED, "cards:set_aside", "judging"
        ),
        # only what came from a file: what a judge signed stays signed
        Transition(frozenset({CardState.SIGNED}), "take_back", CardState.ASSIGNED, "cards:bring", "judging"),
    ),
)
