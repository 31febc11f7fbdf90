"""What suppliers will read on each criterion, and the judges' reasons that it is made from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, literal, select

from pitchfest.accounts import queries as accounts
from pitchfest.awards.models import Explanation
from pitchfest.awards.queries.standing import AwardPitch
from pitchfest.awards.rules import LEAST_WORDS, ExplainFacts
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import RELEASED, CriterionKind, CriterionRow
from pitchfest.db import db
from pitchfest.judging import queries as judging
from pitchfest.judging.models import Declaration, PanelMember
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import count_words
from pitchfest.pitches import queries as opened_pitches
from pitchfest.pitches.rules.without_names import called


@dataclass(frozen=True, slots=True)
class Explained:
    """The newest text on one criterion of one pitch; `id` is that of its row."""

    id: int
    text: str
    author_id: int
    at: datetime


def explanations(pitch_ids: Collection[int]) -> dict[tuple[int, int], Explained]:
    """The newest texts by (pitch id, criterion id); one statement. What was written by someone who is
    recused from the pitch by now counts as not written, and stays in the record.
    """
    e = Explanation.__table__.c
    newest = (
        select(func.max(e.id)).where(e.pitch_id.in_(sorted(pitch_ids))).group_by(e.pitch_id, e.criterion_id)
    )
    rows = db.session.execute(
        select(e.id, e.pitch_id, e.criterion_id, text_that_counts(), e.author_id, e.at)
        .where(e.id.in_(newest))
        .order_by(e.pitch_id, e.criterion_id)
    )
    return {
        (row.pitch_id, row.criterion_id): Explained(row.id, row.text, row.author_id, row.at) for row in rows
    }


def text_that_counts() -> ColumnElement[str]:
    """The text of an explanation, "" where its author is recused from the pitch."""
    e = Explanation.__table__.c
    m, d = PanelMember.__table__.alias("writing").c, Declaration.__table__.alias("declared_by_writer").c
    recused = (
        exists()
        .where(
            m.id == d.panel_member_id,
            m.person_id == e.author_id,
            d.pitch_id == e.pitch_id,
            d.state == DeclarationState.RECUSED,
        )
        .correlate(Explanation)
    )
    return case((recused, literal("")), else_=e.text).label("text")


def explain_facts(*, actor: Actor, now: datetime, reference: str) -> ExplainFacts:
    """An opened pitch that is still in, with who writes its explanations. Raises NotFound."""
    pitch = opened_pitches.opened_by_reference(reference)
    if pitch.state not in judging.IN_PLAY:
        raise NotFound
    challenge = challenges.by_id(pitch.challenge_id, now)
    kept = challenge.names_hidden and challenge.effective not in RELEASED
    return ExplainFacts(
        challenge,
        pitch.id,
        pitch.reference,
        called(pitch.reference) if kept else pitch.organisation_name,
        judging.explainers(challenge.id).get(pitch.id),
        without_scores=bool(judging.recused_pitch_ids(actor.person_id, challenge.id)),
    )


@dataclass(frozen=True, slots=True)
class Reason:
    """What one judge wrote for the supplier, and the score in hundredths: None where they left it out."""

    judge_name: str
    hundredths: int | None
    text: str


def reasons(pitch_id: int) -> dict[int, list[Reason]]:
    """The judges' reasons that count, by criterion id."""
    found: dict[int, list[Reason]] = {}
    for score in judging.card_scores(pitch_id):
        found.setdefault(score.criterion_id, []).append(
            Reason(score.judge_name, score.hundredths, score.reason)
        )
    return found


def agreed(pitch_id: int) -> dict[int, Reason]:
    """What the panel agreed on a pitch, by criterion id; without a figure where the mean stands."""
    return {
        criterion_id: Reason("The panel agreed", agreement.hundredths, agreement.reason)
        for criterion_id, agreement in judging.settled_on(pitch_id).items()
    }


@dataclass(frozen=True, slots=True)
class ExplainRow:
    """How far the explanations of one pitch are, and who writes them (None: nobody is named)."""

    reference: str
    organisation_name: str
    done: int
    total: int
    writer_id: int | None
    writer_name: str


def overview(
    challenge_id: int,
    criteria: Collection[CriterionRow],
    pitches: Collection[AwardPitch],
    *,
    names: bool,
) -> list[ExplainRow]:
    """The pitches still in by reference, with what is explained in full. `names`: the reader may know who
    pitches.
    """
    in_play = [pitch for pitch in pitches if pitch.in_play]
    judged = [c.id for c in criteria if c.kind == CriterionKind.JUDGED]
    texts = explanations([pitch.id for pitch in in_play])
    writers = judging.explainers(challenge_id)
    people = accounts.person_names({writer for writer in writers.values() if writer is not None})
    rows = []
    for pitch in in_play:
        found = (texts.get((pitch.id, criterion_id)) for criterion_id in judged)
        done = sum(text is not None and count_words(text.text) >= LEAST_WORDS for text in found)
        writer = writers.get(pitch.id)
        writer_name = people.get(writer, "") if writer is not None else ""
        shown = pitch.party.name if names else called(pitch.reference)
        rows.append(ExplainRow(pitch.reference, shown, done, len(judged), writer, writer_name))
    return rows
