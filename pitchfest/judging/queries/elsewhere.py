"""A file of scores that were given elsewhere: what it is read against, how far it is, and what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, literal, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Organisation, Person
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging.models import (
    BroughtCard,
    BroughtFile,
    PanelMember,
    PlannedPair,
    Scorecard,
)
from pitchfest.judging.queries.names import shown_name
from pitchfest.judging.queries.progress import CardRow, declaration_states
from pitchfest.judging.queries.progress import cards as every_card
from pitchfest.judging.queries.rounds import IN_PLAY, PanelRow, PitchRow, opened_pitches, panel
from pitchfest.judging.rules import Round
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.elsewhere import ENDED, BroughtState, Ground, Named, Pair, folded
from pitchfest.judging.rules.planning import PairKind
from pitchfest.judging.rules.scoring import Criterion
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState, DeclarationState
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import Pitch

_FILE, _CARD = BroughtFile.__table__.c, Scorecard.__table__.c

_NOT_JUDGED = "This pitch is not judged: it was withdrawn, or found not eligible."
_LEFT = "This judge has left the panel."
_WORKED_OUT = "This criterion is worked out from the price, so nobody scores it. Leave it out."
_SAID = {
    DeclarationState.INTEREST: "The judge declared an interest here, and it is not decided yet.",
    DeclarationState.ASKED: "The judge was asked to declare again, and has not yet.",
    DeclarationState.RECUSED: "This judge does not judge this pitch.",
}
_NOT_DECLARED = "The judge has not declared yet whether they know this supplier."
_SIGNED = "This scorecard is signed off already."
_BEGUN = "The judge has begun this scorecard. What a judge wrote is never overwritten."
_KEPT_APART = "The plan keeps this judge from this pitch."


def ground(round_: Round) -> Ground:
    """What a file is read against; as many statements for many judges as for one."""
    pitches, judges = opened_pitches(round_.id, names=round_.names), panel(round_.id)
    criteria = challenges.criteria(round_.id)
    judged = [c for c in criteria if c.kind == CriterionKind.JUDGED]
    return Ground(
        pitches=_known((p.reference, p.organisation_name, _of_pitch(p)) for p in pitches),
        judges=_known((j.email, j.name, _of_judge(j)) for j in judges),
        criteria=_known(
            (c.name, c.name, Named(c.id, c.name, "" if c in judged else _WORKED_OUT)) for c in criteria
        ),
        limits={c.id: Criterion("", c.weight, c.minimum, c.maximum, c.step) for c in judged},
        kept_from=_kept_from(round_.id, pitches, judges),
        reason_words=round_.reason_words,
    )


def _of_pitch(pitch: PitchRow) -> Named:
    says = f"{pitch.organisation_name} ({pitch.reference})"
    return Named(pitch.id, says, "" if pitch.state in IN_PLAY else _NOT_JUDGED)


def _of_judge(judge: PanelRow) -> Named:
    return Named(judge.member_id, judge.name, "" if judge.active else _LEFT)


def _known(rows: Iterable[tuple[str, str, Named]]) -> dict[str, Named]:
    """Each thing by what identifies it, and by its name where no other has the same."""
    found = list(rows)
    times = Counter(folded(name) for _, name, _ in found)
    by_name = {folded(name): named for _, name, named in found if times[folded(name)] == 1}
    return by_name | {folded(key): named for key, _, named in found}


def _kept_from(challenge_id: int, pitches: list[PitchRow], judges: list[PanelRow]) -> dict[Pair, str]:
    said = declaration_states(challenge_id)
    known = {(card.member_id, card.pitch_id): card for card in every_card(challenge_id)}
    rows = db.session.execute(
        select(PlannedPair.panel_member_id, PlannedPair.pitch_id)
        .where(PlannedPair.challenge_id == challenge_id, PlannedPair.kind == PairKind.EXCLUDED)
        .order_by(PlannedPair.id)
    )
    apart = {(member_id, pitch_id) for member_id, pitch_id in rows}
    every = [(judge.member_id, pitch.id) for judge in judges for pitch in pitches]
    why = {pair: _why_not(said.get(pair), known.get(pair), apart=pair in apart) for pair in every}
    return {pair: words for pair, words in why.items() if words}


def _why_not(said: DeclarationState | None, card: CardRow | None, *, apart: bool) -> str:
    """Why a judge's scores for a pitch cannot come from a file, "" where they can."""
    if said not in MAY_READ:
        return _NOT_DECLARED if said is None else _SAID[said]
    if card is None:
        return _KEPT_APART if apart else ""
    if card.state in COUNTED:
        return _SIGNED
    if card.state != CardState.ASSIGNED:
        return ENDED
    return _BEGUN if card.started else ""


