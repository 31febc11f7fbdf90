"""From an outbox row to words. Never inside a transaction: at delivery, or when it is read."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app

from pitchfest.kernel.privacy import Section
from pitchfest.mail.queries import to_person
from pitchfest.mail.rules import Letterhead, MailSetup, Message
from pitchfest.web.templating import REGION_EXTENSION

SETUP_EXTENSION = "pitchfest.mail"
#: Of how many messages a person's copy says the subject, which is rendered anew for each.
WITH_SUBJECT = 50


def setup() -> MailSetup:
    """The application's mail kinds."""
    found = current_app.extensions[SETUP_EXTENSION]
    assert isinstance(found, MailSetup)
    return found


def render(message: Message, *, now: datetime, link: str | None = None) -> Letterhead | None:
    """Subject and body as plain text, or None when the recipient may no longer read it.

    The first line of each template is its subject. `link` is the path of a one-time link.
    """
    context = setup().kinds[message.kind].load(message, now)
    if context is None:
        return None
    base = current_app.config["PITCHFEST_URL"]
    template = current_app.jinja_env.get_template(f"mail/{message.kind}.txt")
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
    return Letterhead(subject.removeprefix("Subject:").strip(), body.strip() + "\n")


def sections(person_id: int, now: datetime) -> list[Section]:
    """What was sent to a person, newest first; the subjects of the newest that they may still read."""
    rows = []
    for number, message in enumerate(to_person(person_id, limit=10_000)):
        words = render(message, now=now) if number < WITH_SUBJECT else None
        kind = message.kind.replace("_", " ").capitalize()
        rows.append((message.created_at, kind, words.subject if words else ""))
    return [Section("Messages we sent you", ("When", "Kind", "Subject"), tuple(rows))]
