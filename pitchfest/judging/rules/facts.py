"""What is known of a round of judging and of a scorecard when it is decided who may do what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pitchfest.challenges.rules import RELEASED, ChallengeState, DecisionBasis
from pitchfest.judging.rules.states import CardState, DeclarationState

S = ChallengeState


@dataclass(frozen=True, slots=True)
class Round:
    """The judging of one challenge as one person meets it.

    `state` is the effective one. From `member_id` to `recused` the fields are the person's own: their row of
    the panel (None: not on it, also for whoever said no), whether they chair, were released, or are recused
    from any pitch. `names_hidden`: whoever judges does not see who pitches.
    """

    id: int
    reference: str
    title: str
    practice: bool
    state: ChallengeState
    version: int
    published_at: datetime | None
    closes_at: datetime | None
    state_since: datetime
    judging_deadline: datetime | None
    judges_per_pitch: int | None
    minimum_cards: int
    reason_words: int
    minimum_total: int | None
    officer_id: int
    decision_maker_id: int | None
    member_id: int | None = None
    is_chair: bool = False
    released: bool = False
    recused: bool = False
    #: Whether they have declared, and so are a judge; when they said no, if they did.
    accepted: bool = False
    refused_at: datetime | None = None
    #: Whether anybody on the panel is paid for their time, and whether there is a briefing for judges.
    pays: bool = False
    briefed: bool = False
    #: Whether there is a trial pitch.
    has_trial: bool = False
    names_hidden: bool = False
    decision_basis: DecisionBasis = DecisionBasis.RAW_MEAN

    @property
    def moderated(self) -> bool:
        """Whether the panel meets once scoring is closed, and the scores that it agrees count."""
        return self.decision_basis == DecisionBasis.MODERATED

    @property
    def told(self) -> bool:
        """Whether everyone who meets the round may know who pitches, as in a meeting, where all look on."""
        return not self.names_hidden or self.state in RELEASED

    @property
    def without_names(self) -> bool:
        """Whether the person judges, or judged, and must not learn who pitches until the letters are out."""
        return self.member_id is not None and not self.told

    @property
    def names(self) -> bool:
        """Whether the person may know who pitches."""
        return not self.without_names


@dataclass(frozen=True, slots=True)
class Card:
    """One scorecard with what is on its head. `declaration` is None where the judge made none."""

    id: int
    version: int
    state: CardState
    signed_at: datetime | None
    judge_id: int
    member_id: int
    declaration: DeclarationState | None
    pitch_id: int
    pitch_reference: str
    organisation_name: str
    challenge_id: int
    challenge_reference: str
    challenge_title: str
    practice: bool
    challenge_state: ChallengeState
    judging_deadline: datetime | None
    reason_words: int
    withdrawn: bool
    #: When the words on its pitch were removed, their time being over.
    removed_at: datetime | None = None
    #: What the judge keeps to where they were cleared with conditions.
    conditions: str = ""
    #: The judge must not learn who pitches: the name above is not one, and files have none.
    without_names: bool = False
    #: By when it is wanted, where it is one more review that was asked for after scoring was closed.
    further_due: datetime | None = None

    @property
    def scoring(self) -> bool:
        """Whether scores can be given at this stage."""
        asked = self.further_due is not None and self.challenge_state == S.MODERATION
        return asked or self.challenge_state == S.JUDGING

    @property
    def due(self) -> datetime | None:
        """By when it is wanted."""
        return self.further_due or self.judging_deadline
