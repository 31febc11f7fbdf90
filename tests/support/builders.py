"""Plain functions that put rows into the database, committed, for a test to start from.

They insert what the thread would have led to, without walking it; journeys walk it. Nothing has
a surprising default: what matters to a test, it names.
"""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import literal, select

from pitchfest.accounts.models import (
    Membership,
    Organisation,
    OrganisationCapacity,
    Person,
    RegionSettings,
    RoleGrant,
)
from pitchfest.accounts.queries import PARTS
from pitchfest.accounts.rules import Capacity, Size
from pitchfest.accounts.rules.region import TEXT_NAMES
from pitchfest.challenges.models import Anchor, Challenge, ChallengeRoute, Criterion, Question
from pitchfest.challenges.operations.news import take_in
from pitchfest.challenges.rules import PUBLISHED, ChallengeState, CriterionKind, Instead, QuestionKind, Route
from pitchfest.db import db
from pitchfest.judging.models import Declaration, PanelMember, Scorecard
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.pitches.models import (
    AnswerVersion,
    OpenedAnswer,
    Pitch,
    PitchMember,
    Submission,
    SubmittedAnswer,
)
from pitchfest.pitches.rules import PitchRight, PitchState

_numbers = itertools.count(1)
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)

#: (name, weight, threshold in hundredths or None); the price criterion is added by `price=True`.
THREE_CRITERIA = (("Fit to the problem", 40, 300), ("Deliverability", 40, None), ("Inclusion", 20, None))
RUBRIC = (
    (0, "No answer"),
    (100, "Poor"),
    (200, "Weak"),
    (300, "Acceptable"),
    (400, "Good"),
    (500, "Excellent"),
)


def a_region(*, demo: bool = True) -> None:
    """The region's one row, set up to the end."""
    db.session.add(
        RegionSettings(
            id=1,
            name="Testshire",
            authority="Testshire Combined Authority",
            unit="Innovation unit",
            email="innovation@testshire.gov.uk",
            phone="01632 960100",
            is_demo=demo,
            texts=json.dumps(dict.fromkeys(TEXT_NAMES, "Write to Colm Brannigan, who answers.")),
            sender_name="Testshire Innovation",
            sender_address="no-reply@testshire.gov.uk",
            reply_to="innovation@testshire.gov.uk",
            finished_at=LONG_AGO,
            checklist_hidden_at=LONG_AGO,
        )
    )
    db.session.commit()


def a_person(
    name: str, *roles: Role, email: str | None = None, organisation: int | None = None, owner: bool = False
) -> int:
    """A confirmed person with these region roles; their id."""
    person = Person(
        name=name,
        email=email or f"{name.lower().replace(' ', '.')}.{next(_numbers)}@people.example",
        created_at=LONG_AGO,
        confirmed_at=LONG_AGO,
    )
    db.session.add(person)
    db.session.flush()
    for role in roles:
        db.session.add(RoleGrant(person_id=person.id, role=role, granted_at=LONG_AGO))
    if organisation is not None:
        db.session.add(
            Membership(organisation_id=organisation, person_id=person.id, is_owner=owner, from_at=LONG_AGO)
        )
    db.session.commit()
    return person.id


def an_organisation(name: str, *capacities: Capacity) -> int:
    """An organisation, a supplier unless other capacities are named; its id."""
    organisation = Organisation(
        name=name, size=Size.SMALL, place="Testford", number=None, created_at=LONG_AGO
    )
    db.session.add(organisation)
    db.session.flush()
    for capacity in capacities or (Capacity.SUPPLIER,):
        db.session.add(OrganisationCapacity(organisation_id=organisation.id, capacity=capacity))
    db.session.commit()
    return organisation.id


