"""Everything that the assurance page shows, as one person may know it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import queries as log
from pitchfest.awards.queries.explanations import overview
from pitchfest.awards.queries.letters import ReleaseRow, hand_letters, releases
from pitchfest.awards.queries.standing import AwardPitch, DecisionRow, decision, pitches
from pitchfest.awards.rules import PERMISSIONS, AwardFacts, Permission
from pitchfest.awards.rules.assurance import (
    STEPS,
    Check,
    Due,
    Left,
    Pair,
    People,
    approver_that_counts,
    due,
    rests_on_scores,
    say_step,
    separation,
)
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.queries import ChallengeRow, SnapshotRow
from pitchfest.challenges.rules import (
    EDITABLE,
    PUBLISHED,
    RELEASED,
    ROUTE_NAMES,
    UNPUBLISHED,
    ChallengeState,
    CriterionKind,
    ReviewOutcome,
    duties_of,
    route_reason,
)
from pitchfest.judging import queries as judging
from pitchfest.judging.rules import PERMISSIONS as JUDGING
from pitchfest.judging.rules import Permission as JudgingPermission
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import say_moment
from pitchfest.pitches import queries as pitch_queries
from pitchfest.pitches.queries import OpeningRow
from pitchfest.pitches.rules import PitchState
from pitchfest.pitches.rules.permissions import PERMISSIONS as PITCHES
from pitchfest.pitches.rules.permissions import Permission as PitchPermission

S = ChallengeState


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody did, with the `seq:hash` of its entry in the log.

    `anchor` is "" for who may not know it: it rests on every entry before, scorecards' too.
    """

    at: datetime
    who: str
    what: str
    exceptions: tuple[str, ...]
    anchor: str


