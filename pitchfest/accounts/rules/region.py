"""The region's own settings: what they begin with, and what is still missing. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from pitchfest.accounts.rules.colour import DEFAULT_BRAND, deepened


class Section(StrEnum):
    """A part of setting up, saved by itself."""

    REGION = "region"
    LOOK = "look"
    MAIL = "mail"
    TEXTS = "texts"
    SIGNING = "signing"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Region:
    """The one region of this installation, as every page names it.

    `logo` is a part of its picture's SHA-256, "" for none. `is_set_up`: it has its row.
    `is_finished`: an administrator said that setting up is done.
    """

    name: str
    authority: str
    unit: str
    email: str
    phone: str
    is_demo: bool = False
    texts: dict[str, str] = field(default_factory=dict)
    brand: str = DEFAULT_BRAND
    logo: str = ""
    sender_name: str = ""
    sender_address: str = ""
    reply_to: str = ""
    two_step_required: bool = False
    is_set_up: bool = True
    is_finished: bool = False
    checklist_hidden: bool = False

    @property
    def deep(self) -> str:
        """The darkest shade of its colour."""
        return deepened(self.brand)

    @property
    def own_colour(self) -> str:
        """Its colour without the #, "" where it kept the product's."""
        return "" if self.brand == DEFAULT_BRAND else self.brand[1:]

    @property
    def answers_to(self) -> str:
        """The address that replies to its mail go to."""
        return self.reply_to or self.email


#: What pages say before the region has been set up.
UNNAMED = Region(
    "Your region",
    "Your authority",
    "Innovation unit",
    "innovation@region.example",
    "",
    is_set_up=False,
)

# Texts

#: The region's own words on public pages, in Markdown; what stands in square brackets is to be filled in.
STARTING_TEXTS: dict[str, str] = {
    "privacy": (
        "{authority} is responsible for the personal data in this service. Write to {email}.\n\n"
        "Our data protection officer is [name of the data protection officer]. "
        "Write to [their email address].\n\n"
        "The data is kept in [the country where your server and its backups stand].\n\n"
        "If you are not happy with how we use your data, tell our data protection officer first. "
        "We answer within one month."
    ),
    "accessibility_contact": (
        "- email {email}\n"
        "- call {phone}\n\n"
        "Tell us the address of the page and what you need. We will reply within 5 working days, "
        "or sooner if a challenge closes before then."
    ),
    "accessibility_checked": (
        "This statement was prepared on [date]. It was last reviewed on [date].\n\n"
        "This website was last tested on [date] against the WCAG 2.2 AA standard. "
        "The test was carried out by [who tested it, and how]."
    ),
}
#: Text → what it is called, for people.
TEXT_NAMES: dict[str, str] = {
    "privacy": "the privacy notice",
    "accessibility_contact": "who to ask, in the accessibility statement",
    "accessibility_checked": "when this was checked, in the accessibility statement",
}
#: `[name of somebody]`, but not the words of a link, `[words](address)`.
_GAP = re.compile(r"\[[^\[\]\n]{1,200}\](?![(\[])")


def starting_texts(region: Region) -> dict[str, str]:
    """The texts to begin with, as far as the region can fill them in by itself."""
    known = {
        "authority": region.authority,
        "email": region.email,
        "phone": region.phone or "[telephone number, or take this line out]",
    }
    return {name: text.format_map(known) for name, text in STARTING_TEXTS.items()}


def gaps(text: str) -> list[str]:
    """What stands in square brackets in a text, brackets included, in order."""
    return _GAP.findall(text)


def filled(text: str, words: str) -> str:
    """The text with `words` in each of its gaps."""
    return _GAP.sub(words, text)


# What is missing


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Something that still stands for what the region has to say itself.

    `field` is the form's field in `section`; `message` says what to do, in a sentence.
    """

    section: Section
    field: str
    message: str


def placeholders(region: Region) -> list[Placeholder]:
    """Every placeholder left in the settings, in the order of the sections.

    A demonstration may have addresses that lead nowhere; nobody else may.
    """
    found = [*_unnamed(region), *_addresses(region)]
    for name, title in TEXT_NAMES.items():
        text = region.texts.get(name, "")
        if not text:
            found.append(Placeholder(Section.TEXTS, name, f"Write {title}"))
        elif left := gaps(text):
            found.append(Placeholder(Section.TEXTS, name, f"Fill in {left[0]} in {title}"))
    return found


def _unnamed(region: Region) -> list[Placeholder]:
    asked = {
        "name": (region.name, UNNAMED.name, "Enter the name of your region"),
        "authority": (region.authority, UNNAMED.authority, "Enter the name of your authority"),
    }
    return [
        Placeholder(Section.REGION, name, message)
        for name, (value, unnamed, message) in asked.items()
        if value.strip().lower() in ("", unnamed.lower())
    ]


def _addresses(region: Region) -> list[Placeholder]:
    asked: tuple[tuple[Section, str, str, str], ...] = (
        (Section.REGION, "email", region.email, "Enter an email address at which people reach you"),
        (Section.MAIL, "sender_address", region.sender_address, "Enter the address that mail is sent from"),
        (Section.MAIL, "reply_to", region.answers_to, "Enter the address that replies go to"),
    )
    return [
        Placeholder(
            section, name, f"{message}: {address} leads nowhere" if leads_nowhere(address) else message
        )
        for section, name, address, message in asked
        if not address or (leads_nowhere(address) and not region.is_demo)
    ]


def leads_nowhere(address: str) -> bool:
    """Whether an address is under a domain that is kept for examples and tests."""
    domain = address.rpartition("@")[2].lower()
    return domain.rpartition(".")[2] in {"example", "invalid", "test"} or domain in {
        "example.com",
        "example.org",
        "example.net",
    }
