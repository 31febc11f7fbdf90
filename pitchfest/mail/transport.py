"""Handing mail to a server, or keeping it here where there is none."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from flask import current_app

from pitchfest.db import transaction
from pitchfest.mail import operations, queries
from pitchfest.mail.rendering import render, sender, setup
from pitchfest.mail.rules import Delivery


def deliver_due(now: Callable[[], datetime]) -> int:
    """Send every message that is due; the number handled.

    Delivery is at least once: a message is leased in one write, rendered and sent outside any,
    and settled in another. Its Message-ID never changes, so that a repeat can be recognised.
    """
    ids = queries.due(now())
    for message_id in ids:
        _deliver(message_id, now)
    return len(ids)


def _deliver(message_id: int, now: Callable[[], datetime]) -> None:
    message, moment = queries.message(message_id), now()
    kind, link = setup().kinds[message.kind], None
    with transaction():
        if not operations.claim(message_id, now=moment):
            return
        if kind.mint is not None and current_app.config["SMTP_HOST"]:
            link = kind.mint(message, moment)
    to = setup().recipient(message.person_id) if message.person_id else ("", message.address or "")
    words = render(message, now=moment, link=link) if to else None
    if words is None or to is None:
        outcome, failure = Delivery.DROPPED, ""
    elif not current_app.config["SMTP_HOST"]:
        outcome, failure = Delivery.KEPT, ""
    else:
        outcome, failure = Delivery.SENT, _send(to, words.subject, words.body, message.message_id, moment)
    with transaction():
        if failure:
            operations.put_back(message_id, failure=failure, now=now(), forget=kind.forgets_address)
        else:
            operations.settle(message_id, outcome, now=now(), forget=kind.forgets_address)


def _send(to: tuple[str, str], subject: str, body: str, message_id: str, moment: datetime) -> str:
    """Hand one message to the server; "" or the kind of failure, never its words."""
    config = current_app.config
    mail = EmailMessage()
    mail["From"], answers_to = sender()
    if answers_to:
        mail["Reply-To"] = answers_to
    mail["To"] = formataddr(to)
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = format_datetime(moment)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body)
    try:
        with smtplib.SMTP(config["SMTP_HOST"], config["SMTP_PORT"], timeout=20) as server:
            if config["SMTP_TLS"]:
                server.starttls()
            if config["SMTP_USER"]:
                server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        return type(error).__name__
    return ""
