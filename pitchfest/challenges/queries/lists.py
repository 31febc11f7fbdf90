"""Lists of challenges: the public one, the one of staff, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, or_, select, true

from pitchfest.accounts.models import TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.challenges.models import ChallengeDuty, ChallengeEdit, ChallengeRoute
from pitchfest.challenges.queries.duties import AFTERWARDS, COLUMNS, RECORDED, can_be_left, duties_waiting
from pitchfest.challenges.queries.scope import CHALLENGE, effective, effective_in, visible_to
from pitchfest.challenges.queries.search import found_by, relevance
from pitchfest.challenges.rules import (
    AWAITED_IN,
    DAYS,
    DUE_COLUMNS,
    EDITABLE,
    PUBLISHED,
    RELEASED,
    STAGES,
    THEMES,
    ChallengeState,
    DueDate,
    Sort,
    Stage,
    Within,
    effective_state,
    search_words,
)
from pitchfest.db import UtcDateTime, db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.waiting import Waiting


@dataclass(frozen=True, slots=True)
class ListedChallenge:
    """A challenge as a list shows it; `state` is the one that holds now."""

    id: int
    reference: str
    title: str
    question: str
    owner_organisation: str
    theme: str
    budget_pence: int | None
    state: ChallengeState
    state_since: datetime
    published_at: datetime | None
    closes_at: datetime | None
    decision_due: datetime | None
    officer_id: int
    scheduled_for: datetime | None = None


_FIELDS = list(ListedChallenge.__dataclass_fields__)
_STATE = _FIELDS.index("state")
_LISTED = select(*(CHALLENGE[name] for name in _FIELDS))


def _listed(
    statement: Select[Any], now: datetime, values: dict[str, object] | None = None
) -> list[ListedChallenge]:
    rows = db.session.execute(statement, values)
    return [_read(row, now) for row in rows]


def _read(row: Row[Any], now: datetime) -> ListedChallenge:
    values = list(row)
    values[_STATE] = effective_state(row.state, row.closes_at, now)
    return ListedChallenge(*values)


def _matching(text: str) -> ColumnElement[bool]:
    """That every word is found somewhere in what a challenge is called or asks."""
    where = (CHALLENGE.reference, CHALLENGE.title, CHALLENGE.question, CHALLENGE.owner_organisation)
    found = [or_(*(column.icontains(word, autoescape=True) for column in where)) for word in text.split()]
    return and_(true(), *found)


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_NOW = bindparam("now", type_=UtcDateTime)
_PUBLIC = (CHALLENGE.state.in_(sorted(PUBLISHED)), CHALLENGE.practice.is_(False))
_PUBLIC_COUNTS = (
    select(effective(_NOW).label("holds"), CHALLENGE.theme, func.count())
    .where(*_PUBLIC)
    .group_by("holds", CHALLENGE.theme)
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a visitor looks for among the published challenges; nothing set is everything, in the usual order:
    the best match first where words are sought, else what closes soonest.
    """

    text: str = ""
    stage: Stage | None = None
    theme: str = ""
    within: Within | None = None
    sort: Sort | None = None

    @property
    def usual(self) -> Sort:
        """The order where none was chosen."""
        return Sort.RELEVANCE if search_words(self.text) else Sort.CLOSING

    @property
    def order(self) -> Sort:
        """The order in which the list stands: by relevance only where there is a word to be relevant to."""
        return self.usual if self.sort in {None, Sort.RELEVANCE} else Sort(self.sort)

    @property
    def is_plain(self) -> bool:
        """Whether only a stage narrows the list."""
        return not (self.text or self.theme or self.within) and self.order is Sort.CLOSING


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are found at each stage and of each theme, whichever of the two was chosen."""

    stages: dict[Stage, int]
    themes: dict[str, int]
    total: int


def public_counts(now: datetime, sought: Sought) -> Counts:
    """How many published challenges there are; one statement."""
    narrowed = _narrowed(sought, now)
    statement = _PUBLIC_COUNTS.where(*narrowed) if narrowed else _PUBLIC_COUNTS
    rows = db.session.execute(statement, {"now": now}).all()
    of_theme = [(s, n) for s, theme, n in rows if not sought.theme or theme == sought.theme]
    states = STAGES[sought.stage] if sought.stage else PUBLISHED
    return Counts(
        stages={stage: sum(n for s, n in of_theme if s in found) for stage, found in STAGES.items()},
        themes={
            key: count
            for key in THEMES
            if (count := sum(n for s, theme, n in rows if theme == key and s in states))
        },
        total=sum(n for s, n in of_theme if s in states),
    )


def _narrowed(sought: Sought, now: datetime) -> list[ColumnElement[bool]]:
    """What a search and a closing time leave; the theme and the stage are counted beside."""
    found = [found_by(sought.text)] if sought.text else []
    if sought.within:
        last = now + timedelta(days=DAYS[sought.within])
        found += [effective_in({ChallengeState.OPEN}, now), CHALLENGE.closes_at <= last]
    return found


_STILL_OPEN = effective_in({ChallengeState.OPEN}, _NOW)
_SOONEST = (
    case((_STILL_OPEN, 0), else_=1),
    case((_STILL_OPEN, CHALLENGE.closes_at)),
    CHALLENGE.closes_at.desc(),
    CHALLENGE.reference,
)
#: Order → its columns; by relevance the words come before.
_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.CLOSING: _SOONEST,
    Sort.NEWEST: (CHALLENGE.published_at.desc(), CHALLENGE.reference.desc()),
}


@cache
def _public_page(stage: Stage | None, sort: Sort) -> Select[Any]:
    return (
        _LISTED.where(
            effective_in(STAGES[stage] if stage else PUBLISHED, _NOW), CHALLENGE.practice.is_(False)
        )
        .order_by(*_ORDERS.get(sort, ()))
        .limit(bindparam("size"))
        .offset(bindparam("before"))
    )


def public_page(now: datetime, sought: Sought, *, number: int, size: int) -> list[ListedChallenge]:
    """One page of what is found, in the order asked for; by closing time: open ones, then the others, newest
    first.
    """
    statement = _public_page(sought.stage, sought.order)
    if not sought.is_plain:
        of_theme = [CHALLENGE.theme == sought.theme] if sought.theme else []
        statement = statement.where(*_narrowed(sought, now), *of_theme)
    if sought.order is Sort.RELEVANCE:
        statement = statement.order_by(relevance(sought.text), *_SOONEST)
    return _listed(statement, now, {"now": now, "size": size, "before": (number - 1) * size})


#: Name of a sort order → its columns.
SORTS: dict[str, tuple[Any, ...]] = {
    "newest": (CHALLENGE.created_at.desc(), CHALLENGE.reference.desc()),
    "closing": (CHALLENGE.closes_at.is_(None), CHALLENGE.closes_at, CHALLENGE.reference),
    "title": (func.lower(CHALLENGE.title), CHALLENGE.reference),
    "waiting": (CHALLENGE.state.in_(RELEASED), CHALLENGE.state_since, CHALLENGE.reference),
}


def staff_counts(
    actor: Actor | None, now: datetime, *, text: str = "", practice: bool = False
) -> dict[ChallengeState, int]:
    """How many challenges, real ones or those for practice, `actor` may see in each state that has
    any, in the order of the life cycle.
    """
    rows = db.session.execute(
        select(effective(now).label("holds"), func.count())
        .where(visible_to(actor, now), CHALLENGE.practice.is_(practice), _matching(text))
        .group_by("holds")
    )
    found = {row[0]: row[1] for row in rows}
    return {s: found[s] for s in ChallengeState if s in found}


def staff_page(
    actor: Actor | None,
    now: datetime,
    *,
    state: ChallengeState | None = None,
    text: str = "",
    sort: str = "newest",
    number: int = 1,
    size: int | None = None,
    practice: bool = False,
) -> list[ListedChallenge]:
    """One page, or with no `size` all, of the challenges, real or for practice, that `actor` may see."""
    states = {state} if state else set(ChallengeState)
    statement = (
        _LISTED.where(
            visible_to(actor, now),
            CHALLENGE.practice.is_(practice),
            effective_in(states, now),
            _matching(text),
        )
        .order_by(*SORTS[sort])
        .limit(size)
        .offset((number - 1) * (size or 0))
    )
    return _listed(statement, now)


_OFFICER_TASKS: dict[ChallengeState, tuple[str, str]] = {
    ChallengeState.DRAFT: ("Finish the challenge “{}”", "Carry on writing"),
    ChallengeState.CHANGES_WANTED: ("An approver wants changes to “{}”", "See what to change"),
    ChallengeState.APPROVED: ("Publish “{}”, which is approved", "Publish"),
}


#: That the procurement lead has still to agree to the route; never in practice.
_TO_CONFIRM = and_(
    CHALLENGE.practice.is_(False),
    ChallengeRoute.challenge_id.is_not(None),
    ChallengeRoute.confirmed_at.is_(None),
)


def waiting(actor: Actor, now: datetime) -> list[Waiting]:
    """What waits for this person before a challenge is public, to cancel one or open it again, to say that
    a published date has passed, and what its route asks for after publication; one statement.

    A draft for practice waits for its own officer only.
    """
    if not actor.has(Role.OFFICER, Role.LEAD, Role.APPROVER):
        return []
    wrote = (
        select(ChallengeEdit.id)
        .where(ChallengeEdit.challenge_id == CHALLENGE.id, ChallengeEdit.person_id == actor.person_id)
        .exists()
    )
    rows = db.session.execute(
        select(
            CHALLENGE.reference,
            CHALLENGE.title,
            CHALLENGE.state,
            CHALLENGE.state_since,
            wrote.label("wrote"),
            CHALLENGE.judging_deadline,
            CHALLENGE.decision_due,
            _late(now).label("late"),
            TwoPersonAct.kind,
            TwoPersonAct.proposer_id,
            TwoPersonAct.proposed_at,
            CHALLENGE.scheduled_for,
            (CHALLENGE.scheduled_for <= now).label("is_held"),
            _TO_CONFIRM.label("to_confirm"),
            *COLUMNS,
        )
        .outerjoin(ChallengeRoute, ChallengeRoute.challenge_id == CHALLENGE.id)
        .outerjoin(ChallengeDuty, RECORDED)
        .outerjoin(
            TwoPersonAct,
            (TwoPersonAct.object == "challenge:" + CHALLENGE.reference)
            & TwoPersonAct.kind.in_(sorted(_TO_AGREE))
            & (TwoPersonAct.outcome == ActOutcome.PROPOSED)
            & (TwoPersonAct.object_version == CHALLENGE.version),
        )
        .where(
            or_(
                CHALLENGE.state.in_([*_OFFICER_TASKS, ChallengeState.IN_REVIEW]),
                (CHALLENGE.state == ChallengeState.SCHEDULED)
                & or_(_TO_CONFIRM, CHALLENGE.scheduled_for <= now),
                TwoPersonAct.proposer_id.is_not(None),
                _late(now).is_not(None),
                can_be_left(actor),
            ),
            or_(
                CHALLENGE.practice.is_(False),
                CHALLENGE.state.not_in(EDITABLE),
                CHALLENGE.officer_id == actor.person_id,
            ),
        )
        .order_by(CHALLENGE.state_since, CHALLENGE.reference, ChallengeDuty.id)
    ).all()
    tasks = [task for row in rows if row.state not in AFTERWARDS and (task := _task(actor, row)) is not None]
    return tasks + duties_waiting(actor, [row for row in rows if row.state in AFTERWARDS], now)


def _late(now: datetime) -> ColumnElement[str | None]:
    """The published date that has passed without what was to happen by then, never in practice. One page asks
    for both, so of two it is the decision's.
    """
    return case(
        *(
            (
                CHALLENGE.practice.is_(False)
                & effective(now).in_(sorted(AWAITED_IN[what]))
                & (CHALLENGE[DUE_COLUMNS[what]] <= now),
                what.value,
            )
            for what in (DueDate.DECISION, DueDate.JUDGING)
        )
    )


_LATE = {
    DueDate.JUDGING: "The judges of “{}” have not finished on time. Say when they will",
    DueDate.DECISION: "The decision on “{}” is late. Say when suppliers will hear",
}
#: While no judge can score yet, it is not they who are late.
_JUDGED_LATER = "The day by which judges finish has passed for “{}”. Say when they will finish"


def _to_delay(actor: Actor, row: Any) -> Waiting | None:
    if not actor.has(Role.OFFICER, Role.LEAD):
        return None
    what = DueDate(row.late)
    early = what is DueDate.JUDGING and row.state != ChallengeState.JUDGING
    return Waiting(
        text=(_JUDGED_LATER if early else _LATE[what]).format(row.title),
        button="Give a new date",
        endpoint="manage.later",
        values={"reference": row.reference},
        since=getattr(row, DUE_COLUMNS[what]),
        blocks_others=True,
    )


def _to_confirm(actor: Actor, row: Any) -> Waiting | None:
    text = "Confirm the route of “{}”, so that it can be published"
    return _of_the_lead(actor, row, text, row.state_since)


def _to_settle(actor: Actor, row: Any) -> Waiting | None:
    """What the lead does about a scheduled challenge: at once where it is held up."""
    if row.is_held:
        text = "“{}” was to be published and could not be. See what is missing"
        return _of_the_lead(actor, row, text, row.scheduled_for)
    return _to_confirm(actor, row)


def _of_the_lead(actor: Actor, row: Any, text: str, since: datetime) -> Waiting | None:
    if not actor.has(Role.LEAD):
        return None
    return Waiting(
        text=text.format(row.title),
        button="See the route",
        endpoint="manage.route",
        values={"reference": row.reference},
        since=since,
        blocks_others=True,
    )


#: What two people do to a challenge → what is proposed, and where.
_TO_AGREE = {
    ActKind.CANCEL: ("cancel “{}”", "manage.cancel"),
    ActKind.REOPEN: ("open “{}” again after an outage", "manage.reopen"),
}


def _to_agree(actor: Actor, row: Any) -> Waiting | None:
    if row.proposer_id == actor.person_id or not actor.has(Role.LEAD, Role.APPROVER):
        return None
    what, endpoint = _TO_AGREE[row.kind]
    return Waiting(
        text=f"Someone proposes to {what.format(row.title)}. Agree, or talk to them",
        button="Look and decide",
        endpoint=endpoint,
        values={"reference": row.reference},
        since=row.proposed_at,
        blocks_others=True,
    )


def _task(actor: Actor, row: Any) -> Waiting | None:
    if row.proposer_id is not None:
        return _to_agree(actor, row)
    if row.state == ChallengeState.SCHEDULED:
        return _to_settle(actor, row)
    if row.late is not None:
        return _to_delay(actor, row)
    if row.state == ChallengeState.IN_REVIEW and actor.has(Role.APPROVER) and not row.wrote:
        text, button = "Read “{}” and approve it, or ask for changes", "Read it"
    elif row.to_confirm and row.state in _AFTER_WRITING and actor.has(Role.LEAD):
        return _to_confirm(actor, row)
    elif row.state in _OFFICER_TASKS and (
        actor.has(Role.OFFICER) or (row.state == ChallengeState.APPROVED and actor.has(Role.LEAD))
    ):
        text, button = _OFFICER_TASKS[row.state]
    else:
        return None
    return Waiting(
        text=text.format(row.title),
        button=button,
        endpoint="manage.challenge",
        values={"reference": row.reference},
        since=row.state_since,
        blocks_others=row.state != ChallengeState.DRAFT,
    )


#: Written, and not published yet.
_AFTER_WRITING = frozenset({ChallengeState.IN_REVIEW, ChallengeState.APPROVED})
