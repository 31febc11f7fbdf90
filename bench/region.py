"""A large region, played in through the operations as people would have done it.

Two rounds of 300 pitches, one finished and one under way, and 298 open challenges, in one of
which 500 suppliers are writing. Everything follows from `SEED` and the code.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import select

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.models import Invitation, SignUp
from pitchfest.accounts.notices import mint_link
from pitchfest.accounts.rules import LinkPurpose, Size
from pitchfest.accounts.rules.region import filled, starting_texts
from pitchfest.challenges import operations as challenges
from pitchfest.challenges import queries as challenge_queries
from pitchfest.challenges.rules import Answers, CriterionKind, DecisionBasis, Instead, QuestionKind
from pitchfest.db import db, transaction
from pitchfest.judging import operations as judging
from pitchfest.judging import queries as judging_queries
from pitchfest.judging.models import PanelMember, Scorecard
from pitchfest.kernel.actor import SYSTEM, Actor, Role
from pitchfest.mail.operations import keep_all
from pitchfest.pitches import operations as pitches

SEED = 2026
CHALLENGES, PITCHES, JUDGES, REVIEWS, SUPPLIERS = 300, 300, 20, 5, 500
#: The password of everyone in it.
PASSWORD = "a-long-password-for-the-benchmark"
FINISHED, UNDER_WAY, OPEN = "CH-2026-001", "CH-2026-002", "CH-2026-003"
#: How many steps share a transaction.
TOGETHER = 50

#: Name, weight, least score needed (hundredths of a point).
_CRITERIA = (
    ("Fit with the problem", 30, 300),
    ("Evidence and feasibility", 25, None),
    ("Delivery and value", 25, None),
    ("Inclusion and accessibility", 20, None),
)
#: Of each form, one for each criterion.
QUESTIONS = len(_CRITERIA)
_ANCHORS = {
    0: ("No answer", "The pitch does not speak about this."),
    100: ("Poor", "Says little, and nothing that we could check."),
    200: ("Weak", "Some of it is there, with large gaps."),
    300: ("Fair", "Meets the need, with gaps that can be closed during the pilot."),
    400: ("Good", "Meets the need well, with evidence from a similar place."),
    500: ("Excellent", "Meets the need in full, with strong evidence and no open question."),
}
_TEXT = """
we ride along with the crews for six weeks and mark each drain that blocks so that the model learns
from what people on the ground already know about water leaves and silt in the streets of the region
and then show the next visit on a simple map which works on a phone without signal and can be printed
"""
_WORDS = _TEXT.split()

T = TypeVar("T")


@dataclass
class Cast:
    """The ids of everyone, by name or in order, and the moment at which the story is told."""

    told: datetime
    staff: dict[Role, int] = field(default_factory=dict)
    suppliers: list[tuple[int, int]] = field(default_factory=list)  # person, organisation
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))

    def day(self, number: int) -> datetime:
        """Noon, as it were, of a day of the story, which begins 60 days before it is told."""
        return self.told - timedelta(days=60 - number)

    def text(self, words: int) -> str:
        """Invented words in two paragraphs."""
        chosen = [self.dice.choice(_WORDS) for _ in range(words)]
        return f"{' '.join(chosen[: words // 2])}.\n\n{' '.join(chosen[words // 2 :])}."


def play(told: datetime) -> None:
    """Play the whole region into an empty, migrated database."""
    cast = Cast(told)
    _together([partial(_founding, cast)])
    _together([partial(_supplier, cast, number) for number in range(SUPPLIERS)])
    _everyone_gets_a_password()
    for number in range(1, CHALLENGES + 1):
        _together([partial(_challenge, cast, number)])
    for reference in (FINISHED, UNDER_WAY):
        _round(cast, reference)
    _together([partial(_draft, cast, person, organisation) for person, organisation in cast.suppliers])
    _together([partial(keep_all, told)])


def _together(steps: Iterable[Callable[[], T]]) -> list[T]:
    """Take the steps in order, fifty to a transaction, and return what each returned."""
    found, waiting = [], list(steps)
    for start in range(0, len(waiting), TOGETHER):
        with transaction():
            found += [step() for step in waiting[start : start + TOGETHER]]
        db.session.expunge_all()
    return found


def _founding(cast: Cast) -> None:
    now = cast.day(0)
    accounts.set_up_region(
        name="Calderwick",
        authority="Calderwick Combined Authority",
        unit="Innovation Unit",
        email="innovation@calderwick.example",
        phone="01632 960100",
        demo=True,
        now=now,
    )
    region = people.fresh_region()
    accounts.save_mail(
        SYSTEM, sender_name=region.unit, sender_address=region.email, reply_to=region.email, now=now
    )
    texts = {name: filled(text, region.unit) for name, text in starting_texts(region).items()}
    accounts.save_texts(SYSTEM, **texts, now=now)
    accounts.finish_set_up(SYSTEM, now=now)
    for role in (Role.ADMIN, Role.OFFICER, Role.APPROVER, Role.LEAD, Role.CHAMPION):
        token = accounts.invite_by_command(staff_address(role), role=role, now=now).rpartition("/")[2]
        cast.staff[role] = accounts.accept_invitation(token, name=f"Robin {role.title()}", now=now)


def _supplier(cast: Cast, number: int) -> None:
    now, email = cast.day(1), supplier_address(number)
    accounts.sign_up(
        name=f"Author {number:03}",
        email=email,
        password_hash=None,
        organisation_name=f"Supplier {number:03} Limited",
        size=Size.SMALL,
        place="Calderwick",
        number=f"{number:08}",
        now=now,
    )
    sign_up = db.session.scalars(select(SignUp.id).where(SignUp.email == email)).one()
    link = mint_link(LinkPurpose.CONFIRM, email=email, sign_up_id=sign_up, now=now)
    person = accounts.confirm_sign_up(link.rpartition("/")[2], now=now)
    [organisation] = people.organisations_of(person)
    cast.suppliers.append((person, organisation.id))


def staff_address(role: Role) -> str:
    """The e-mail address of the one person with a role."""
    return f"{role}@calderwick.example"


def supplier_address(number: int) -> str:
    """The e-mail address of a supplier's author, counted from 0."""
    return f"author{number:03}@suppliers.example"


