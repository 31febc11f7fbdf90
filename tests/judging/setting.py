"""A round of judging to start from: staff, suppliers with opened pitches, a panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from flask import Flask
from sqlalchemy import event, select

from pitchfest.accounts.queries import forget_region
from pitchfest.challenges.models import Challenge, Question
from pitchfest.challenges.rules import ChallengeState, QuestionKind
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Scorecard
from pitchfest.kernel.actor import Actor, Role
from pitchfest.mail.models import OutboxMessage
from pitchfest.pitches.models import LowestPrice, Pitch
from pitchfest.pitches.rules import PitchState
from tests.support import builders
from tests.support.addresses import NUMBERED, Values, of_messages

REASON = "In answer 2 you ride along with crews for six weeks, so no new kit is needed."


@dataclass
class Setting:
    """Ids of everything in the round."""

    challenge: int
    reference: str
    officer: int
    lead: int
    approver: int
    decider: int
    judges: list[int]
    members: list[int]
    suppliers: list[int]
    pitches: list[int]
    criteria: list[int]

    def actor(self, person_id: int, *, proved_at: datetime | None = None) -> Actor:
        return builders.actor(person_id, proved_at=proved_at)

    def pitch_reference(self, index: int) -> str:
        return db.session.get_one(Pitch, self.pitches[index]).reference

    def pair(self, judge: int, pitch: int) -> tuple[int, int]:
        """The ids of the panel member and the pitch with these places in the lists."""
        return self.members[judge], self.pitches[pitch]

    def card(self, judge: int, pitch: int) -> int:
        """The id of the card of the judge and the pitch with these places in the lists."""
        found = db.session.scalar(
            select(Scorecard.id).where(
                Scorecard.panel_member_id == self.members[judge], Scorecard.pitch_id == self.pitches[pitch]
            )
        )
        assert found is not None
        return found


def a_round(
    now: datetime,
    *,
    pitches: int = 3,
    judges: int = 3,
    state: ChallengeState = ChallengeState.JUDGING,
    price: bool = False,
    pitch_states: Sequence[PitchState] = (),
    minimum_cards: int = 3,
    answer: str = "",
) -> Setting:
    """A challenge in `state`, opened pitches, each with its `answer`, and a panel that has not declared."""
    roles = {"Olive Officer": Role.OFFICER, "Leo Lead": Role.LEAD, "Ada Approver": Role.APPROVER}
    officer, lead, approver = (builders.a_person(name, role) for name, role in roles.items())
    decider = builders.a_person("Dee Decider", Role.CHAMPION)
    challenge = builders.a_challenge(
        state=state,
        officer=officer,
        now=now,
        decision_maker=decider,
        criteria=(("Fit", 40, 300), ("Delivery", 40, None), ("Inclusion", 10 if price else 20, None)),
        price=price,
        minimum_cards=minimum_cards,
    )
    suppliers, pitch_ids = [], []
    for number in range(pitches):
        organisation = builders.an_organisation(f"Supplier {chr(65 + number)} Ltd")
        author = builders.a_person(f"Author {number}", organisation=organisation, owner=True)
        suppliers.append(author)
        pitch_ids.append(
            builders.a_pitch(
                challenge=challenge,
                organisation=organisation,
                author=author,
                state=dict(enumerate(pitch_states)).get(number, PitchState.ELIGIBLE),
                now=now,
                answers=_answers(challenge, answer),
                price_pence=(number + 2) * 1_000_000 if price else None,
            )
        )
    if price:
        db.session.add(LowestPrice(challenge_id=challenge, pence=2_000_000))
    people = [builders.a_person(f"Judge {chr(65 + number)}") for number in range(judges)]
    members = [
        builders.a_panel_member(challenge=challenge, person=person, invited_by=officer, now=now, chair=i == 0)
        for i, person in enumerate(people)
    ]
    return Setting(
        challenge=challenge,
        reference=db.session.get_one(Challenge, challenge).reference,
        officer=officer,
        lead=lead,
        approver=approver,
        decider=decider,
        judges=people,
        members=members,
        suppliers=suppliers,
        pitches=pitch_ids,
        criteria=builders.judged_criterion_ids(challenge),
    )


def _answers(challenge: int, answer: str) -> dict[int, str]:
    """The same answer to every question in words; none where it is empty."""
    asked = select(Question.id).where(Question.challenge_id == challenge, Question.kind == QuestionKind.TEXT)
    return dict.fromkeys(db.session.scalars(asked), answer) if answer else {}


def declare_all(setting: Setting, now: datetime, *, but: Sequence[int] = ()) -> None:
    """Every judge, but those at these places, has nothing to declare."""
    for place, person in enumerate(setting.judges):
        if place not in but:
            with transaction():
                operations.declare(setting.actor(person), reference=setting.reference, interests={}, now=now)


def plan_and_give_out(setting: Setting, now: datetime) -> None:
    """The lead plans who reads what, and gives the scorecards out."""
    lead, reference = setting.actor(setting.lead), setting.reference
    with transaction():
        operations.make_plan(lead, reference=reference, expected_version=0, now=now)
    with transaction():
        operations.give_out(lead, reference=reference, expected_version=1, now=now)


def recuse(
    setting: Setting, pair: tuple[int, int], now: datetime, *, why: str = "They share an office."
) -> None:
    """The lead takes a judge off a pitch: the id on the panel, and that of the pitch."""
    found = next(d.id for d in queries.declarations(setting.challenge) if (d.member_id, d.pitch_id) == pair)
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=found,
            recuse=True,
            reason=why,
            now=now,
        )


def address_values(
    app: Flask, setting: Setting, references: Sequence[str], *, person: int, numbers: int
) -> Values:
    """What stands in the addresses of a round of three pitches with these references; `numbers` are tried
    from 1 on for whatever is a number.
    """
    return {
        **{name: [*range(1, numbers + 1)] for name in NUMBERED},
        "reference": [setting.reference],
        **{
            f"{start}:reference": [*references]
            for start in ("/pitches", "/manage/pitches", "/judging/explanations")
        },
        "pitch": [*references],
        "card_id": [*range(1, 13)],
        "public_id": of_messages(app, most=20),
        "category": ["sent_mail"],
        "section": ["region"],
        "role": ["judge"],
        "mark": ["none"],
        "look_id": [1],
        "key": ["conflicts"],
        "kind": ["csv"],
        "form": ["csv"],
        "token": ["nonsense"],
        "what": ["link"],
        "person_id": [person],
    }


def fill(
    setting: Setting, judge: int, pitch: int, scores: Sequence[int], now: datetime, *, sign: bool = True
) -> int:
    """Score a card, in whole points in the order of the criteria, and sign it off; its id."""
    card, actor = setting.card(judge, pitch), setting.actor(setting.judges[judge])
    marks = {c: (s * 100, REASON) for c, s in zip(setting.criteria, scores, strict=True)}
    with transaction():
        operations.save_card(actor, card, marks, now=now)
    if sign:
        with transaction():
            operations.sign_card(actor, card, now=now)
    return card


def score_all(setting: Setting, now: datetime, *, base: int = 3) -> None:
    """Every judge scores and signs every card: later pitches a little lower."""
    for judge in range(len(setting.judges)):
        for pitch in range(len(setting.pitches)):
            fill(setting, judge, pitch, (max(0, base - pitch % 3), base, min(5, base + judge % 2)), now)


def close(setting: Setting, now: datetime) -> None:
    """The lead closes scoring."""
    with transaction():
        operations.close(
            setting.actor(setting.lead), reference=setting.reference, expected_version=None, now=now
        )


def assert_totals_are_right() -> None:
    """Every stored total is what the scores come to."""
    assert queries.total_differences()[1] == []


def kinds_of_mail(person_id: int) -> list[str]:
    rows = db.session.scalars(select(OutboxMessage.kind).where(OutboxMessage.person_id == person_id))
    return sorted(rows)


class Statements:
    """Counts the statements within a block, BEGIN and COMMIT left out."""

    def __enter__(self) -> Self:
        self.texts: list[str] = []
        forget_region()  # or whether it is read would depend on the time of day
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, _c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA")):
            self.texts.append(statement)

    @property
    def count(self) -> int:
        return len(self.texts)
