"""From an outbox row to words. Never inside a transaction: at delivery, or when it is read."""

from __future__ import annotations

from datetime import datetime
from email.utils import formataddr
from urllib.parse import urlsplit

from flask import current_app

from pitchfest.mail.rules import Letterhead, MailSetup, Message
from pitchfest.web.templating import REGION_EXTENSION

SETUP_EXTENSION = "pitchfest.mail"


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
