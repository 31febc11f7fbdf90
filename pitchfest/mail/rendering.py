"""From an outbox row to words. Never inside a transaction: at delivery, or when it is read."""

from __future__ import annotations

from datetime import datetime
from email.utils import formataddr
from urllib.parse import urlsplit

from flask import current_app

from pitchfest.kernel.privacy import Section
from pitchfest.mail.queries import to_person
from pitchfest.mail.rules import Context, Letterhead, MailSetup, Message
from pitchfest.web.templating import REGION_EXTENSION

SETUP_EXTENSION = "pitchfest.mail"
PRACTICE = "This is practice. Nothing in this message counts."
#: Of how many messages a person's copy says the subject, which is rendered anew for each.
WITH_SUBJECT = 50


def setup() -> MailSetup:
    """The application's mail kinds."""
    found = current_app.extensions[SETUP_EXTENSION]
    assert isinstance(found, MailSetup)
    return found


def sender() -> tuple[str, str]:
    """Whom mail comes from, and the address that replies go to ("" for none).

    The region's own sender where it has one, else the environment's.
    """
    region = current_app.extensions[REGION_EXTENSION]()
    if not region.sender_address:
        return current_app.config["SMTP_SENDER"], ""
    return formataddr((region.sender_name or region.name, region.sender_address)), region.answers_to


def render(message: Message, *, now: datetime, link: str | None = None) -> Letterhead | None:
    """Subject and body as plain text, or None when the recipient may no longer read it, or was forgotten.

    `link` is the path of a one-time link.
    """
    forgotten = message.person_id is None and message.address is None
    context = None if forgotten else setup().kinds[message.kind].load(message, now)
    return None if context is None else compose(message.kind, context, link=link)


def compose(kind: str, context: Context, *, link: str | None = None) -> Letterhead:
    """The words of a kind of message, also to show them before anything is sent.

    The first line of each template is its subject.
    """
    base = current_app.config["PITCHFEST_URL"]
    template = current_app.jinja_env.get_template(f"mail/{kind}.txt")
    region = current_app.extensions[REGION_EXTENSION]()
    address = urlsplit(base)
    pages = current_app.url_map.bind(address.netloc, url_scheme=address.scheme)
    text = template.render(
        **context,
        base=base,
        region=region,
        link=f"{base}{link}" if link else None,
        url_for=lambda endpoint, **values: pages.build(endpoint, values),
    )
    subject, _, body = text.strip().partition("\n")
    subject = subject.removeprefix("Subject:").strip()
    if any(_is_practice(value) for value in context.values()):
        subject, body = f"Practice: {subject}", f"{PRACTICE}\n\n{body.strip()}"
    return Letterhead(subject, body.strip() + "\n")


def _is_practice(value: object) -> bool:
    """Whether what a message is about says of itself that it is for practice."""
    return bool(value.get("practice") if isinstance(value, dict) else getattr(value, "practice", False))


def sections(person_id: int, now: datetime) -> list[Section]:
    """What was sent to a person, newest first; the subjects of the newest that they may still read."""
    rows = []
    for number, message in enumerate(to_person(person_id, limit=10_000)):
        words = render(message, now=now) if number < WITH_SUBJECT else None
        kind = message.kind.replace("_", " ").capitalize()
        rows.append((message.created_at, kind, words.subject if words else ""))
    return [Section("Messages we sent you", ("When", "Kind", "Subject"), tuple(rows))]
