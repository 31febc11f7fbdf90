"""Who may be asked for one more review after scoring was closed. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pitchfest.kernel.errors import Problem

AGREED = "The panel has agreed on this pitch already, so no review can be added"
#: A panel member and a pitch, by id.
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A judge who is still on the panel. `sees_scores`: a role of theirs lets them read others' scores;
    `recused`: from any pitch of the round.
    """

    member_id: int
    person_id: int
    name: str
    is_chair: bool = False
    sees_scores: bool = False
    recused: bool = False
    disabled: bool = False

    @property
    def kept_from(self) -> str:
        """Why nothing may be asked of them; "" where it may."""
        if self.is_chair:
            return "The chair runs the meeting and has seen others’ scores. Ask another judge"
        if self.sees_scores:
            return "This person sees others’ scores in another role here. Ask another judge"
        if self.recused:
            return "This judge is recused from a pitch here, so may not learn how judging goes. Ask another"
        return "This person’s account is closed. Ask another judge" if self.disabled else ""


@dataclass(frozen=True, slots=True)
class Askable:
    """What decides whether a review can be asked for: who is on the panel, the pitches in play, the pairs
    that are cleared and those that have a card, and the pitches on which something was agreed.
    """

    judges: dict[int, Reviewer]
    pitches: dict[int, str]
    cleared: frozenset[Pair]
    carded: frozenset[Pair]
    agreed: frozenset[int]

    def may_be_asked(self, pitch_id: int) -> list[Reviewer]:
        """The judges who may be asked for this pitch, by name."""
        found = (judge for judge in self.judges.values() if not self.refusal(judge.member_id, pitch_id))
        return sorted(found, key=lambda judge: (judge.name, judge.member_id))

    def refusal(self, member_id: int, pitch_id: int) -> Problem | None:
        """Why this judge may not be asked for this pitch; None where they may."""
        judge = self.judges.get(member_id)
        pair = (member_id, pitch_id)
        reasons = (
            ("pitch", pitch_id not in self.pitches and "This pitch is not in play"),
            ("pitch", pitch_id in self.agreed and AGREED),
            ("judge", judge is None and "Choose a judge of the panel"),
            ("judge", judge is not None and judge.kept_from),
            ("judge", pair in self.carded and "This judge has, or had, a scorecard for this pitch"),
            ("judge", pair not in self.cleared and "This judge is not cleared for this pitch"),
        )
        return next((Problem(why, field) for field, why in reasons if why), None)
