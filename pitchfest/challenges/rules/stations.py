"""Where a challenge stands, as dots on a line. Pure."""

from __future__ import annotations

from pitchfest.challenges.rules.lifecycle import RELEASED, ChallengeState

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
