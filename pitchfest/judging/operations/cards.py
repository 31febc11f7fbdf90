"""A judge's scorecard: drafts, and the signature that locks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, update

from pitchfest.audit import operations as audit
from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import Base, db
from pitchfest.judging import queries
from pitchfest.judging.operations.further import agenda_follows
from pitchfest.judging.operations.rounds import held
from pitchfest.judging.operations.totals import rewrite
from pitchfest.judging.rules import PERMISSIONS, Card, Permission, scoring
from pitchfest.judging.rules.cards import Mark, digest, draft_problems, missing
from pitchfest.judging.rules.states import CARD, CardState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import Problem, RuleViolation, StaleForm
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.text import tidy

_CARD, _SCORE, _VERSION = (Base.metadata.tables[name] for name in ("scorecard", "score", "score_version"))
#: Once a card was worked on away from the screen, it stays so.
_AWAY: dict[bool, dict[str, bool]] = {False: {}, True: {"away": True}}
_FORGET = delete(_SCORE).where(
    _SCORE.c.scorecard_id == bindparam("card_id"),
    _SCORE.c.criterion_id.in_(bindparam("criterion_ids", expanding=True)),
)


def save_card(
    actor: Actor,
    card_id: int,
    scores: Mapping[int, Mark | tuple[int | None, str]],
    *,
    now: datetime,
    expected_version: int | None = None,
    away: bool = False,
    criteria: Sequence[queries.CriterionFacts] | None = None,
) -> int:
    """Keep the marks (hundredths or None, and a reason) of some criteria as a draft; the new version.

    `criteria`: the judged ones of its challenge where they were read before; they are fixed. `away`: the
    marks come from a sheet that was filled in elsewhere. Incomplete is fine. Every save that changes
    something is kept for good. Raises StaleForm when the card was saved elsewhere meanwhile,
    RuleViolation for a score that is not on the scale.
    """
    card = _claimed(actor, card_id, expected_version, now=now, away=away)
    marks = {key: Mark(*given) for key, given in scores.items()}
    wanted = {key: mark._replace(reason=tidy(mark.reason)) for key, mark in marks.items()}
    known = {c.id: c.for_scoring() for c in criteria or _judged(card.challenge_id)}
    if problems := draft_problems(known, wanted):
        raise RuleViolation(*problems)
    before = {key: saved.mark for key, saved in queries.marks(card_id).items()}
    changed = {key: mark for key, mark in wanted.items() if mark != before.get(key, Mark(None, ""))}
    if changed:
        rows = [
            {"scorecard_id": card_id, "criterion_id": key, **mark._asdict(), "at": now}
            for key, mark in changed.items()
        ]
        db.session.execute(insert(_VERSION), rows)
        db.session.execute(_FORGET, {"card_id": card_id, "criterion_ids": sorted(changed)})
        db.session.execute(insert(_SCORE), rows)
    return card.version


def sign_card(
    actor: Actor, card_id: int, *, now: datetime, expected_version: int | None = None, away: bool = False
) -> None:
    """Sign a card off: it is locked for its judge, and the pitch's totals count it from now on. `away`: its
    judge says that they read it on paper or away from the screen.

    Signing after the judging deadline is allowed and shown as late. Raises RuleViolation naming
    each score or reason that is missing.
    """
    held(queries.card_of(now=now, card_id=card_id).challenge_id)
    card = _claimed(actor, card_id, expected_version, now=now, away=away)
    criteria = _judged(card.challenge_id)
    marks = {key: saved.mark for key, saved in queries.marks(card_id).items()}
    if lacks := missing([(c.id, c.name) for c in criteria], marks, card.reason_words):
        raise RuleViolation(*(Problem(lack.message, lack.field) for lack in lacks))
    scores = {str(c.id): marks[c.id].hundredths or 0 for c in criteria if not marks[c.id].unable}
    own = scoring.own_total(scores, [c.for_scoring() for c in criteria])
    db.session.execute(
        update(_CARD)
        .where(_CARD.c.id == card_id)
        .values(
            state=CARD.fire(card.state, "sign", None).target,
            signed_at=now,
            own_num=own.numerator,
            own_den=own.denominator,
        )
    )
    rewrite(card.challenge_id, card.pitch_id)
    audit.record(
        actor,
        "judging.sign",
        f"card:{card_id}",
        now=now,
        challenge=card.challenge_reference,
        pitch=card.pitch_reference,
        scores=digest({c.id: marks[c.id] for c in criteria}),
        late=card.due is not None and now > card.due,
    )
    if card.further_due:
        agenda_follows(actor, card, now=now)


def _judged(challenge_id: int) -> list[queries.CriterionFacts]:
    return [c for c in queries.criteria(challenge_id) if c.kind == CriterionKind.JUDGED]


def _claimed(actor: Actor, card_id: int, expected_version: int | None, *, now: datetime, away: bool) -> Card:
    """The card, held and at its next version, once `actor` is allowed and the form is not stale.

    The guarded UPDATE comes first because it is also the lock; a refusal rolls it back.
    """
    c = _CARD.c
    guard = [c.id == card_id, c.state == CardState.ASSIGNED]
    if expected_version is not None:
        guard.append(c.version == expected_version)
    claimed = db.session.execute(update(_CARD).where(*guard).values(version=c.version + 1, **_AWAY[away]))
    card = queries.card_of(now=now, card_id=card_id)
    authorise(PERMISSIONS, Permission.CARD_SIGN, actor, card)
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        last = max((saved.at for saved in queries.marks(card_id).values()), default=now)
        raise StaleForm(
            f"You saved this scorecard in another window at {say_moment(last)}. That is what we kept."
        )
    return card
