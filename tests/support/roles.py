"""A populated region: somebody in every role, and a challenge with one pitch at every stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy import insert, select, update

from pitchfest.accounts.models import Person, UserSession
from pitchfest.awards import operations as awards
from pitchfest.awards.rules import Outcome
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.models import Challenge, Clarification, ClarificationAsker
from pitchfest.challenges.queries import by_id
from pitchfest.challenges.rules import ChallengeState, DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.db.transaction import STEPS_EXTENSION, Steps, Write
from pitchfest.judging import operations as judging
from pitchfest.judging.models import (
    AgendaItem,
    AgreedScore,
    Briefing,
    Declaration,
    JudgePay,
    Moderation,
    Score,
    Scorecard,
)
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.rules.interests import InterestKind
from pitchfest.judging.rules.pay import PayBasis, PayState
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict
from pitchfest.mail.operations import enqueue
from pitchfest.pitches.models import ClarificationRequest, Eligibility, Pitch, PitchMember
from pitchfest.pitches.rules import PitchRight, PitchState
from tests.support import builders
from tests.support.addresses import of_messages

S = ChallengeState
STAGES = (
    S.DRAFT,
    S.APPROVED,
    S.OPEN,
    S.CLOSED,
    S.ELIGIBILITY,
    S.JUDGING,
    S.MODERATION,
    S.RECOMMENDED,
    S.DECIDED,
    S.AWARDED,
)
#: Stage → the state of its one pitch; stages before publishing have none.
PITCHES = {
    S.OPEN: PitchState.SUBMITTED,
    S.CLOSED: PitchState.SEALED,
    S.ELIGIBILITY: PitchState.OPENED,
    S.JUDGING: PitchState.ELIGIBLE,
    S.MODERATION: PitchState.ELIGIBLE,
    S.RECOMMENDED: PitchState.ELIGIBLE,
    S.DECIDED: PitchState.ELIGIBLE,
    S.AWARDED: PitchState.ELIGIBLE,
}
STAFF = {
    "officer": (Role.OFFICER,),
    "approver": (Role.APPROVER,),
    "lead": (Role.LEAD,),
    "champion": (Role.CHAMPION,),
    "decider": (Role.CHAMPION,),
    "observer": (Role.OBSERVER,),
    "admin": (Role.ADMIN,),
    "disabled": (Role.OFFICER, Role.LEAD, Role.ADMIN),
}
#: People of the organisation that pitched, and their right on the pitch.
TEAM = {
    "sender": PitchRight.SUBMIT,
    "editor": PitchRight.EDIT,
    "viewer": PitchRight.VIEW,
    "former": PitchRight.SUBMIT,
    "colleague": None,
}
#: On every panel: cleared, not declared yet, recused from the one pitch; `recused` is an officer too.
PANEL = ("chair", "judge", "newcomer", "recused")
CAST = ("nobody", "outsider", *TEAM, *PANEL, "elsewhere", *STAFF)
REASON = "In this answer you say plainly who does what, and by which week of the plan."
EXPLANATION = f"{REASON} You did not say who steps in when somebody in the team falls ill."


@dataclass
class Region:
    """People by role, and what stands in the addresses of each stage."""

    now: datetime
    people: dict[str, int] = field(default_factory=dict)
    organisation: int = 0
    stages: dict[S, dict[str, object]] = field(default_factory=dict)
    plain: dict[str, object] = field(default_factory=dict)


def a_populated_region(now: datetime) -> Region:
    """Everything, committed. `disabled` can still be signed in: call `disable` afterwards."""
    builders.a_region()
    region = Region(now)
    region.organisation = builders.an_organisation("Alder Ltd")
    other = builders.an_organisation("Birch Ltd")
    people = region.people
    people["outsider"] = builders.a_person("Outsider", organisation=other, owner=True)
    for name in TEAM:
        people[name] = builders.a_person(
            name.title(), organisation=region.organisation, owner=name == "sender"
        )
    for name, roles in STAFF.items():
        people[name] = builders.a_person(name.title(), *roles)
    for name in (*PANEL, "elsewhere"):
        people[name] = builders.a_person(name.title(), *((Role.OFFICER,) if name == "recused" else ()))
    for stage in STAGES:
        region.stages[stage] = _stage(region, stage)
    _another_panel(region)
    _plain(region)
    return region


def _stage(region: Region, stage: S) -> dict[str, object]:
    people, now = region.people, region.now
    begun = stage if stage not in (S.DECIDED, S.AWARDED) else S.RECOMMENDED
    challenge = builders.a_challenge(
        state=begun, officer=people["officer"], now=now, decision_maker=people["decider"], minimum_cards=2
    )
    # only there does the panel meet
    db.session.get_one(Challenge, challenge).decision_basis = DecisionBasis.MODERATED
    members = {
        name: builders.a_panel_member(
            challenge=challenge,
            person=people[name],
            invited_by=people["officer"],
            now=now,
            chair=name == "chair",
        )
        for name in PANEL
    }
    _briefed(region, challenge)
    _paid(region, members["judge"])
    values: dict[str, object] = {
        "reference": db.session.get_one(Challenge, challenge).reference,
        "key": "conflicts",
        "criterion_id": builders.judged_criterion_ids(challenge)[0],
        "question_id": builders.question_ids(challenge)[0],
        "clarification_id": 999_999,
        "need_id": 999_999,
        "extension_id": 999_999,
        "member_id": members["judge"],
        "pitch": "PF-NONE",
        "card_id": 999_999,
        "declaration_id": 999_999,
        "item_id": 999_999,
    }
    if stage in PITCHES:
        pitch = _pitch(region, challenge, PITCHES[stage])
        values["pitch"] = db.session.get_one(Pitch, pitch).reference
        values["clarification_id"] = _question(region, challenge)
        if begun in (S.JUDGING, S.MODERATION, S.RECOMMENDED):
            values |= _judged(region, challenge, pitch, members, signed=begun != S.JUDGING)
        if begun in (S.MODERATION, S.RECOMMENDED):
            values["item_id"] = _moderated(region, challenge, pitch)
        if begun != stage:
            _finish(region, challenge, str(values["pitch"]), release=stage == S.AWARDED)
    return values


def _briefed(region: Region, challenge: int) -> None:
    db.session.add(
        Briefing(
            challenge_id=challenge,
            text="Look for evidence.",
            written_by_id=region.people["lead"],
            written_at=region.now,
        )
    )
    db.session.commit()


def _paid(region: Region, member: int) -> None:
    """A judge who claims what was agreed with them."""
    db.session.add(
        JudgePay(
            member_id=member,
            state=PayState.CLAIMED,
            basis=PayBasis.HOURLY,
            pence=2_500,
            quarters=32,
            agreed_by_id=region.people["officer"],
            agreed_at=region.now,
            claimed=24,
            claimed_at=region.now,
        )
    )
    db.session.commit()


def _pitch(region: Region, challenge: int, state: PitchState) -> int:
    people, now = region.people, region.now
    pitch = builders.a_pitch(
        challenge=challenge, organisation=region.organisation, author=people["sender"], state=state, now=now
    )
    for name in ("editor", "viewer", "former"):
        ended = now if name == "former" else None
        db.session.add(
            PitchMember(pitch_id=pitch, person_id=people[name], right=TEAM[name], from_at=now, until_at=ended)
        )
    if state == PitchState.ELIGIBLE:
        db.session.add(
            Eligibility(
                pitch_id=pitch, eligible=True, reason="Meets every rule.", by_id=people["lead"], at=now
            )
        )
    if state == PitchState.OPENED:
        db.session.add(
            ClarificationRequest(
                pitch_id=pitch,
                asked="Which company would sign for this?",
                until=now + timedelta(days=4),
                by_id=people["officer"],
                at=now,
            )
        )
    db.session.commit()
    return pitch


def _question(region: Region, challenge: int) -> int:
    """A question by the sender that nobody has answered."""
    asked = Clarification(
        challenge_id=challenge, state_since=region.now, received_at=region.now, asked="Who signs for a group?"
    )
    db.session.add(asked)
    db.session.flush()
    db.session.add(
        ClarificationAsker(clarification_id=asked.id, person_id=region.people["sender"], salt="0" * 32)
    )
    db.session.commit()
    return asked.id


def _judged(
    region: Region, challenge: int, pitch: int, members: Mapping[str, int], *, signed: bool
) -> dict[str, object]:
    """Cards of chair and judge, signed or not, and a recusal; what stands in addresses of them."""
    cards = {
        name: builders.a_card(member=members[name], pitch=pitch, now=region.now)
        for name in ("chair", "judge")
    }
    for card in cards.values() if signed else ():
        row = db.session.get_one(Scorecard, card)
        row.state, row.signed_at = CardState.LOCKED, region.now
        for criterion in builders.judged_criterion_ids(challenge):
            db.session.add(
                Score(scorecard_id=card, criterion_id=criterion, hundredths=400, reason=REASON, at=region.now)
            )
    recusal = Declaration(
        panel_member_id=members["recused"],
        pitch_id=pitch,
        state=DeclarationState.RECUSED,
        interest="My sister works there.",
        declared_at=region.now,
        decided_by_id=region.people["lead"],
        decided_at=region.now,
        reason="Too close a relation.",
    )
    db.session.add(recusal)
    db.session.commit()
    if signed:
        rewrite(challenge, pitch)
        db.session.commit()
    return {"card_id": cards["judge"], "declaration_id": recusal.id}


def _moderated(region: Region, challenge: int, pitch: int) -> int:
    """A meeting with one answer on its agenda, which is settled; the item's id."""
    db.session.add(Moderation(challenge_id=challenge, opened_at=region.now, lot="0" * 64))
    item = AgendaItem(
        challenge_id=challenge,
        pitch_id=pitch,
        criterion_id=builders.judged_criterion_ids(challenge)[0],
        position=1,
        triggers="spread",
    )
    db.session.add(item)
    db.session.flush()
    db.session.add(
        AgreedScore(
            item_id=item.id,
            pitch_id=pitch,
            hundredths=400,
            reason=REASON,
            by_id=region.people["chair"],
            at=region.now,
        )
    )
    db.session.commit()
    return item.id


