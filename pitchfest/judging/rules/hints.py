"""What data say about a judge and a supplier that the judge may not have declared. Pure.

A hint is for the procurement lead, decides nothing and accuses nobody: people change jobs, and two
organisations can have one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pitchfest.judging.rules.interests import KIND_WORDS, Entry
from pitchfest.kernel.names import as_text, name_words, same_name

#: Addresses there say nothing about whom somebody works for.
PUBLIC_MAIL = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk"}
    | {"msn.com", "yahoo.com", "yahoo.co.uk", "icloud.com", "me.com", "mac.com", "aol.com", "btinternet.com"}
    | {"sky.com", "talktalk.net", "virginmedia.com", "ntlworld.com", "proton.me", "protonmail.com"}
    | {"gmx.com", "gmx.co.uk", "mail.com", "fastmail.com", "zoho.com"}
)
#: A single word that is shorter stands in too many texts to be looked for.
_SHORTEST_IN_TEXT = 6


class HintKind(StrEnum):
    """What a hint comes from, the strongest first."""

    ORGANISATION = "organisation"
    NUMBER = "number"
    PARTNER = "partner"
    REGISTER = "register"
    NAMED = "named"
    DOMAIN = "domain"


class Firm(NamedTuple):
    """An organisation as one compares it; `number` is its company number as given, or None."""

    id: int
    name: str
    number: str | None


@dataclass(frozen=True, slots=True)
class Belonging:
    """That a judge belongs to an organisation, or did. `authority`: one that posts challenges, whose name
    stands in many pitches.
    """

    firm: Firm
    over: bool
    authority: bool

    @property
    def verb(self) -> str:
        """Belongs, or belonged."""
        return "Belonged to" if self.over else "Belongs to"


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """What is known of a judge."""

    member_id: int
    email: str
    belongs: tuple[Belonging, ...]
    register: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PitchFacts:
    """What is known of an opened pitch: its supplier, their people’s mail domains, its partners, and the
    words of its answers as `as_text` gives them.
    """

    pitch_id: int
    supplier: Firm
    domains: frozenset[str]
    partners: tuple[Firm, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that may connect a judge to a pitch, in words."""

    member_id: int
    pitch_id: int
    kind: HintKind
    words: str


def domain_of(email: str) -> str:
    """The part of an address behind the @, in lower case."""
    return email.rpartition("@")[2].strip().casefold()


def same_number(one: str | None, other: str | None) -> bool:
    """Whether two company numbers are the same, however they are written."""
    a, b = (re.sub(r"[^0-9A-Z]", "", (number or "").upper()).lstrip("0") for number in (one, other))
    return bool(a) and a == b


def hints(judges: Sequence[JudgeFacts], pitches: Sequence[PitchFacts]) -> list[Hint]:
    """Every hint, judge by judge in their order, pitch by pitch, the strongest first."""
    return [
        Hint(judge.member_id, pitch.pitch_id, kind, words)
        for judge in judges
        for pitch in pitches
        for kind, words in _between(judge, pitch)
    ]


def _between(judge: JudgeFacts, pitch: PitchFacts) -> Iterator[tuple[HintKind, str]]:
    mine, supplier = _once(judge.belongs), pitch.supplier
    others = [one for one in mine if one.firm.id != supplier.id]
    if with_them := [one for one in mine if one.firm.id == supplier.id]:
        yield HintKind.ORGANISATION, f"{with_them[0].verb} {supplier.name}, which pitches."
    for one in others:
        if same_number(one.firm.number, supplier.number):
            yield HintKind.NUMBER, f"{one.verb} {one.firm.name}, which has the supplier’s company number."
    yield from _beside(others, pitch)
    for entry in judge.register:
        if where := _registered(entry, pitch):
            yield HintKind.REGISTER, f"Has “{entry.party}” in the register ({_kind(entry)}), {where}."
    if not with_them and (domain := _shared(domain_of(judge.email), pitch.domains)):
        yield HintKind.DOMAIN, f"Has an email address at {domain}, as people of the supplier do."


def _beside(others: Iterable[Belonging], pitch: PitchFacts) -> Iterator[tuple[HintKind, str]]:
    """What connects a judge to those with whom the supplier would work."""
    partners = {partner.id for partner in pitch.partners}
    for one in others:
        if one.firm.id in partners:
            yield HintKind.PARTNER, f"{one.verb} {one.firm.name}, whose people work on this pitch."
        elif not one.authority and _named(one.firm.name, pitch.text):
            yield HintKind.NAMED, f"{one.verb} {one.firm.name}, which an answer of this pitch names."


def _once(belongs: Iterable[Belonging]) -> list[Belonging]:
    """Each organisation once: who left and came back belongs."""
    found: dict[int, Belonging] = {}
    for one in belongs:
        if one.firm.id not in found or not one.over:
            found[one.firm.id] = one
    return list(found.values())


def _kind(entry: Entry) -> str:
    return KIND_WORDS[entry.kind] + (f", until {entry.until.year}" if entry.until else "")


def _registered(entry: Entry, pitch: PitchFacts) -> str:
    """What a line of the register is about in a pitch, "" where nothing."""
    if same_name(entry.party, pitch.supplier.name):
        return "which may be the supplier"
    if any(same_name(entry.party, partner.name) for partner in pitch.partners):
        return "which may be a partner in this pitch"
    return "which an answer of this pitch names" if _named(entry.party, pitch.text) else ""


def _named(name: str, text: str) -> bool:
    words = name_words(name)
    if len(words) < 2 and len("".join(words)) < _SHORTEST_IN_TEXT:
        return False
    return as_text(words) in text


def _shared(domain: str, domains: Iterable[str]) -> str:
    """The domain if people of the supplier have it too, or one within the other."""
    if domain in PUBLIC_MAIL or "." not in domain:
        return ""
    near = sorted(d for d in domains if d == domain or d.endswith(f".{domain}") or domain.endswith(f".{d}"))
    return domain if any(d not in PUBLIC_MAIL and "." in d for d in near) else ""
