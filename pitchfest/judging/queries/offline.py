"""A judge's own cards of one challenge, for a sheet to take away and to bring back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, select

from pitchfest.accounts.models import Organisation
from pitchfest.db import db
from pitchfest.judging.models import Declaration, Score, Scorecard
from pitchfest.judging.queries.cards import judged_criteria
from pitchfest.judging.queries.names import names_kept, shown_name
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules import Round
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.offline import Line, scale_text
from pitchfest.judging.rules.order import own_order
from pitchfest.judging.rules.scoring import Criterion
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries.files_for_judges import given_files
from pitchfest.pitches.queries.hiding import hidden_words
from pitchfest.pitches.rules.reading import read, say
from pitchfest.pitches.rules.without_names import AS_IT_IS, CAME_AS_COPY, WITHHELD, FileGiven, hide
from pitchfest.pitches.rules.without_names import without_names as as_judged

_CARD, _SCORE, _PITCH = Scorecard.__table__.c, Score.__table__.c, Pitch.__table__.c
_DECLARED, _ORGANISATION = Declaration.__table__.c, Organisation.__table__.c

SIGNED = "You signed off this scorecard, so it can no longer be changed."
WITHDRAWN = "This pitch was withdrawn. There is nothing left to score."

_CARDS = (
    select(
        _CARD.id,
        _CARD.version,
        _CARD.state,
        _PITCH.id.label("pitch_id"),
        _PITCH.reference,
        _PITCH.state.label("pitch_state"),
        shown_name().label("supplier"),
        names_kept().label("without_names"),
    )
    .join(Pitch.__table__, _PITCH.id == _CARD.pitch_id)
    .join(Organisation.__table__, _ORGANISATION.id == _PITCH.organisation_id)
    .join(
        Declaration.__table__,
        and_(_DECLARED.panel_member_id == _CARD.panel_member_id, _DECLARED.pitch_id == _PITCH.id),
    )
    .where(
        _CARD.panel_member_id == bindparam("member_id"),
        _DECLARED.state.in_(sorted(MAY_READ)),
        _CARD.state.in_(sorted({CardState.ASSIGNED} | COUNTED)),
    )
    .order_by(_CARD.id)
)
_MARKS = (
    select(_SCORE.scorecard_id, _SCORE.criterion_id, *(_SCORE[name] for name in Mark._fields))
    .join(Scorecard.__table__, _CARD.id == _SCORE.scorecard_id)
    .where(_CARD.panel_member_id == bindparam("member_id"))
    .order_by(_SCORE.scorecard_id, _SCORE.criterion_id)
)


def sheet_lines(round_: Round) -> list[Line]:
    """Every criterion of every card that is the judge's own to read, card by card in the judge's own order.

    As many statements for many cards as for one. `round_` is as that judge meets it.
    """
    rows = db.session.execute(_CARDS, {"member_id": round_.member_id}).all()
    marks = {
        (card, criterion): Mark(*mark)
        for card, criterion, *mark in db.session.execute(_MARKS, {"member_id": round_.member_id})
    }
    criteria = judged_criteria(round_.id)
    words = _answers({row.pitch_id: row.without_names for row in rows})
    by_id = {row.id: row for row in rows}
    return [
        Line(
            card_id=row.id,
            version=row.version,
            criterion_id=criterion.id,
            pitch=row.reference,
            supplier=row.supplier,
            criterion=criterion.name,
            weight=criterion.weight,
            answers=words.get((row.pitch_id, criterion.id)) or words.get((row.pitch_id, None), ""),
            scale=scale_text(limits, criterion.anchors),
            words=round_.reason_words,
            limits=limits,
            mark=marks.get((row.id, criterion.id), Mark(None, "")),
            closed=_closed(row),
        )
        for row in map(by_id.__getitem__, own_order(round_.member_id or 0, by_id))
        for criterion in criteria
        for limits in (Criterion("", criterion.weight, criterion.minimum, criterion.maximum, criterion.step),)
    ]


def _closed(row: Any) -> str:
    if row.state != CardState.ASSIGNED:
        return SIGNED
    return WITHDRAWN if row.pitch_state not in IN_PLAY else ""


#: What stands for a pitch that came as a file of which judges do not get what was sent.
_IN_ITS_PLACE = {FileGiven.WITHHELD: WITHHELD, FileGiven.COPY: CAME_AS_COPY}


def _answers(without_names: dict[int, bool]) -> dict[tuple[int, int | None], str]:
    """(pitch, criterion) → its questions and answers in words; None for a pitch that came as one piece.
    Of the pitches (by id) that are read without names, files have none either.
    """
    kept = [pitch for pitch, is_kept in without_names.items() if is_kept]
    hidden = hidden_words(kept) if kept else {}
    files = given_files(kept) if kept else {}
    whole = pitches.texts_as_received(without_names, kept)
    found: dict[tuple[int, int | None], str] = {
        (pitch, None): _IN_ITS_PLACE.get(files.get((pitch, None), AS_IT_IS).given)
        or hide(text, hidden.get((pitch, None), ()))
        for pitch, text in whole.items()
    }
    for pitch_id, answers in pitches.answers_of(without_names).items():
        for answer in answers if pitch_id not in whole else ():
            if answer.criterion_id is None:
                continue
            shown = read(answer.kind, answer.options, answer.text)
            if without_names[pitch_id]:
                place = pitch_id, answer.position
                shown = as_judged(shown, hidden.get(place, ()), files.get(place, AS_IT_IS))
            said = say(shown) or "No answer."
            key = pitch_id, answer.criterion_id
            before = f"{found[key]}\n\n" if key in found else ""
            found[key] = f"{before}{answer.ask}\n{said}"
    return found