def _finish(region: Region, challenge: int, pitch: str, *, release: bool) -> None:
    """Explain, decide and, if asked, release, by the operations."""
    people, now = region.people, region.now
    who = {
        name: builders.actor(people[name], proved_at=now) for name in ("chair", "decider", "officer", "lead")
    }
    reference = by_id(challenge, now).reference
    texts = dict.fromkeys(builders.judged_criterion_ids(challenge), EXPLANATION)
    with transaction():
        awards.explain(who["chair"], reference=pitch, texts=texts, expected_version=None, now=now)
    with transaction():
        awards.decide(
            who["decider"],
            reference=reference,
            outcomes={pitch: (Outcome.WON, "It answers the problem.")},
            note="",
            expected_version=by_id(challenge, now).version,
            now=now,
        )
    if release:
        with transaction():
            awards.propose_release(who["officer"], reference=reference, expected_version=None, now=now)
        with transaction():
            awards.release(who["lead"], reference=reference, expected_version=None, now=now)


def _another_panel(region: Region) -> None:
    """A challenge whose judge has nothing to do with the others."""
    people = region.people
    challenge = builders.a_challenge(state=S.JUDGING, officer=people["officer"], now=region.now)
    builders.a_panel_member(
        challenge=challenge, person=people["elsewhere"], invited_by=people["officer"], now=region.now
    )


