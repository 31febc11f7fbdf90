"""Letters: as they would go out now, and as they went out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Organisation, Person
from pitchfest.audit import queries as log
from pitchfest.awards.models import Letter, PostedLetter, Release
from pitchfest.awards.queries.explanations import explanations
from pitchfest.awards.queries.standing import (
    AwardPitch,
    DecisionRow,
    Standing,
    decision,
    facts,
    pitches,
    standing,
)
from pitchfest.awards.rules import (
    LEAST_WORDS,
    Assessed,
    LetterFacts,
    LetterKind,
    Outcome,
    assessed_body,
    ineligible_body,
    names_in,
    say_sent,
)
from pitchfest.awards.rules.letters import Body
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeRow, CriterionKind, CriterionRow
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import canonical_json, count_words, plural
from pitchfest.pitches import queries as pitch_queries
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState, Way


@dataclass(frozen=True, slots=True)
class PreviewLetter:
    """One letter as it would go out, to whom, and what it still lacks. `by_hand`: its supplier has no
    account, so somebody sends it.
    """

    pitch_id: int
    reference: str
    organisation_name: str
    kind: LetterKind
    outcome: Outcome | None
    member_ids: tuple[int, ...]
    by_hand: bool
    body: Body
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """All letters of a challenge as they would go out.

    `version` is a whole number below 2^28 made from the words, the people and the challenge's own
    version: it changes when anything does that two people are to agree on.
    """

    letters: tuple[PreviewLetter, ...]
    withdrawn: tuple[AwardPitch, ...]
    decided_by_id: int | None
    version: int

    @property
    def problems(self) -> tuple[str, ...]:
        """What stands in the way of sending, over all letters."""
        return tuple(problem for letter in self.letters for problem in letter.problems)

    @property
    def winners(self) -> int:
        """How many pitches won."""
        return sum(letter.outcome == Outcome.WON for letter in self.letters)


def preview(challenge: ChallengeRow) -> Preview:
    """What would go out if the letters were released now; nine statements."""
    found, decided = pitches(challenge.id), decision(challenge.id)
    criteria = challenges.criteria(challenge.id)
    texts = {key: row.text for key, row in explanations([p.id for p in found if p.in_play]).items()}
    ranking = standing(challenge, criteria, found, decided.lowest_pence, texts)
    told = [p for p in found if p.in_play or p.state == PitchState.INELIGIBLE]
    members = pitch_queries.member_ids([p.id for p in told])
    ways = pitch_queries.ways([p.id for p in told])
    letters = tuple(_letters(challenge, criteria, found, ranking, decided, members, ways))
    agreed = [challenge.version, [[x.reference, x.body, x.member_ids] for x in letters]]
    digest = hashlib.sha256(canonical_json(agreed).encode()).hexdigest()
    return Preview(
        letters,
        tuple(p for p in found if p.state == PitchState.WITHDRAWN),
        decided.by_id,
        int(digest[:7], 16),
    )


def _letters(
    challenge: ChallengeRow,
    criteria: Sequence[CriterionRow],
    found: Sequence[AwardPitch],
    ranking: Sequence[Standing],
    decided: DecisionRow,
    members: dict[int, list[int]],
    ways: dict[int, Way],
) -> Iterator[PreviewLetter]:
    assessed = {place.pitch.id: _assessed(place) for place in ranking}
    winners = [letter for letter in assessed.values() if letter.outcome == Outcome.WON]
    common = _common(challenge, decided, received=sum(p.state != PitchState.WITHDRAWN for p in found))
    for pitch in found:
        if pitch.id not in members:
            continue
        way = ways[pitch.id]
        shared = {**common, "how": way.says_to_supplier} if way.is_another else common
        if pitch.in_play:
            kind, outcome = LetterKind.ASSESSED, pitch.outcome
            body = assessed_body(assessed[pitch.id], winners, shared, minimum_total=challenge.minimum_total)
            explained = "\n".join(line.explanation for line in assessed[pitch.id].lines)
            written = {"the reason of the decision": pitch.reason, "an explanation": explained}
            problems = _lacking(pitch, assessed[pitch.id], criteria)
        else:
            kind, outcome = LetterKind.INELIGIBLE, None
            body = ineligible_body(pitch.reference, pitch.party, pitch.finding, winners, shared)
            written, problems = {"why it is not eligible": pitch.finding}, []
        problems += _other_names(pitch, found, written)
        if not members[pitch.id] and not way.is_another:
            problems.append(
                f"{pitch.reference}: nobody can read this letter any more. Call {pitch.party.name}."
            )
        yield PreviewLetter(
            pitch.id,
            pitch.reference,
            pitch.party.name,
            kind,
            outcome,
            tuple(members[pitch.id]),
            way.is_another,
            body,
            tuple(problems),
        )


def _assessed(place: Standing) -> Assessed:
    pitch = place.pitch
    return Assessed(
        reference=pitch.reference,
        party=pitch.party,
        outcome=pitch.outcome or Outcome.UNSUCCESSFUL,
        reason=pitch.reason,
        rank=place.rank or 0,
        tied=place.tied,
        judges=place.judges,
        total=place.total,
        lines=place.lines,
        adjusted=place.adjusted,
        plain_because=place.plain_because,
        place=place.place,
    )


def _common(challenge: ChallengeRow, decided: DecisionRow, *, received: int) -> Body:
    region = accounts.region()
    return {
        "challenge": {
            "reference": challenge.reference,
            "title": challenge.title,
            "question": challenge.question,
            "after_win": challenge.after_win,
        },
        "from": {
            "region": region.name,
            "authority": region.authority,
            "unit": region.unit,
            "email": region.email,
            "phone": region.phone,
            "decided_by": decided.by_name,
        },
        "received": received,
        **({"practice": True} if challenge.practice else {}),
    }


def _lacking(pitch: AwardPitch, letter: Assessed, criteria: Sequence[CriterionRow]) -> list[str]:
    if pitch.outcome is None:
        return [f"{pitch.reference}: no outcome is recorded."]
    if not letter.lines:
        return [f"{pitch.reference}: no scorecard was signed."]
    problems = []
    for criterion, line in zip(criteria, letter.lines, strict=True):
        short = LEAST_WORDS - count_words(line.explanation)
        if criterion.kind == CriterionKind.JUDGED and short > 0:
            lacks = "is missing" if short == LEAST_WORDS else f"needs {plural(short, 'more word')}"
            problems.append(f"{pitch.reference}: the explanation on “{criterion.name}” {lacks}.")
    return problems


def _other_names(pitch: AwardPitch, found: Sequence[AwardPitch], written: Mapping[str, str]) -> Iterator[str]:
    """A letter names its own supplier and the winners, nobody else who pitched. `written` is place → text."""
    others = [p for p in found if p.id != pitch.id]
    allowed = [pitch.party.name, *(p.party.name for p in others if p.in_play and p.outcome == Outcome.WON)]
    secret = [p.party.name for p in others if p.party.name not in allowed]
    for place, text in written.items():
        for name in names_in(text, secret, allowed=allowed):
            yield f"{pitch.reference}: {place} names {name}, who did not win. Take the name out."


# Letters that went out.


def letter_facts(*, actor: Actor, now: datetime, reference: str) -> LetterFacts:
    """A pitch's letter as its supplier reads it; `text` is None before release. Raises NotFound."""
    row = _row(reference)
    award = facts(actor=actor, now=now, reference=row.challenge_reference)
    members = pitch_queries.member_ids([row.id])[row.id]
    return LetterFacts(
        award, row.id, reference, row.body, row.sha256, actor.person_id in members, row.removed_at
    )