def judge_address(number: int) -> str:
    """The e-mail address of a judge, counted from 0; the first one chairs both rounds."""
    return f"judge{number:02}@judges.example"


def _everyone_gets_a_password() -> None:
    """One hash for all: hashing five hundred would be most of the time this takes."""
    hashed = accounts.hash_password(PASSWORD)
    _together(
        [partial(accounts.set_password, person.id, password_hash=hashed) for person in people.everyone()]
    )


def _actor(cast: Cast, role: Role, now: datetime) -> Actor:
    return people.actor_of(cast.staff[role], now=now, proved_at=now)


# Challenges


def _challenge(cast: Cast, number: int) -> None:
    """Write, approve and publish a challenge; the first two close on day 20, the others in a year."""
    reference, now = f"CH-2026-{number:03}", cast.day(2)
    officer = _actor(cast, Role.OFFICER, now)
    closes_at = (
        cast.day(20) if reference in (FINISHED, UNDER_WAY) else cast.day(340) + timedelta(hours=number)
    )
    challenges.create(
        officer,
        title=f"Challenge {number:03}: which drains will block?",
        question="How might we know which of 60,000 drains will block before the next heavy rain?",
        reference=reference,
        now=now,
    )
    challenges.edit_brief(
        officer,
        reference=reference,
        now=now,
        problem=cast.text(120),
        who_has_it=cast.text(40),
        tried_before=cast.text(60),
        outcome_sought=cast.text(60),
        out_of_scope=cast.text(20),
        eligibility="Any organisation may pitch.\nThe pilot takes place in the region.",
        after_win=cast.text(40),
        timetable="Agreement signed: January\nPilot starts: March\nPilot ends: September",
        budget_pence=60_000_00,
        owner_name="Olive Owner",
        owner_organisation="Calderwick Council",
    )
    _criteria_and_form(officer, reference, now)
    challenges.edit_settings(
        officer,
        reference=reference,
        now=now,
        closes_at=closes_at,
        judging_deadline=closes_at + timedelta(days=400),
        decision_due=closes_at + timedelta(days=410),
        decision_maker_id=cast.staff[Role.CHAMPION],
        judges_per_pitch=REVIEWS,
        minimum_cards=REVIEWS,
        minimum_total=60_00,
        decision_basis=DecisionBasis.RAW_MEAN,
    )
    _route(officer, _actor(cast, Role.LEAD, now), reference, now)
    challenges.send_for_approval(officer, reference=reference, now=now)
    challenges.approve(_actor(cast, Role.APPROVER, now), reference=reference, accepted=True, now=now)
    challenges.publish(officer, reference=reference, now=now)


def _route(officer: Actor, lead: Actor, reference: str, now: datetime) -> None:
    """A prize, which asks for little."""
    challenges.answer_route(
        officer,
        reference=reference,
        answers=Answers(
            buying=False, value_pence=60_000_00, others=False, instead=Instead.PRIZE, research=False
        ),
        now=now,
    )
    challenges.confirm_route(lead, reference=reference, now=now)
    challenges.record_duty(
        lead,
        reference=reference,
        key="conflicts",
        evidence="Nobody of us knows a likely supplier.",
        at=None,
        not_needed_because="",
        now=now,
    )


def _criteria_and_form(officer: Actor, reference: str, now: datetime) -> None:
    for name, weight, threshold in _CRITERIA:
        criterion = challenges.save_criterion(
            officer,
            reference=reference,
            now=now,
            name=name,
            weight=weight,
            guidance="What would change, for whom, and how would we see it?",
            kind=CriterionKind.JUDGED,
            threshold=threshold,
            anchors=_ANCHORS,
        )
        challenges.save_question(
            officer,
            reference=reference,
            now=now,
            ask=f"{name}: what do you offer?",
            kind=QuestionKind.TEXT,
            max_words=300,
            criterion_id=criterion,
        )


