"""Where a challenge stands: as dots on a line, in the public's list, and who must act next. Pure."""

from __future__ import annotations

from enum import StrEnum

from pitchfest.challenges.rules.lifecycle import PUBLISHED, RELEASED, ChallengeState

S = ChallengeState

#: The stations of a challenge as its page draws them: label, and the states in which it stands there.
_STATIONS: tuple[tuple[str, frozenset[ChallengeState]], ...] = (
    ("Written", frozenset({S.DRAFT, S.CHANGES_WANTED})),
    ("Approved", frozenset({S.IN_REVIEW})),
    ("Published", frozenset({S.APPROVED, S.SCHEDULED})),
    ("Closed", frozenset({S.OPEN})),
    ("Pitches opened", frozenset({S.CLOSED})),
    ("Judged", frozenset({S.ELIGIBILITY, S.JUDGING, S.MODERATION, S.SHORTLISTED, S.PITCHING})),
    ("Decided", frozenset({S.RECOMMENDED})),
    ("Letters sent", frozenset({S.DECIDED})),
)


def life_line(state: ChallengeState) -> list[tuple[str, str]]:
    """The stations, each with "done", "now" (what comes next) or "" (later).

    A challenge that ended early has no next station; one that is on hold has none either.
    """
    here = next((n for n, (_, states) in enumerate(_STATIONS) if state in states), None)
    if here is None:
        return [(label, "done" if state in RELEASED else "") for label, _ in _STATIONS]
    return [
        (label, "done" if n < here else "now" if n == here else "") for n, (label, _) in enumerate(_STATIONS)
    ]


class Stage(StrEnum):
    """How the public's list groups challenges."""

    OPEN = "open"
    JUDGED = "judged"
    FINISHED = "finished"


_FINISHED = frozenset({S.STANDSTILL, S.AWARDED, S.IN_PILOT, S.COMPLETE, S.CANCELLED, S.UNSUCCESSFUL})

#: Stage → the states that count as it.
STAGES: dict[Stage, frozenset[ChallengeState]] = {
    Stage.OPEN: frozenset({S.OPEN}),
    Stage.JUDGED: PUBLISHED - _FINISHED - {S.OPEN},
    Stage.FINISHED: _FINISHED,
}

#: State → who must act next, as staff read it; states that wait for nobody are absent.
WAITS_FOR: dict[ChallengeState, str] = {
    S.DRAFT: "An officer",
    S.IN_REVIEW: "An approver",
    S.CHANGES_WANTED: "An officer",
    S.APPROVED: "An officer or the lead",
    S.OPEN: "Suppliers",
    S.CLOSED: "The lead and another person",
    S.ELIGIBILITY: "An officer or the lead",
    S.JUDGING: "The judges",
    S.MODERATION: "The chair or the lead",
    S.RECOMMENDED: "The decision-maker",
    S.DECIDED: "Two people, to release letters",
}
