"""What waits for a person at the end of a challenge, and what the public is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, literal, or_, select

from pitchfest.accounts.models import Organisation, Person, TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.awards.models import Decision, Explanation, Letter, PitchOutcome, PostedLetter, Release
from pitchfest.awards.queries.explanations import text_that_counts
from pitchfest.awards.rules import EXPLAINABLE, LEAST_WORDS, SENDERS, Outcome
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.challenges.rules import RELEASED, ChallengeState, CriterionKind
from pitchfest.db import db
from pitchfest.judging.models import Declaration, Deputy, PanelMember
from pitchfest.judging.queries import IN_PLAY
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.text import count_words, plural
from pitchfest.kernel.waiting import Waiting
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.queries import PitchRow
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.rules import PitchState

_CHALLENGE = Challenge.__table__.c
#: For how long a released letter is put before its supplier as something to read.
FRESH = timedelta(days=14)


def waiting(actor: Actor, now: datetime, own: Sequence[PitchRow] | None = None) -> list[Waiting]:
    """What this person can do about explanations, decisions and letters; three statements at most.

    `own`: their pitches, where they were read; without any there is no letter to read.
    """
    found = _to_explain(actor) if "judge" in actor.parts else []
    if actor.is_staff:
        found += _to_settle(actor)
    if actor.organisations and (own is None or own):
        found += _to_read(actor, now)
    return found


def _to_explain(actor: Actor) -> list[Waiting]:
    """Pitches whose explanations the person writes, as chair or deputy, and has not finished."""
    mine, deputy, latest = PanelMember.__table__.c, Deputy.__table__.c, Explanation.__table__.c
    other = Explanation.__table__.alias("any_explanation").c
    newest = (
        select(func.max(other.id))
        .where(other.pitch_id == Pitch.id, other.criterion_id == Criterion.id)
        .correlate(Pitch, Criterion)
        .scalar_subquery()
    )
    named = exists().where(deputy.pitch_id == Pitch.id)
    recused = exists().where(
        Declaration.panel_member_id == mine.id,
        Declaration.pitch_id == Pitch.id,
        Declaration.state == DeclarationState.RECUSED,
    )
    as_deputy = exists().where(deputy.pitch_id == Pitch.id, deputy.panel_member_id == mine.id)
    as_chair = and_(mine.is_chair, ~named, ~recused)
    rows = db.session.execute(
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.state_since,
            _CHALLENGE.decision_due,
            Pitch.id.label("pitch_id"),
            text_that_counts(),
        )
        .join(PanelMember, mine.challenge_id == _CHALLENGE.id)
        .join(Pitch, Pitch.challenge_id == _CHALLENGE.id)
        .join(Criterion, Criterion.challenge_id == _CHALLENGE.id)
        .outerjoin(Explanation, latest.id == newest)
        .where(
            _CHALLENGE.state.in_(sorted(EXPLAINABLE)),
            mine.person_id == actor.person_id,
            mine.released_at.is_(None),
            Pitch.state.in_(sorted(IN_PLAY)),
            Criterion.kind == CriterionKind.JUDGED,
            or_(as_deputy, as_chair),
        )
        .order_by(_CHALLENGE.state_since, _CHALLENGE.reference, Pitch.id)
    )
    unfinished: dict[str, tuple[Any, set[int]]] = {}
    for row in rows:
        if count_words(row.text or "") < LEAST_WORDS:
            unfinished.setdefault(row.reference, (row, set()))[1].add(row.pitch_id)
    return [
        Waiting(
            text=f"Explain the scores of {plural(len(ids), 'pitch', 'pitches')} to “{row.title}”",
            button="Write explanations",
            endpoint="awards.explanations",
            values={"reference": reference},
            since=row.state_since,
            due=row.decision_due,
            blocks_others=True,
        )
        for reference, (row, ids) in unfinished.items()
    ]


def _not_recused(actor: Actor) -> ColumnElement[bool]:
    """That the person may know of the results: they are recused from none of the pitches, and judge none
    without names.
    """
    recused = exists().where(
        Declaration.panel_member_id == PanelMember.id, Declaration.state == DeclarationState.RECUSED
    )
    return ~exists().where(
        PanelMember.challenge_id == _CHALLENGE.id,
        PanelMember.person_id == actor.person_id,
        PanelMember.refusal.is_(None),
        or_(recused, _CHALLENGE.names_hidden),
    )


def _to_settle(actor: Actor) -> list[Waiting]:
    """Decisions to record, and letters to propose, release or send by hand; one statement."""
    to_post, act = _to_post(), TwoPersonAct.__table__.c
    unsettled = exists().where(
        Pitch.challenge_id == _CHALLENGE.id, Pitch.state.in_([PitchState.OPENED, *sorted(IN_PLAY)])
    )
    nothing_to_judge = and_(_CHALLENGE.state == ChallengeState.ELIGIBILITY, ~unsettled)
    to_decide = or_(_CHALLENGE.state == ChallengeState.RECOMMENDED, nothing_to_judge)
    told = exists().where(
        Pitch.challenge_id == _CHALLENGE.id, Pitch.state.in_([PitchState.INELIGIBLE, *sorted(IN_PLAY)])
    )
    rows = db.session.execute(
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.state,
            _CHALLENGE.state_since,
            _CHALLENGE.decision_due,
            act.proposer_id,
            act.proposed_at,
            Person.name,
            Decision.by_id,
            to_post.label("to_post"),
            told.label("told"),
        )
        .select_from(Challenge)
        .outerjoin(Decision, Decision.challenge_id == _CHALLENGE.id)
        .outerjoin(
            TwoPersonAct,
            and_(
                act.kind == ActKind.RELEASE_LETTERS,
                act.object == literal("challenge:") + _CHALLENGE.reference,
                act.outcome == ActOutcome.PROPOSED,
            ),
        )
        .outerjoin(Person, Person.id == act.proposer_id)
        .where(
            or_(
                and_(_CHALLENGE.decision_maker_id == actor.person_id, to_decide),
                _CHALLENGE.state == ChallengeState.DECIDED,
                and_(_CHALLENGE.state.in_(sorted(RELEASED)), to_post > 0),
            ),
            _not_recused(actor),
        )
        .order_by(_CHALLENGE.state_since, _CHALLENGE.reference)
    )
    return [task for row in rows if (task := _settling_task(actor, row)) is not None]


def _settling_task(actor: Actor, row: Any) -> Waiting | None:
    since, due = row.state_since, row.decision_due
    if row.state in RELEASED:
        if not actor.has(*SENDERS):
            return None
        text = f"Send {plural(row.to_post, 'letter')} about “{row.title}” by hand"
        button, endpoint, due = "See where to", "awards.release", None
    elif row.state != ChallengeState.DECIDED:
        text, button, endpoint = f"Decide on “{row.title}”", "Record your decision", "awards.decision"
    elif not actor.has(*SENDERS):
        return None
    elif row.proposer_id is None:
        text, button = f"Check the letters about “{row.title}” and propose to send them", "Check the letters"
        if not row.told:
            text, button = f"Nobody pitched for “{row.title}”. Propose to publish that", "Publish the outcome"
        endpoint = "awards.release"
    elif actor.person_id in {row.proposer_id, row.by_id}:
        return None
    else:
        what = "send the letters about" if row.told else "publish the outcome of"
        text = f"Agree to {what} “{row.title}”, as {row.name} proposes"
        button, endpoint, since = "Read and release", "awards.release", row.proposed_at
    return Waiting(text, button, endpoint, {"reference": row.reference}, since, due, blocks_others=True)


def _to_post() -> ScalarSelect[int]:
    """How many released letters of the outer statement's challenge go by hand and were not sent yet."""
    return (
        select(func.count(Pitch.id))
        .where(
            Pitch.challenge_id == _CHALLENGE.id,
            pitches.letter_goes_by_hand(),
            Pitch.removed_at.is_(None),
            ~exists().where(PostedLetter.pitch_id == Pitch.id),
        )
        .correlate(Challenge)
        .scalar_subquery()
    )