# Pitches and their judging


def _round(cast: Cast, reference: str) -> None:
    """300 pitches sent, opened and found eligible; 20 judges declare; then the scores."""
    sent = _together([partial(_pitch, cast, reference, *supplier) for supplier in cast.suppliers[:PITCHES]])
    challenge_id = challenge_queries.by_reference(reference, cast.day(20)).id
    now, lead, officer = cast.day(21), cast.staff[Role.LEAD], cast.staff[Role.OFFICER]
    with transaction():
        challenges.close(challenge_id, now)
        pitches.propose_opening(_proved(officer, now), reference=reference, now=now)
        pitches.confirm_opening(_proved(lead, now), reference=reference, now=now)
    _together(
        [
            partial(pitches.find, _proved(lead, now), reference=p, eligible=True, reason="", now=now)
            for p in sent
        ]
    )
    judges = _together([partial(_judge, cast, reference, number) for number in range(JUDGES)])
    with transaction():
        judging.start(_proved(lead, now), reference=reference, expected_version=None, now=now)
    for judge in judges:
        with transaction():
            judging.declare(_proved(judge, now), reference=reference, interests={}, now=now)
    with transaction():
        judging.make_plan(_proved(lead, now), reference=reference, expected_version=0, now=now)
    with transaction():
        judging.give_out(_proved(lead, now), reference=reference, expected_version=1, now=now)
    _scores(cast, challenge_id, signs_all=reference == FINISHED)
    if reference == FINISHED:
        later = cast.day(40)
        with transaction():
            judging.close(_proved(lead, later), reference=reference, expected_version=None, now=later)


def _proved(person_id: int, now: datetime) -> Actor:
    return people.actor_of(person_id, now=now, proved_at=now)


def _pitch(cast: Cast, challenge: str, person: int, organisation: int) -> str:
    now = cast.day(10)
    actor = _proved(person, now)
    reference = pitches.start(actor, challenge=challenge, organisation_id=organisation, now=now)
    for position in range(1, QUESTIONS + 1):
        pitches.save_answer(
            actor, reference=reference, position=position, text=cast.text(200), shown=None, now=now
        )
    pitches.submit(actor, reference=reference, declared=True, expected_version=None, now=now)
    return reference


def _draft(cast: Cast, person: int, organisation: int) -> None:
    """A pitch that lacks its last answer."""
    now = cast.day(30)
    actor = _proved(person, now)
    reference = pitches.start(actor, challenge=OPEN, organisation_id=organisation, now=now)
    for position in range(1, QUESTIONS):
        pitches.save_answer(
            actor, reference=reference, position=position, text=cast.text(150), shown=None, now=now
        )


def _judge(cast: Cast, challenge: str, number: int) -> int:
    """Invite a judge to a panel; the first time this makes their account. Their person's id."""
    now, email = cast.day(21), judge_address(number)
    officer = _actor(cast, Role.OFFICER, now)
    name = f"Judge {number:02}"
    judging.invite(officer, reference=challenge, name=name, email=email, chair=number == 0, now=now)
    person = people.person_by_email(email)
    assert person is not None
    found = select(Invitation.id).where(Invitation.person_id == person.id, Invitation.accepted_at.is_(None))
    invitation = db.session.scalars(found).one()
    link = mint_link(
        LinkPurpose.INVITATION, email=email, person_id=person.id, invitation_id=invitation, now=now
    )
    hashed = people.credentials(supplier_address(0))
    accounts.accept_invitation(
        link.rpartition("/")[2], name=name, password_hash=hashed.password_hash if hashed else None, now=now
    )
    return person.id


def _scores(cast: Cast, challenge_id: int, *, signs_all: bool) -> None:
    """Fill in every card, a third of the judges a point strictly, a third generously; sign all of them,
    or every second one.
    """
    cards = db.session.execute(
        select(Scorecard.id, PanelMember.person_id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .where(PanelMember.challenge_id == challenge_id)
        .order_by(Scorecard.id)
    ).all()
    criteria = [c.id for c in judging_queries.judged_criteria(challenge_id)]
    now = cast.day(30)
    actors = {person: _proved(person, now) for person in {person for _, person in cards}}
    lenience = {person: place % 3 - 1 for place, person in enumerate(sorted(actors))}

    def fill(card: int, person: int, number: int) -> None:
        points = (min(5, max(0, cast.dice.randint(1, 5) + lenience[person])) for _ in criteria)
        marks = {c: (100 * given, cast.text(20)) for c, given in zip(criteria, points, strict=True)}
        judging.save_card(actors[person], card, marks, now=now)
        if signs_all or number % 2:
            judging.sign_card(actors[person], card, now=now)

    _together([partial(fill, card, person, number) for number, (card, person) in enumerate(cards)])