def actor(person_id: int, *, proved_at: datetime | None = None) -> Actor:
    """The actor for a person as the database knows them now."""
    person = db.session.get_one(Person, person_id)
    roles = db.session.query(RoleGrant.role).filter_by(person_id=person_id, ended_at=None).all()
    members = db.session.query(Membership.organisation_id).filter_by(person_id=person_id, until_at=None).all()
    return Actor(
        person_id=person_id,
        name=person.name,
        email=person.email,
        roles=frozenset(r for (r,) in roles),
        organisations=frozenset(o for (o,) in members),
        proved_at=proved_at,
        parts=frozenset(
            name for name, part in PARTS.items() if db.session.scalar(select(part(literal(person_id))))
        ),
    )


def a_challenge(
    *,
    state: ChallengeState,
    officer: int,
    now: datetime,
    decision_maker: int | None = None,
    closes_at: datetime | None = None,
    criteria: Sequence[tuple[str, int, int | None]] = THREE_CRITERIA,
    price: bool = False,
    title: str = "Clear the right drain before the rain",
    minimum_cards: int = 3,
) -> int:
    """A complete challenge in a state, with one question per criterion; its id.

    With `price` the judged weights are expected to leave room for a price criterion of 10.
    Closes in a week if it is open or not yet published, else a week ago, unless said otherwise.
    """
    number = next(_numbers)
    past = state in PUBLISHED and state != ChallengeState.OPEN
    challenge = Challenge(
        reference=f"CH-2026-{number:03d}",
        state=state,
        created_at=LONG_AGO,
        state_since=now - timedelta(days=2),
        title=title,
        question="How might we know which road drains will block?",
        problem="There are 214,000 road gullies and each is cleaned whether it needs it or not.",
        who_has_it="Highways crews and people whose homes flood.",
        tried_before="In-drain sensors. A third failed within a year.",
        outcome_sought="Cut repeat flooding calls in two test areas by 30%.",
        out_of_scope="River and sea flooding.",
        eligibility="Any legal entity",
        after_win="A pilot of five months, then a separate competition.",
        timetable="Decision within four weeks of closing.",
        budget_pence=8_500_000,
        owner_name="Bryn Haldane",
        owner_organisation="Testshire Highways",
        officer_id=officer,
        decision_maker_id=decision_maker,
        published_at=now - timedelta(days=30) if state in PUBLISHED else None,
        closes_at=closes_at or now + timedelta(days=-7 if past else 7),
        judging_deadline=now + timedelta(days=14),
        minimum_cards=minimum_cards,
        minimum_total=6000,
        scheduled_for=now + timedelta(days=1) if state == ChallengeState.SCHEDULED else None,
        scheduled_by_id=officer if state == ChallengeState.SCHEDULED else None,
    )
    db.session.add(challenge)
    db.session.flush()
    db.session.add(
        ChallengeRoute(
            challenge_id=challenge.id,
            buying=True,
            value_pence=8_500_000,
            others=False,
            instead=Instead.NOTHING,
            research=False,
            route=Route.BELOW_THRESHOLD,
            confirmed_by_id=officer,
            confirmed_at=now,
        )
    )
    rows: list[tuple[str, int, int | None, CriterionKind]] = [(*c, CriterionKind.JUDGED) for c in criteria]
    if price:
        rows.append(("Price", 10, None, CriterionKind.PRICE))
    for position, (name, weight, threshold, kind) in enumerate(rows, start=1):
        criterion = Criterion(
            challenge_id=challenge.id,
            position=position,
            name=name,
            weight=weight,
            threshold=threshold,
            kind=kind,
        )
        db.session.add(criterion)
        db.session.flush()
        is_price = kind == CriterionKind.PRICE
        if not is_price:
            for value, label in RUBRIC:
                db.session.add(
                    Anchor(criterion_id=criterion.id, value=value, label=label, meaning=f"{label}.")
                )
        db.session.add(
            Question(
                challenge_id=challenge.id,
                criterion_id=criterion.id,
                position=position,
                ask="Your total price including VAT, split by milestone" if is_price else f"About: {name}",
                kind=QuestionKind.MONEY if is_price else QuestionKind.TEXT,
                max_words=None if is_price else 200,
            )
        )
    if state in PUBLISHED:
        take_in(challenge)
    db.session.commit()
    return challenge.id


