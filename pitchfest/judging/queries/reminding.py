"""Whom to remind of their judging: those with something left to do, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person
from pitchfest.accounts.rules import InvitationKind, Subject
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import Briefing, Declaration, PanelMember, Scorecard
from pitchfest.judging.queries.further import FurtherRow, awaited
from pitchfest.judging.queries.rounds import IN_PLAY, PanelRow
from pitchfest.judging.queries.skills import times_away
from pitchfest.judging.rules.access import PANEL_OPEN
from pitchfest.judging.rules.capacity import Away, away_until
from pitchfest.judging.rules.reminders import is_late, wants_reminder
from pitchfest.judging.rules.states import MAY_READ, CardState, DeclarationState
from pitchfest.kernel.clock import london_day
from pitchfest.mail import queries as mail
from pitchfest.mail.rules import chasing_day
from pitchfest.pitches.models import Pitch

#: The kind of the message, by which it is remembered that somebody was reminded today.
REMINDER = "judge_reminder"
FURTHER_REMINDER = "further_reminder"

_CHALLENGE = Challenge.__table__.c
_MEMBER = PanelMember.__table__.c
_PITCH = Pitch.__table__.c


def about(reference: str) -> str:
    """What invitations to judge a challenge, and reminders of it, are remembered by."""
    return f"challenge:{reference}"


def challenge_of(about: str) -> str:
    """The reference of the challenge that an invitation is about, "" where an older one does not hold it."""
    kind, _, reference = about.partition(":")
    return reference if kind == "challenge" else ""


def subject(about: str) -> Subject | None:
    """A challenge as invitations to judge it say it; None while it is not public.

    Older invitations hold the title itself, or that it was not public yet.
    """
    reference = challenge_of(about)
    if not reference:
        return Subject("" if about == "a challenge that is not public yet" else about)
    row = db.session.execute(
        select(
            _CHALLENGE.title,
            _CHALLENGE.closes_at,
            _CHALLENGE.judging_deadline,
            exists().where(Briefing.challenge_id == _CHALLENGE.id),
            _CHALLENGE.state,
        ).where(_CHALLENGE.reference == reference, _CHALLENGE.published_at.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    title, closes_at, scores_due, briefed, state = row
    briefing = f"/judging/{reference}/briefing" if briefed else ""
    until = closes_at if state == ChallengeState.OPEN else None
    return Subject(title, until, scores_due, briefing, can_refuse=state in PANEL_OPEN)


@dataclass(frozen=True, slots=True)
class Lagging:
    """A judge with open cards, or pitches to declare on, in a round under way; `away` are the times away that
    are not over.
    """

    challenge_id: int
    reference: str
    judging_deadline: datetime | None
    person_id: int
    invited_at: datetime
    away: tuple[Away, ...] = ()

    @property
    def about(self) -> str:
        """What a reminder of this is remembered by."""
        return about(self.reference)


def _has_work() -> ColumnElement[bool]:
    """That a judge has something to declare, or a card to sign that they may read: who waits for the lead's
    decision is not late.
    """
    in_play = and_(_PITCH.challenge_id == _CHALLENGE.id, _PITCH.state.in_(sorted(IN_PLAY)))
    open_card = exists().where(
        Scorecard.panel_member_id == _MEMBER.id,
        Scorecard.state == CardState.ASSIGNED,
        Scorecard.pitch_id == _PITCH.id,
        in_play,
        Declaration.panel_member_id == _MEMBER.id,
        Declaration.pitch_id == _PITCH.id,
        Declaration.state.in_(sorted(MAY_READ)),
    )
    declared = (
        exists()
        .where(
            Declaration.panel_member_id == _MEMBER.id,
            Declaration.pitch_id == _PITCH.id,
            Declaration.state != DeclarationState.ASKED,
        )
        .correlate(PanelMember, Pitch)
    )
    return or_(open_card, exists().where(in_play, ~declared))


def lagging(*conditions: ColumnElement[bool]) -> list[Lagging]:
    """Every judge with work left in rounds that fulfil the conditions; two statements."""
    rows = db.session.execute(
        select(
            _CHALLENGE.id,
            _CHALLENGE.reference,
            _CHALLENGE.judging_deadline,
            _MEMBER.person_id,
            _MEMBER.invited_at,
            _MEMBER.id.label("member_id"),
        )
        .select_from(Challenge)
        .join(PanelMember, _MEMBER.challenge_id == _CHALLENGE.id)
        .join(Person, Person.id == _MEMBER.person_id)
        .where(
            _CHALLENGE.state == ChallengeState.JUDGING,
            _MEMBER.released_at.is_(None),
            Person.disabled_at.is_(None),
            _has_work(),
            *conditions,
        )
        .order_by(_CHALLENGE.id, _MEMBER.person_id)
    ).all()
    away = times_away({row.id for row in rows}) if rows else {}
    return [Lagging(*row[:5], away=away.get(row.member_id, ())) for row in rows]


def lagging_in(challenge_id: int) -> list[Lagging]:
    """The judges of one round with work left."""
    return lagging(_CHALLENGE.id == challenge_id)


def due_to_remind(now: datetime) -> list[tuple[int, int]]:
    """(challenge's id, person's id) of judges to remind now of a deadline to come."""
    rows = lagging(_CHALLENGE.judging_deadline > now) if chasing_day(now) else []
    coming = [row for row in rows if wants_reminder(row.judging_deadline, row.away, now)]
    if not coming:
        return []
    chased = mail.chased_today(REMINDER, sorted({row.about for row in coming}), now)
    return [(row.challenge_id, row.person_id) for row in coming if (row.person_id, row.about) not in chased]


def further_heard_of(rows: Sequence[FurtherRow], now: datetime) -> frozenset[int]:
    """The scorecards of further reviews of which the judge was told today: asked, or reminded."""
    reminded = mail.chased_today(FURTHER_REMINDER, [row.about for row in rows], now) if rows else frozenset()
    return frozenset(
        row.card_id
        for row in rows
        if london_day(row.asked_at) == london_day(now) or (row.person_id, row.about) in reminded
    )


def further_due_to_remind(now: datetime) -> list[int]:
    """The scorecards of further reviews whose judges to remind now of the day to come."""
    rows = awaited(now) if chasing_day(now) else []
    away = times_away({row.challenge_id for row in rows}) if rows else {}
    coming = [row for row in rows if wants_reminder(row.due_at, away.get(row.member_id, ()), now)]
    heard = further_heard_of(coming, now)
    return [row.card_id for row in coming if row.card_id not in heard]


@dataclass(frozen=True, slots=True)
class Chasing:
    """What can be sent to the judges of a panel today, by the ids of their persons.

    `unanswered` (→ invitation) have one to answer.
    `invited` (→ invitation) and `late` can be asked; `asked` were today, so nobody asks again, and
    `reminded` of them are late; `away` are late too, and nobody asks them before the day.
    """

    unanswered: dict[int, int]
    invited: dict[int, int]
    late: frozenset[int]
    asked: frozenset[int]
    reminded: frozenset[int]
    away: dict[int, date]


def chasing(
    challenge_id: int, reference: str, deadline: datetime | None, judges: Sequence[PanelRow], now: datetime
) -> Chasing:
    """Who of a panel may be invited again or reminded; five statements at most."""
    waiting = [row.person_id for row in judges if row.active and row.accepted_at is None]
    invitations = accounts.open_invitations(waiting, InvitationKind.JUDGE) if waiting else {}
    behind = lagging_in(challenge_id) if is_late(deadline, now) else []
    behind = [row for row in behind if is_late(deadline, now, row.invited_at)]
    gone = {row.person_id: away_until(row.away, london_day(now)) for row in behind}
    away = {person_id: until for person_id, until in gone.items() if until is not None}
    late = gone.keys() - away.keys()
    objects = [f"invitation:{i}" for i in invitations.values()]
    invited_today = {p for p, _ in mail.chased_today("invitation", objects, now)} if objects else set()
    reminded = {p for p, _ in mail.chased_today(REMINDER, [about(reference)], now)}
    return Chasing(
        unanswered=invitations,
        invited={p: i for p, i in invitations.items() if p not in invited_today | late},
        late=frozenset(late - reminded),
        asked=frozenset(invited_today | reminded),
        reminded=frozenset(late & reminded),
        away=away,
    )
