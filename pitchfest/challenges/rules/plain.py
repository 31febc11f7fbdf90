"""Advice on plain English for a brief: long sentences, long words, jargon, unexplained abbreviations.

Advice only: nothing here ever stops anyone. Reading grade is Flesch-Kincaid (Kincaid et al. 1975),
0.39 · words per sentence + 11.8 · syllables per word - 15.59; its years of school plus five are
about the age at which a reader follows. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pitchfest.kernel.text import count_words

#: A sentence with more words than this is long.
LONGEST_SENTENCE = 25
#: A grade above this is hard for many: about what 13-year-olds read with ease.
HARD_GRADE = 8
#: Of a quoted sentence so many words are shown.
_QUOTED = 14
_TO_GRADE_AT = 30
#: A word with so many syllables is hard where reading is hard.
_HARD_FROM = 4


class Concern(StrEnum):
    """What the advice is about."""

    LONG_SENTENCE = "long_sentence"
    JARGON = "jargon"
    ABBREVIATION = "abbreviation"
    TWO_IDEAS = "two_ideas"
    HARD_WORD = "hard_word"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to look at: where it stands, the words, and what to try."""

    concern: Concern
    field: str
    quote: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text reads. `grade` is None for a text too short to say."""

    words: int
    sentences: int
    grade: float | None

    @property
    def age(self) -> int | None:
        """About the age at which a reader follows with ease."""
        return None if self.grade is None else max(5, round(self.grade) + 5)

    @property
    def hard(self) -> bool:
        """Whether many people will find it hard."""
        return self.grade is not None and self.grade > HARD_GRADE


#: Word or phrase → what to write. Whole words only, in either case.
JARGON: dict[str, str] = {
    "a number of": "some, or the number",
    "actionable": "say what can be done",
    "agile": "say how you will work",
    "at this point in time": "now",
    "best practice": "say what works, and where",
    "capacity building": "training, or say what",
    "cascade": "pass on",
    "co-design": "design together with",
    "commence": "start",
    "cross-cutting": "say which services",
    "deep dive": "a close look",
    "deliverables": "say what you will get",
    "drill down": "look closely",
    "due to the fact that": "because",
    "ecosystem": "say who",
    "empower": "let, or help",
    "end user": "person, or say who",
    "end users": "people, or say who",
    "enhance": "improve",
    "facilitate": "help",
    "going forward": "from now on",
    "granular": "detailed",
    "holistic": "whole",
    "impactful": "say what changes",
    "implement": "do, or carry out",
    "in order to": "to",
    "in relation to": "about",
    "in the event of": "if",
    "incentivise": "encourage, or pay",
    "initiate": "start",
    "innovative": "say what is new",
    "interface with": "talk to",
    "key stakeholders": "say who",
    "leverage": "use",
    "low-hanging fruit": "easy first steps",
    "methodology": "method, or way",
    "modality": "way",
    "next-generation": "new",
    "operationalise": "put to use",
    "optimise": "improve",
    "paradigm": "say what changes",
    "pathfinder": "first trial",
    "prior to": "before",
    "proactive": "say what you will do first",
    "procure": "buy",
    "provision of": "giving, or providing",
    "ring-fence": "keep for",
    "robust": "strong, or say how it is checked",
    "scalable": "say how it could grow",
    "seamless": "say what people will notice",
    "signpost": "point people to",
    "solutionise": "solve",
    "stakeholder": "say who",
    "stakeholders": "say who",
    "state-of-the-art": "new",
    "streamline": "make simpler",
    "subsequent to": "after",
    "synergy": "say what fits together",
    "terminate": "end",
    "touchpoint": "say where people meet the service",
    "transformation": "say what changes",
    "transformational": "say what changes",
    "utilise": "use",
    "value-added": "say what it adds",
    "with regard to": "about",
    "world-class": "say how good",
}
#: Abbreviations that everyone reads without help.
_KNOWN = frozenset(
    {"AI", "BBC", "BSL", "CO2", "DIY", "EU", "GP", "GPS", "ID", "IT", "LED", "MP", "NHS", "OK", "PC", "PDF"}
    | {"PIN", "Q&A", "QR", "SMS", "TV", "UK", "URL", "USB", "VAT"}
)

_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#>]+|^\s*[-+]\s+|^\s*\d+[.)]\s+", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]*")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
#: `KPI`, also as `R&D` is written. Of several things it has a small s, and is the same abbreviation.
_SHORT = r"([A-Z]{1,4}(?:&[A-Z]{1,4})+|[A-Z][A-Z0-9]{1,6})"
_ABBREVIATION = re.compile(rf"(?<![\w&]){_SHORT}(s?)(?![\w&])")
_EXPLAINED = re.compile(rf"\({_SHORT}['’]?s?\)")
_VOWELS = re.compile(r"[aeiouy]+")
#: An ending that is written and not spoken: make, drains that are "cleaned", "homes".
_SILENT = re.compile(r"(?<=[aeiouy])[^aeiouy]+(?:(?<![lsxz])e|(?<![td])ed|(?<![scgzx])es)$")
_JARGON = re.compile(
    r"(?<![\w-])(" + "|".join(map(re.escape, sorted(JARGON, key=len, reverse=True))) + r")(?![\w-])",
    re.IGNORECASE,
)


def advise(fields: Mapping[str, str], *, longest: int = LONGEST_SENTENCE) -> list[Advice]:
    """Everything to look at in these texts, by label, in reading order. An abbreviation, of one thing or of
    several, is asked about once, where it first stands, unless any of the texts spells it out in front of
    it. A sentence is long with more than `longest` words.
    """
    plain = {label: _bare(text) for label, text in fields.items()}
    explained = _KNOWN | {found for text in plain.values() for found in _EXPLAINED.findall(text)}
    seen: set[str] = set()
    advice = []
    for label, text in plain.items():
        advice += [*_long(label, text, longest), *_jargon(label, text)]
        for short, many in _ABBREVIATION.findall(text):
            if short not in explained and short not in seen:
                seen.add(short)
                asked = "Say what it stands for, once"
                advice.append(Advice(Concern.ABBREVIATION, label, short + many, asked))
    return advice


def two_ideas(fields: Mapping[str, str]) -> list[Advice]:
    """The texts that are more than one sentence, for readers who need one idea at a time."""
    texts = {label: list(_sentences(_bare(text))) for label, text in fields.items()}
    return [
        Advice(Concern.TWO_IDEAS, label, found[1], "Give each idea a sentence and a picture of its own")
        for label, found in texts.items()
        if len(found) > 1
    ]


def hard_words(fields: Mapping[str, str]) -> list[Advice]:
    """Each word of many syllables, where it first stands, for readers to whom that is hard."""
    first: dict[str, Advice] = {}
    for label, text in fields.items():
        for word in _WORD.findall(_bare(text)):
            if _syllables(word) >= _HARD_FROM and not _JARGON.fullmatch(word):
                advice = "Use a shorter word, or say in the next sentence what it means"
                first.setdefault(word.lower(), Advice(Concern.HARD_WORD, label, word, advice))
    return list(first.values())


def reading(fields: Mapping[str, str]) -> Reading:
    """How all of these texts together read."""
    text = "\n".join(_bare(text) for text in fields.values())
    words, sentences = _WORD.findall(text), len(list(_sentences(text)))
    if len(words) < _TO_GRADE_AT or not sentences:
        return Reading(count_words(text), sentences, None)
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return Reading(count_words(text), sentences, grade)


def _bare(text: str) -> str:
    return _MARKUP.sub(lambda found: found[1] or "", text)


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a text; a line of a list or a heading ends one too."""
    for found in _SENTENCE.findall(text):
        if _WORD.search(found):
            yield found.strip()


def _long(label: str, text: str, longest: int) -> Iterator[Advice]:
    for sentence in _sentences(text):
        if (words := count_words(sentence)) > longest:
            start = " ".join(sentence.split()[:_QUOTED])
            advice = f"{words:,} words in one sentence. Try two"
            yield Advice(Concern.LONG_SENTENCE, label, f"{start} …", advice)


def _jargon(label: str, text: str) -> Iterator[Advice]:
    found = dict.fromkeys(match.group(1).lower() for match in _JARGON.finditer(text))
    for phrase in found:
        yield Advice(Concern.JARGON, label, phrase, f"Try: {JARGON[phrase]}")


def _syllables(word: str) -> int:
    """Syllables of an English word, by its groups of vowels; near enough for an average."""
    bare = word.lower().strip("'’-")
    count = len(_VOWELS.findall(bare))
    return max(1, count - bool(_SILENT.search(bare)))