def question_ids(challenge_id: int) -> list[int]:
    """The challenge's questions in order."""
    rows = db.session.query(Question.id).filter_by(challenge_id=challenge_id).order_by(Question.position)
    return [q for (q,) in rows]


def judged_criterion_ids(challenge_id: int) -> list[int]:
    """The challenge's judged criteria in order."""
    rows = db.session.query(Criterion.id).filter_by(challenge_id=challenge_id, kind=CriterionKind.JUDGED)
    return [c for (c,) in rows.order_by(Criterion.position)]


def a_pitch(
    *,
    challenge: int,
    organisation: int,
    author: int,
    state: PitchState,
    now: datetime,
    answers: Mapping[int, str] | None = None,
    price_pence: int | None = None,
) -> int:
    """A pitch in a state, with its answers (by question id), sent if the state says so; its id."""
    opened = state not in {PitchState.DRAFT, PitchState.SUBMITTED, PitchState.SEALED, PitchState.LAPSED}
    pitch = Pitch(
        reference=f"PF-{next(_numbers):04d}",
        challenge_id=challenge,
        organisation_id=organisation,
        state=state,
        salt=secrets.token_hex(16),
        created_at=now,
        opened_at=now if opened else None,
        withdrawn_at=now if state == PitchState.WITHDRAWN else None,
        price_pence=price_pence,
    )
    db.session.add(pitch)
    db.session.flush()
    db.session.add(
        PitchMember(pitch_id=pitch.id, person_id=author, right=PitchRight.SUBMIT, from_at=LONG_AGO)
    )
    texts = dict(answers or {})
    for question in db.session.query(Question).filter_by(challenge_id=challenge).order_by(Question.position):
        money = json.dumps([{"label": "Everything", "pence": price_pence or 5_000_000}])
        texts.setdefault(
            question.id, money if question.kind == QuestionKind.MONEY else f"We will ride along, {pitch.id}."
        )
    sent = None
    if state not in {PitchState.DRAFT, PitchState.LAPSED}:
        sent = Submission(
            pitch_id=pitch.id,
            number=1,
            at=now,
            by_id=author,
            random=secrets.token_hex(16),
            sha256=secrets.token_hex(32),
        )
        db.session.add(sent)
        db.session.flush()
    for question_id, text in texts.items():
        version = AnswerVersion(
            pitch_id=pitch.id, question_id=question_id, author_id=author, at=now, text=text
        )
        db.session.add(version)
        db.session.flush()
        if sent is not None:
            db.session.add(
                SubmittedAnswer(submission_id=sent.id, question_id=question_id, answer_version_id=version.id)
            )
        if opened:
            db.session.add(OpenedAnswer(pitch_id=pitch.id, question_id=question_id, text=text))
    db.session.commit()
    return pitch.id


def a_panel_member(
    *, challenge: int, person: int, invited_by: int, now: datetime, chair: bool = False
) -> int:
    """A judge of the challenge who has accepted; the panel member's id."""
    member = PanelMember(
        challenge_id=challenge,
        person_id=person,
        is_chair=chair,
        invited_by_id=invited_by,
        invited_at=now,
        accepted_at=now,
    )
    db.session.add(member)
    db.session.commit()
    return member.id


def a_card(*, member: int, pitch: int, now: datetime) -> int:
    """A cleared judge's open scorecard for a pitch; its id."""
    db.session.add(
        Declaration(panel_member_id=member, pitch_id=pitch, state=DeclarationState.CLEARED, declared_at=now)
    )
    card = Scorecard(panel_member_id=member, pitch_id=pitch, state=CardState.ASSIGNED, assigned_at=now)
    db.session.add(card)
    db.session.commit()
    return card.id
