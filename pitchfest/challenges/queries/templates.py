"""The region's templates, and what a challenge can lend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge, ChallengeTemplate
from pitchfest.challenges.queries.one import criteria, questions
from pitchfest.challenges.rules import (
    RELEASED,
    ChallengeRow,
    ChallengeState,
    Template,
    read_template,
    template_of,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.calendar import uk_bank_holidays
from pitchfest.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template of the region. `made_from` is a challenge's reference, "" for a file from elsewhere."""

    id: int
    name: str
    note: str
    body: str
    made_from: str
    made_by: str
    made_at: datetime
    changed_at: datetime
    retired_at: datetime | None
    uses: int
    version: int

    @property
    def template(self) -> Template:
        """What it holds."""
        return read_template(self.body)


_T = ChallengeTemplate.__table__.c


def _rows() -> Select[Any]:
    kept = [_T[name] for name in TemplateRow.__dataclass_fields__ if name != "made_by"]
    return select(*kept, Person.name.label("made_by")).join(Person, Person.id == _T.made_by_id)


def templates(*, with_retired: bool = True) -> list[TemplateRow]:
    """The templates by name, retired ones last; one statement."""
    retired = _T.retired_at.is_not(None)
    statement = _rows().order_by(retired, func.lower(_T.name), _T.id)
    rows = db.session.execute(statement if with_retired else statement.where(~retired))
    return [TemplateRow(**row._mapping) for row in rows]


def template(*, actor: Actor | None, now: datetime, template_id: int) -> TemplateRow:  # noqa: ARG001 - a loader's
    """One template, whoever asks. Raises NotFound."""
    row = db.session.execute(_rows().where(_T.id == template_id)).one_or_none()
    if row is None:
        raise NotFound
    return TemplateRow(**row._mapping)


def lent_by(challenge: ChallengeRow, now: datetime) -> Template:
    """What a challenge can lend; three statements."""
    return template_of(
        challenge,
        criteria(challenge.id),
        questions(challenge.id),
        now=now,
        holidays=uk_bank_holidays,
    )


_OVER = RELEASED | {ChallengeState.WITHDRAWN, ChallengeState.CANCELLED}


def title_in_use(title: str) -> bool:
    """Whether a challenge that is still under way has exactly this title."""
    found = select(Challenge.id).where(Challenge.title == title, Challenge.state.not_in(sorted(_OVER)))
    return db.session.execute(found.limit(1)).first() is not None
