"""Equal totals: the published order of steps that decides between them, down to a lot that nobody can steer.

Pitches with the same total are told apart by their marks, criterion after criterion, those of most weight
first; then, where the rules provide for it, by the chair's recorded casting decision; then by lot. How far
judges differ is no step: it would count against what is new.

The lot is HMAC-SHA256 (RFC 2104), keyed by a secret seed of 256 bits, over the hash on the pitch's receipt,
which the supplier held before the seed was known. The hash of the seed is shown before scoring opens, and the
seed with the results, so that anyone can draw the lot again:

    printf %s RECEIPT_HASH | openssl dgst -sha256 -mac HMAC -macopt hexkey:SEED
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256
from itertools import groupby, pairwise
from operator import itemgetter

from pitchfest.judging.rules.scoring import Criterion

SEED_BYTES = 32


class Step(StrEnum):
    """What decided between two pitches with the same total."""

    CRITERION = "criterion"
    CASTING = "casting"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Contender:
    """A pitch as the steps see it: exact total, mark on each criterion, the hash on its receipt in hex."""

    reference: str
    total: Fraction
    marks: Mapping[str, Fraction]
    receipt_sha256: str


@dataclass(frozen=True, slots=True)
class Place:
    """A pitch's place. `step` is what put it below the one before it, and `criterion` which criterion did;
    both are None where its total did.
    """

    place: int
    reference: str
    step: Step | None = None
    criterion: str | None = None


def published_order(criteria: Iterable[Criterion]) -> tuple[str, ...]:
    """The criteria that decide a tie, most weight first, and of equal weight as the challenge lists them."""
    return tuple(criterion.key for criterion in sorted(criteria, key=lambda criterion: -criterion.weight))


def seed_sha256(seed: bytes) -> str:
    """What is published of the seed before scoring opens. Raises ValueError unless it has 256 bits."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 256 bits")
    return sha256(seed).hexdigest()


def lot(seed: bytes, receipt_sha256: str) -> str:
    """The lot of a pitch, in hex; the smallest is first."""
    return hmac.digest(seed, receipt_sha256.encode("ascii"), "sha256").hex()


def break_ties(
    contenders: Iterable[Contender], order: Sequence[str], seed: bytes, casting: Sequence[str] = ()
) -> list[Place]:
    """Every pitch at a place of its own, best first, and the step that decided each tie.

    `order` names the criteria as `published_order` does. `casting` lists references as the chair put them; it
    decides between pitches still tied when it names them all. Raises ValueError for a seed of another length,
    and for two pitches with one reference or one receipt; KeyError for a criterion without a mark.
    """
    seed_sha256(seed)
    every = sorted(contenders, key=lambda each: each.reference)
    if any(len({part(each) for each in every}) < len(every) for part in (_reference, _receipt)):
        raise ValueError("every pitch has a reference and a receipt of its own")

    earned = [([each.total, *(each.marks[key] for key in order)], each) for each in every]
    earned.sort(key=itemgetter(0), reverse=True)
    ranked = []
    for marks, group in groupby(earned, key=itemgetter(0)):
        tied = [each for _, each in group]
        cast = {each.reference: casting.index(each.reference) for each in tied if each.reference in casting}
        named = len(cast) == len(tied)
        ranked += sorted(
            ([*marks, cast[each.reference] if named else 0, lot(seed, each.receipt_sha256)], each.reference)
            for each in tied
        )
    steps = [
        (None, None),
        *((Step.CRITERION, key) for key in order),
        (Step.CASTING, None),
        (Step.LOT, None),
    ]
    places = [Place(1, ranked[0][1])] if ranked else []
    for at, ((above, _), (below, reference)) in enumerate(pairwise(ranked), start=2):
        decided = next(step for step, a, b in zip(steps, above, below, strict=True) if a != b)
        places.append(Place(at, reference, *decided))
    return places


def _reference(each: Contender) -> str:
    return each.reference


def _receipt(each: Contender) -> str:
    return each.receipt_sha256