def _plain(region: Region) -> None:
    """What stands in addresses without a challenge; what belongs to somebody is the sender's."""
    sender, now = region.people["sender"], region.now
    enqueue("sign_in_link", now=now, person_id=sender)
    db.session.execute(
        insert(UserSession).values(
            person_id=sender,
            token_hash="0" * 64,
            browser="Firefox",
            created_at=now,
            last_seen_at=now,
            demo=False,
        )
    )
    db.session.commit()
    with transaction():
        template_id = challenges.keep_template(
            builders.actor(region.people["officer"]),
            reference=str(region.stages[S.DRAFT]["reference"]),
            name="Drains",
            note="",
            now=now,
        )
    with transaction():
        interest = judging.register_interest(
            builders.actor(sender),
            kind=InterestKind.GIFT,
            party="Hazel Ltd",
            words="A ticket for a match.",
            since=None,
            until=None,
            now=now,
        )
    region.plain = {
        "template_id": template_id,
        "public_id": of_messages(current_app, most=1000)[-1],
        "session_id": db.session.scalars(select(UserSession.id)).first(),
        "organisation_id": region.organisation,
        "person_id": region.people["observer"],
        "invitation_id": 999_999,
        "kept_id": 999_999,
        "interest_id": interest,
        "look_id": 999_999,
        "sentence_id": 999_999,
        "number": 1,
        "position": 1,
        "token": "nonsense",
        "what": "link",
        "mark": "0" * 16,
        "section": "region",
        "kind": "csv",
        "form": "csv",
        "act": "end",
        "role": "observer",
        "category": "sent_mail",
    }


def disable(region: Region) -> None:
    """Disable the account of `disabled`, whose browser is signed in."""
    person = region.people["disabled"]
    db.session.execute(
        update(Person).where(Person.id == person).values(disabled_at=region.now - timedelta(hours=1))
    )
    db.session.commit()


@contextmanager
def writes_stopped(app: Flask, *, at_the_end: bool = False) -> Iterator[None]:
    """Every write ends as a conflict: at its door, so that a walk asks only who gets that far, or
    when all but its commit is done.
    """

    def stop(_write: Write) -> None:
        raise Conflict("The walk writes nothing.")

    steps: Steps = app.extensions[STEPS_EXTENSION]
    app.extensions[STEPS_EXTENSION] = (
        Steps(first=steps.first, last=(*steps.last, stop)) if at_the_end else Steps(first=(stop,), last=())
    )
    try:
        yield
    finally:
        app.extensions[STEPS_EXTENSION] = steps
