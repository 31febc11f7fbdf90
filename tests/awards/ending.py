"""A challenge whose scoring is closed: pitches with signed scores, a chair, a decision-maker, staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pitchfest.awards import operations, queries
from pitchfest.awards.rules import Outcome
from pitchfest.challenges.queries import by_id
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging.models import Score, Scorecard
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.pitches.models import Eligibility, LowestPrice, Pitch
from pitchfest.pitches.rules import PitchState
from tests.support import builders

NAMES = ("Gullywatch Ltd", "Tidewater Data Co-operative", "Kestrel Rounds Ltd", "Plainway Digital Ltd")
WITH_PRICE = (("Fit to the problem", 50, 300), ("Deliverability", 40, None))
EXPLANATION = (
    "In answer {n} you say who would do the work, where they would begin and how we would both see "
    "within six weeks whether it helps the people who live there."
)


@dataclass
class Entry:
    """A pitch, its supplier and the person who wrote it."""

    id: int
    reference: str
    name: str
    organisation: int
    author: int


@dataclass
class Ending:
    """The people and pitches; `officer` may also decide where nobody else is there to."""

    challenge: int
    reference: str
    now: datetime
    officer: int
    lead: int
    approver: int
    decider: int
    judges: list[int]
    members: list[int]
    entries: list[Entry] = field(default_factory=list)

    def actor(self, person: int) -> Actor:
        """The person, who proved just now that it is them."""
        return builders.actor(person, proved_at=self.now)

    @property
    def version(self) -> int:
        """The version that a page opened now would carry."""
        return by_id(self.challenge, self.now).version

    def explain(self, *, pitches: Sequence[Entry] | None = None, text: str = EXPLANATION) -> None:
        """The chair explains every criterion of these pitches, of all when none are named."""
        for entry in self.entries if pitches is None else pitches:
            ids = builders.judged_criterion_ids(self.challenge)
            with transaction():
                operations.explain(
                    self.actor(self.judges[0]),
                    reference=entry.reference,
                    texts={i: text.format(n=n) for n, i in enumerate(ids, start=1)},
                    expected_version=None,
                    now=self.now,
                )

    def decide(self, *outcomes: Outcome, by: int | None = None, note: str = "") -> None:
        """Record outcomes for the pitches in the order in which they were made."""
        with transaction():
            operations.decide(
                self.actor(by or self.decider),
                reference=self.reference,
                outcomes={
                    entry.reference: (outcome, "It answers the problem as far as the scores say.")
                    for entry, outcome in zip(self.entries, outcomes, strict=True)
                },
                note=note,
                expected_version=self.version,
                now=self.now,
            )

    def propose(self, by: int) -> int:
        """Propose to release what the preview shows now; the preview's version."""
        version = self.preview().version
        with transaction():
            operations.propose_release(
                self.actor(by), reference=self.reference, expected_version=version, now=self.now
            )
        return version

    def release(self, by: int, version: int | None = None) -> int:
        """Be the second person; the number of letters."""
        with transaction():
            return operations.release(
                self.actor(by), reference=self.reference, expected_version=version, now=self.now
            )

    def preview(self) -> queries.Preview:
        """The letters as they stand."""
        return queries.preview(by_id(self.challenge, self.now))

    def finish(self, *outcomes: Outcome) -> None:
        """Explain, decide and release."""
        self.explain()
        self.decide(*outcomes)
        self.propose(self.officer)
        self.release(self.lead)


def an_ending(
    now: datetime,
    *,
    names: Sequence[str] = NAMES[:3],
    state: ChallengeState = ChallengeState.RECOMMENDED,
    scores: Sequence[int] = (500, 400, 300, 200),
    price: bool = False,
    ineligible: Sequence[str] = (),
) -> Ending:
    """Pitches named by their suppliers, the first scored best, with 3 judges who signed."""
    officer = builders.a_person("Bryn Haldane", Role.OFFICER)
    lead = builders.a_person("Ines Marlow", Role.LEAD)
    approver = builders.a_person("Rafe Okoro", Role.APPROVER)
    decider = builders.a_person("Margaret Thwaite", Role.CHAMPION)
    judges = [builders.a_person(f"Judge {name}") for name in ("Ansa", "Bela", "Cato")]
    criteria = WITH_PRICE if price else builders.THREE_CRITERIA
    challenge = builders.a_challenge(
        state=state, officer=officer, now=now, decision_maker=decider, criteria=criteria, price=price
    )
    members = [
        builders.a_panel_member(challenge=challenge, person=j, invited_by=officer, now=now, chair=i == 0)
        for i, j in enumerate(judges)
    ]
    world = Ending(
        challenge, by_id(challenge, now).reference, now, officer, lead, approver, decider, judges, members
    )
    for i, name in enumerate(names):
        pence = 5_000_000 + i * 400_000 if price else None
        entry = a_pitch_of(world, name, PitchState.ELIGIBLE, price_pence=pence)
        world.entries.append(entry)
        score_all(world, entry, scores[i % len(scores)])
    if price and names:
        db.session.add(LowestPrice(challenge_id=challenge, pence=5_000_000))
    for name in ineligible:
        a_pitch_of(
            world, name, PitchState.INELIGIBLE, finding="It is not a service that we may buy in this way."
        )
    db.session.commit()
    return world


def a_pitch_of(
    world: Ending,
    name: str,
    state: PitchState,
    *,
    price_pence: int | None = None,
    finding: str = "Meets every rule.",
) -> Entry:
    """An opened pitch of a new supplier, with the finding on it."""
    organisation = builders.an_organisation(name)
    author = builders.a_person(f"Author of {len(world.entries)}", organisation=organisation, owner=True)
    pitch = builders.a_pitch(
        challenge=world.challenge,
        organisation=organisation,
        author=author,
        state=state,
        now=world.now,
        price_pence=price_pence,
    )
    eligible = state != PitchState.INELIGIBLE
    db.session.add(
        Eligibility(pitch_id=pitch, eligible=eligible, reason=finding, by_id=world.lead, at=world.now)
    )
    db.session.commit()
    return Entry(pitch, db.session.get_one(Pitch, pitch).reference, name, organisation, author)


def score_all(world: Ending, entry: Entry, hundredths: int) -> None:
    """Every judge signs the same score on every criterion of a pitch."""
    for member in world.members:
        card = builders.a_card(member=member, pitch=entry.id, now=world.now)
        row = db.session.get_one(Scorecard, card)
        row.state, row.signed_at = CardState.LOCKED, world.now
        for criterion in builders.judged_criterion_ids(world.challenge):
            db.session.add(
                Score(
                    scorecard_id=card,
                    criterion_id=criterion,
                    hundredths=hundredths,
                    reason="In this answer you say plainly who does what, and by which week.",
                    at=world.now,
                )
            )
    db.session.commit()
    rewrite(world.challenge, entry.id)
    db.session.commit()