class OpenFile(NamedTuple):
    """The file of a round that is not confirmed yet; what it holds according to its state."""

    id: int
    state: BroughtState
    name: str
    sha256: str
    by_id: int
    by_name: str
    at: datetime
    sheet: list[list[str | None]]
    meanings: list[str]
    cards: dict[Pair, dict[int, Mark]]

    @property
    def proposed(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == BroughtState.PROPOSED

    def by_judge(self) -> Counter[int]:
        """How many scorecards it brings of each judge, by id as a panel member."""
        return Counter(member_id for member_id, _ in self.cards)


def open_file(challenge_id: int) -> OpenFile | None:
    """The file of scores that was brought and is not confirmed; None where there is none."""
    row = db.session.execute(
        select(
            _FILE.id,
            _FILE.state,
            _FILE.name,
            _FILE.sha256,
            _FILE.by_id,
            Person.name,
            _FILE.at,
            _FILE.sheet,
            _FILE.meanings,
            _FILE.marks,
        )
        .join(Person, Person.id == _FILE.by_id)
        .where(_FILE.challenge_id == challenge_id, _FILE.state != BroughtState.CONFIRMED)
    ).one_or_none()
    if row is None:
        return None
    cards: dict[Pair, dict[int, Mark]] = {}
    for member_id, pitch_id, criterion_id, *mark in json.loads(row.marks or "[]"):
        cards.setdefault((member_id, pitch_id), {})[criterion_id] = Mark(*mark)
    sheet, meanings = json.loads(row.sheet or "[]"), json.loads(row.meanings or "[]")
    return OpenFile._make((*row[:7], sheet, meanings, cards))


class Origin(NamedTuple):
    """From where the scores of a card came, and whose word they came on."""

    card_id: int
    name: str
    sha256: str
    by_name: str
    by_email: str
    at: datetime
    confirmed_by: str
    confirmed_at: datetime


_BY, _CONFIRMER = aliased(Person), aliased(Person)
_ORIGINS = (
    select(
        BroughtCard.scorecard_id,
        _FILE.name,
        _FILE.sha256,
        _BY.name,
        _BY.email,
        _FILE.at,
        _CONFIRMER.name,
        _FILE.confirmed_at,
    )
    .join(BroughtFile, _FILE.id == BroughtCard.file_id)
    .join(_BY, _BY.id == _FILE.by_id)
    .join(_CONFIRMER, _CONFIRMER.id == _FILE.confirmed_by_id)
    .order_by(BroughtCard.scorecard_id)
)
_ORIGIN = _ORIGINS.where(BroughtCard.scorecard_id == bindparam("card_id"))


def origin(card_id: int) -> Origin | None:
    """From where a card's scores came; None where its judge gave them here."""
    row = db.session.execute(_ORIGIN, {"card_id": card_id}).one_or_none()
    return None if row is None else Origin(*row)


def origins(challenge_id: int) -> dict[int, Origin]:
    """The same for every card of a challenge that came from a file, by card id."""
    rows = db.session.execute(_ORIGINS.where(_FILE.challenge_id == challenge_id))
    return {row[0]: Origin(*row) for row in rows}


class BroughtRow(NamedTuple):
    """A card that came from a file and is not locked yet: whose, and of which pitch, never what is on it."""

    card_id: int
    judge: str
    supplier: str
    pitch: str
    person_id: int
    member_id: int
    pitch_id: int
    active: bool


def brought_cards(challenge_id: int) -> list[BroughtRow]:
    """Every card from a file that could be taken back, by judge, then pitch."""
    rows: Any = db.session.execute(
        select(
            _CARD.id,
            Person.name,
            shown_name(literal(value=True)),
            Pitch.reference,
            Person.id,
            PanelMember.id,
            Pitch.id,
            PanelMember.released_at.is_(None),
        )
        .join(BroughtCard, BroughtCard.scorecard_id == _CARD.id)
        .join(PanelMember, PanelMember.id == _CARD.panel_member_id)
        .join(Person, Person.id == PanelMember.person_id)
        .join(Pitch, Pitch.id == _CARD.pitch_id)
        .join(Organisation, Organisation.id == Pitch.organisation_id)
        .where(Pitch.challenge_id == challenge_id, _CARD.state == CardState.SIGNED)
        .order_by(Person.name, Pitch.reference, _CARD.id)
    )
    return [BroughtRow(*row) for row in rows]


def brought_card(challenge_id: int, card_id: int) -> BroughtRow:
    """One of them. Raises NotFound."""
    row = next((row for row in brought_cards(challenge_id) if row.card_id == card_id), None)
    if row is None:
        raise NotFound
    return row


def has_brought(person_id: int, file_id: int) -> bool:
    """Whether scores from this file still stand on scorecards of this person."""
    return bool(
        db.session.scalar(
            select(
                exists()
                .where(BroughtCard.file_id == file_id, BroughtCard.scorecard_id == Scorecard.id)
                .where(Scorecard.panel_member_id == PanelMember.id, PanelMember.person_id == person_id)
            )
        )
    )


def knows_brought_scores(person_id: int, challenge_id: int) -> bool:
    """Whether a person brought a file of scores that is open or counts, or confirmed one, and so read what
    judges gave.
    """
    mine = or_(_FILE.by_id == person_id, _FILE.confirmed_by_id == person_id)
    return bool(db.session.scalar(select(exists().where(_FILE.challenge_id == challenge_id, mine))))


def still_scores(round_: Round, file: OpenFile) -> bool:
    """Whether the person of `round_` has still to score by themselves what the file does not hold of theirs,
    so that others' scores would lead them.
    """
    return any(
        card.member_id == round_.member_id
        and card.state == CardState.ASSIGNED
        and (card.member_id, card.pitch_id) not in file.cards
        for card in every_card(round_.id)
    )