def staff_letter_facts(*, actor: Actor, now: datetime, reference: str) -> LetterFacts:
    """A pitch's letter as staff read it, the preview included. Raises NotFound."""
    row = _row(reference)
    award = facts(actor=actor, now=now, reference=row.challenge_reference)
    return LetterFacts(award, row.id, reference, row.body, row.sha256, removed_at=row.removed_at)


def _row(reference: str) -> Row[Any]:
    p = Pitch.__table__.c
    row = db.session.execute(
        select(
            p.id,
            p.removed_at,
            Challenge.reference.label("challenge_reference"),
            Letter.body,
            Letter.sha256,
        )
        .join(Challenge, Challenge.id == p.challenge_id)
        .outerjoin(Letter, Letter.pitch_id == p.id)
        .where(p.reference == reference, p.opened_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


_BODY = select(Letter.__table__.c.body).where(Letter.__table__.c.pitch_id == bindparam("pitch_id"))


def letter_for(pitch_id: int, person_id: int) -> Body | None:
    """The released letter, if the person may read it now, else None."""
    text = db.session.scalar(_BODY, {"pitch_id": pitch_id})
    if text is None or person_id not in pitch_queries.member_ids([pitch_id])[pitch_id]:
        return None
    body: Body = json.loads(text)
    return body


def preview_body(challenge: ChallengeRow, pitch_id: int) -> Body | None:
    """One letter as it would go out now, None where the pitch gets none."""
    return next((letter.body for letter in preview(challenge).letters if letter.pitch_id == pitch_id), None)


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """When the letters went out, by whom, what the record says of it, and how many.

    `anchor` is the `seq:hash` of its entry in the log; `letters` are (reference, supplier, SHA-256),
    with no SHA-256 once a letter's time was over. `by_hand`: how many of them somebody sends by hand.
    """

    at: datetime
    first_name: str
    second_name: str
    exceptions: tuple[str, ...]
    anchor: str
    letters: tuple[tuple[str, str, str], ...]
    by_hand: int

    @property
    def sent(self) -> str:
        """How many letters went which way, in words."""
        return say_sent(len(self.letters) - self.by_hand, self.by_hand)


def releases(challenge_id: int, reference: str) -> ReleaseRow | None:
    """The release of a challenge's letters, None before it."""
    first, second = aliased(Person), aliased(Person)
    row = db.session.execute(
        select(Release.at, first.name.label("first_name"), second.name.label("second_name"))
        .join(first, first.id == Release.first_id)
        .join(second, second.id == Release.second_id)
        .where(Release.challenge_id == challenge_id)
    ).one_or_none()
    if row is None:
        return None
    rows = db.session.execute(
        select(Pitch.reference, Organisation.name, func.coalesce(Letter.sha256, "").label("sha256"))
        .outerjoin(Letter, Letter.pitch_id == Pitch.id)
        .join(Organisation, Organisation.id == Pitch.organisation_id)
        .where(
            Pitch.challenge_id == challenge_id,
            Pitch.opened_at.is_not(None),
            Pitch.withdrawn_at.is_(None),
            or_(Letter.pitch_id.is_not(None), Pitch.removed_at.is_not(None)),
        )
        .order_by(Pitch.reference)
    )
    by_hand = {way.reference for way in pitch_queries.by_hand(challenge_id)}
    entries, _ = log.page(number=1, size=1, action="awards.release", object=f"challenge:{reference}")
    return ReleaseRow(
        **row._mapping,
        exceptions=tuple(json.loads(entries[0]["detail"])["exceptions"]) if entries else (),
        anchor=f"{entries[0]['seq']}:{entries[0]['hash']}" if entries else "",
        letters=(letters := tuple((r.reference, r.name, r.sha256) for r in rows)),
        by_hand=sum(reference in by_hand for reference, _, _ in letters),
    )


@dataclass(frozen=True, slots=True)
class HandLetter:
    """A released letter that somebody sends by hand: where it goes, and who sent it, once they did."""

    reference: str
    organisation_name: str
    contact: str
    posted_by: str
    posted_at: datetime | None


def hand_letters(challenge_id: int) -> list[HandLetter]:
    """The letters of a challenge to send by hand, by the pitch's reference; two statements."""
    rows = db.session.execute(
        select(Pitch.reference, Person.name, PostedLetter.at)
        .join(Pitch, Pitch.id == PostedLetter.pitch_id)
        .join(Person, Person.id == PostedLetter.by_id)
        .where(PostedLetter.challenge_id == challenge_id)
        .order_by(Pitch.reference)
    )
    posted = {reference: (name, at) for reference, name, at in rows}
    return [
        HandLetter(way.reference, way.organisation_name, way.contact, *posted.get(way.reference, ("", None)))
        for way in pitch_queries.by_hand(challenge_id)
    ]