@dataclass(frozen=True, slots=True)
class Assurance:
    """The page, without what this person may not know.

    `price_pence` is the lowest eligible price where a price criterion rests on it, else None.
    """

    steps: tuple[Step, ...]
    checks: tuple[Check, ...]
    snapshots: tuple[SnapshotRow, ...]
    opening: OpeningRow | None
    released: ReleaseRow | None
    price_pence: int | None
    due: tuple[Due, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Which parts this person may know: by the rules of the pages that show them otherwise."""

    eligibility: bool
    board: bool
    explanations: bool
    results: bool
    recused: bool


def assurance(challenge: ChallengeRow, actor: Actor, now: datetime) -> Assurance:
    """How a challenge stands before an auditor, as `actor` may know it; the same few statements for
    any number of pitches.
    """
    seen = _seen(challenge, actor, now)
    found = pitches(challenge.id) if challenge.effective in PUBLISHED else []
    made = decision(challenge.id)
    opening = pitch_queries.opening(challenge.id, challenge.reference)
    released = releases(challenge.id, challenge.reference)
    criteria = challenges.criteria(challenge.id)
    priced = any(criterion.kind == CriterionKind.PRICE for criterion in criteria)
    steps = _entries(challenge, [pitch.reference for pitch in found] if seen.board else [])
    people = _people(challenge, made, opening, steps)
    return Assurance(
        steps=tuple(
            _step(entry, people.names, with_anchor=_shows_anchor(entry, recused=seen.recused))
            for entry in steps
        ),
        checks=tuple(separation(people)),
        snapshots=tuple(reversed(challenges.snapshots(challenge.id))),
        opening=opening,
        released=released,
        price_pence=made.lowest_pence if priced and seen.results else None,
        due=tuple(due(challenge.effective, _left(challenge, seen, found, people, now))),
    )


def route_in_words(challenge: ChallengeRow) -> list[tuple[str, str]]:
    """The route, why it is that one, who agreed to it and what was recorded of its duties, in words."""
    found = challenges.routed(challenge)
    if found.chosen is None:
        return []
    agreed = "Nobody yet"
    if not found.chosen.stored:
        agreed = "Nobody: a small round counts as what its budget says"
    elif found.agreed_by and found.chosen.confirmed_at is not None:
        agreed = f"{found.agreed_by}, {say_moment(found.chosen.confirmed_at)}"
    recorded = [
        (duty.what, f"Not needed: {row.not_needed_because}" if row.not_needed_because else row.evidence)
        for duty in duties_of(found.chosen.answers)
        if (row := found.done.get(duty.key)) is not None
    ]
    return [
        ("Route", ROUTE_NAMES[found.chosen.route]),
        ("Why", route_reason(found.chosen.answers)),
        ("Agreed by", agreed),
        *recorded,
    ]


def _seen(challenge: ChallengeRow, actor: Actor, now: datetime) -> _Seen:
    round_ = judging.round_for(person_id=actor.person_id, now=now, challenge_id=challenge.id)
    facts = AwardFacts(challenge, recused=round_.recused, without_names=round_.without_names)
    return _Seen(
        eligibility=bool(PITCHES[PitchPermission.ELIGIBILITY_SEE](actor, challenge)) and not round_.recused,
        board=bool(JUDGING[JudgingPermission.BOARD](actor, round_)),
        explanations=bool(PERMISSIONS[Permission.EXPLANATIONS](actor, facts)),
        results=bool(PERMISSIONS[Permission.DECISION](actor, facts)),
        recused=round_.recused and challenge.effective not in RELEASED,
    )


Entry = dict[str, Any]


def _entries(challenge: ChallengeRow, references: list[str]) -> list[Entry]:
    """The entries of the log about the challenge, and about these of its pitches, oldest first."""
    objects = [f"challenge:{challenge.reference}", *(f"pitch:{reference}" for reference in references)]
    return [{**entry, "detail": json.loads(entry["detail"])} for entry in log.about(objects, [*STEPS])]


def _person(entry: Entry) -> int:
    return int(entry["actor"].partition(":")[2] or 0)


def _shows_anchor(entry: Entry, *, recused: bool) -> bool:
    """Whoever is recused gets no anchor of what comes after the scorecards: its number tells how many
    were signed before it, and its hash rests on them.
    """
    return not (recused and rests_on_scores(entry["action"], entry["detail"].get("kind", "")))


def _step(entry: Entry, names: dict[int, str], *, with_anchor: bool) -> Step:
    return Step(
        at=datetime.fromisoformat(entry["at"]),
        who=names.get(_person(entry), "Pitchfest"),
        what=say_step(entry["action"], entry["detail"].get("kind", "")),
        exceptions=tuple(entry["detail"].get("exceptions", ())),
        anchor=f"{entry['seq']}:{entry['hash']}" if with_anchor else "",
    )


def _people(
    challenge: ChallengeRow, made: DecisionRow, opening: OpeningRow | None, steps: list[Entry]
) -> People:
    """Who did what, from the records of the acts."""
    said = [
        (review.reviewer_id, review.outcome == ReviewOutcome.APPROVED)
        for review in challenges.reviews(challenge.id)
    ]
    authors = challenges.authors(challenge.id)
    approver = approver_that_counts(challenge.effective, said)
    pairs = {kind: _pair(steps, kind) for kind in (ActKind.OPEN_PITCHES, ActKind.RELEASE_LETTERS)}
    agreed = [person for pair in pairs.values() if pair for person in (pair.first_id, pair.second_id)]
    decider = made.by_id if made.by_id is not None else challenge.decision_maker_id
    everyone = {*authors, *agreed, *map(_person, steps), approver, decider} - {None, 0}
    return People(
        names=accounts.person_names(everyone),
        authors=authors,
        approver_id=approver,
        opened=pairs[ActKind.OPEN_PITCHES] if opening else None,
        named_id=challenge.decision_maker_id,
        decider_id=made.by_id,
        sat=decider is not None and judging.ever_assigned(decider, challenge.id),
        released=pairs[ActKind.RELEASE_LETTERS],
    )


def _pair(steps: list[Entry], kind: ActKind) -> Pair | None:
    """The two people of the newest act of this kind that was agreed to."""
    for entry in reversed(steps):
        if entry["action"] == "act.confirm" and entry["detail"].get("kind") == kind:
            first = int(entry["detail"]["proposer"].partition(":")[2])
            return Pair(first, _person(entry), tuple(entry["detail"]["exceptions"]))
    return None


#: State → the act of two people that comes next.
_NEXT_ACT = {S.CLOSED: ActKind.OPEN_PITCHES, S.DECIDED: ActKind.RELEASE_LETTERS}


def _left(
    challenge: ChallengeRow, seen: _Seen, found: list[AwardPitch], people: People, now: datetime
) -> Left:
    """What is left to do at this stage, counted where this person may know the count."""
    state = challenge.effective
    if state in UNPUBLISHED:
        return Left(missing=_missing(challenge, now))
    if state in RELEASED:
        return Left(to_post=sum(row.posted_at is None for row in hand_letters(challenge.id)))
    proposed_by = _proposed_by(challenge)
    if state in (S.OPEN, S.CLOSED):
        return Left(sent=pitch_queries.count(challenge.id, now), proposed_by=proposed_by)
    if state == S.ELIGIBILITY and seen.eligibility:
        return Left(undecided=sum(pitch.state == PitchState.OPENED for pitch in found))
    if state == S.JUDGING and seen.board:
        return _of_the_board(challenge.id)
    unexplained = None
    if seen.explanations:
        rows = overview(challenge.id, challenges.criteria(challenge.id), found, names=False)
        unexplained = sum(row.done < row.total for row in rows)
    return Left(
        unexplained=unexplained,
        proposed_by=proposed_by,
        decider=people.names.get(challenge.decision_maker_id or 0, ""),
    )


def _missing(challenge: ChallengeRow, now: datetime) -> tuple[str, ...]:
    """What the next step before publication lacks."""
    if challenge.effective in EDITABLE | {S.IN_REVIEW}:
        return tuple(p.message for p in challenges.missing(challenge, now))
    if challenge.effective == S.WITHDRAWN:
        return ()
    return tuple(o.message for o in challenges.obstacles(challenge, challenge.scheduled_for or now))


def _proposed_by(challenge: ChallengeRow) -> str:
    """Who has proposed the act of two people that comes next, "" where nobody has."""
    kind = _NEXT_ACT.get(challenge.effective)
    act = accounts.open_act(kind, f"challenge:{challenge.reference}") if kind else None
    return act.proposer_name if act else ""


def _of_the_board(challenge_id: int) -> Left:
    board = judging.board(challenge_id)
    return Left(
        undeclared=sum(judge.undeclared for judge in board.judges),
        interests=sum(judge.interests for judge in board.judges),
        cards=board.waiting_cards,
        short=len(board.too_few),
    )
