"""Who may explain, decide, release, and read a letter. Pure predicates over (actor, facts)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pitchfest.challenges.rules import RELEASED, ChallengeRow, ChallengeState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Predicate, Verdict, refused

S = ChallengeState

#: While explanations are written: from the closing of scoring until the letters go out.
EXPLAINABLE = frozenset({S.RECOMMENDED, S.DECIDED})
#: While a decision may be recorded, or recorded anew.
DECIDABLE = frozenset({S.ELIGIBILITY, S.RECOMMENDED, S.DECIDED})
_TO_RELEASE = frozenset({S.DECIDED}) | RELEASED

#: Staff who read outcomes before they are told; the admin role alone is not among them.
_KNOW = SENDERS = (Role.OFFICER, Role.LEAD, Role.APPROVER)
_READ = (*_KNOW, Role.CHAMPION, Role.OBSERVER)


class Permission(StrEnum):
    """What can be done between the closing of scoring and the letters."""

    EXPLANATIONS = "explanations:view"
    EXPLAIN = "explanation:write"
    DECISION = "decision:view"
    DECIDE = "decision:make"
    PREVIEW = "letters:preview"
    RELEASE = "letters:release"
    LETTER = "letter:read"
    LETTER_STAFF = "letter:read_staff"
    BY_HAND = "letters:send_by_hand"


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """A challenge at its end as one person meets it.

    `recused`: they may not know of its results until release. `without_names`: they judge it, and must not
    learn who pitches until then. `writes`: explanations of at least
    one of its pitches are theirs to write.
    """

    challenge: ChallengeRow
    recused: bool = False
    without_names: bool = False
    writes: bool = False

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.challenge.practice


@dataclass(frozen=True, slots=True)
class ExplainFacts:
    """A pitch whose explanations are to be written. `writer_id`: the chair, or the deputy."""

    challenge: ChallengeRow
    pitch_id: int
    reference: str
    organisation_name: str
    writer_id: int | None
    #: The writer is recused from another pitch of the challenge, so scores stay hidden from them.
    without_scores: bool = False

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.challenge.practice


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A pitch's letter: `text` is the frozen canonical JSON, None while it is not released."""

    award: AwardFacts
    pitch_id: int
    reference: str
    text: str | None
    sha256: str | None
    is_member: bool = False
    #: When the letter was removed, its time being over.
    removed_at: datetime | None = None

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.award.practice


def _hidden(facts: AwardFacts, states: Collection[ChallengeState]) -> bool:
    state = facts.challenge.effective
    kept_out = facts.recused or facts.without_names
    return state not in states or (kept_out and state not in RELEASED)


def _decides(actor: Actor, facts: AwardFacts) -> bool:
    return actor.is_staff and actor.person_id == facts.challenge.decision_maker_id


def _staff(roles: tuple[Role, ...], states: Collection[ChallengeState]) -> Predicate:
    """Staff of these roles and the decision-maker, in these states, unless recused."""

    def check(actor: Actor | None, facts: AwardFacts) -> Verdict:
        if actor is None or _hidden(facts, states):
            return HIDDEN
        return ALLOWED if actor.has(*roles) or _decides(actor, facts) else HIDDEN

    return check


_sees_decision = _staff(_READ, DECIDABLE | RELEASED)
_sees_preview = _staff(_KNOW, _TO_RELEASE)


def _sees_explanations(actor: Actor | None, facts: AwardFacts) -> Verdict:
    if actor is None or facts.challenge.effective not in EXPLAINABLE:
        return HIDDEN
    return ALLOWED if facts.writes or (actor.has(*_KNOW) and not facts.recused) else HIDDEN


def _explains(actor: Actor | None, facts: ExplainFacts) -> Verdict:
    if actor is None or actor.person_id != facts.writer_id:
        return HIDDEN
    if facts.challenge.effective in RELEASED:
        return refused("The letters have gone out, so their words can no longer be changed.")
    return ALLOWED if facts.challenge.effective in EXPLAINABLE else HIDDEN


def _makes_decision(actor: Actor | None, facts: AwardFacts) -> Verdict:
    if not (verdict := _sees_decision(actor, facts)):
        return verdict
    assert actor is not None
    if not _decides(actor, facts):
        return refused("The brief names someone else as the decision-maker.")
    if facts.challenge.effective in RELEASED:
        return refused("The letters have gone out, so the decision stands.")
    return ALLOWED


def _releases(actor: Actor | None, facts: AwardFacts) -> Verdict:
    if not (verdict := _sees_preview(actor, facts)):
        return verdict
    assert actor is not None
    if not actor.has(*_KNOW):
        return refused("Only the procurement lead, an approver or an officer can release letters.")
    return (
        ALLOWED if facts.challenge.effective == S.DECIDED else refused("The letters have already gone out.")
    )


def _sends_by_hand(actor: Actor | None, facts: AwardFacts) -> Verdict:
    """Whoever may release letters sees where those of suppliers without an account go, once released."""
    released = facts.challenge.effective in RELEASED
    return ALLOWED if actor is not None and actor.has(*_KNOW) and released else HIDDEN


def _reads_own(actor: Actor | None, facts: LetterFacts) -> Verdict:
    there = facts.text is not None or facts.removed_at is not None
    return ALLOWED if actor is not None and facts.is_member and there else HIDDEN


def _reads_as_staff(actor: Actor | None, facts: LetterFacts) -> Verdict:
    if facts.text is None and facts.removed_at is None:
        return _sees_preview(actor, facts.award)
    return ALLOWED if actor is not None and actor.has(*_READ) else HIDDEN


PERMISSIONS: PermissionTable = {
    Permission.EXPLANATIONS: _sees_explanations,
    Permission.EXPLAIN: _explains,
    Permission.DECISION: _sees_decision,
    Permission.DECIDE: _makes_decision,
    Permission.PREVIEW: _sees_preview,
    Permission.RELEASE: _releases,
    Permission.LETTER: _reads_own,
    Permission.LETTER_STAFF: _reads_as_staff,
    Permission.BY_HAND: _sends_by_hand,
}