def _to_read(actor: Actor, now: datetime) -> list[Waiting]:
    rows = db.session.execute(
        select(Pitch.reference, _CHALLENGE.title, Letter.at)
        .join(Letter, Letter.pitch_id == Pitch.id)
        .join(Challenge, _CHALLENGE.id == Pitch.challenge_id)
        .join(PitchMember, PitchMember.pitch_id == Pitch.id)
        .where(
            PitchMember.person_id == actor.person_id,
            is_member(),
            ~PitchMember.partner,  # the letter goes to the organisation
            Letter.at > now - FRESH,
        )
        .distinct()
        .order_by(Letter.at, Pitch.reference)
    )
    return [
        Waiting(
            text=f"Read the letter about your pitch to “{row.title}”",
            button="Read your letter",
            endpoint="awards.letter",
            values={"reference": row.reference},
            since=row.at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class PublicOutcome:
    """What anyone may read once the letters are out."""

    at: datetime
    winners: tuple[str, ...]
    received: int


def public_outcome(challenge_id: int, now: datetime) -> PublicOutcome | None:
    """The winners by name and how many pitched; None before release. Two statements at most."""
    won = (PitchOutcome.challenge_id == Release.challenge_id) & (PitchOutcome.outcome == Outcome.WON)
    rows = db.session.execute(
        select(Release.at, Organisation.name)
        .select_from(Release)
        .outerjoin(PitchOutcome, won)
        .outerjoin(Pitch, Pitch.id == PitchOutcome.pitch_id)
        .outerjoin(Organisation, Organisation.id == Pitch.organisation_id)
        .where(Release.challenge_id == challenge_id)
        .order_by(Organisation.name, Pitch.reference)
    ).all()
    if not rows:
        return None
    winners = tuple(row.name for row in rows if row.name is not None)
    received = pitches.count(challenge_id, now)
    assert received is not None  # the pitches are open
    return PublicOutcome(rows[0].at, winners, received)
