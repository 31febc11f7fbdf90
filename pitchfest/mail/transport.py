"""Handing mail to a server, or keeping it here where there is none."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from flask import current_app

from pitchfest.db import db, transaction
from pitchfest.mail import operations, queries
from pitchfest.mail.rendering import render, sender, setup
from pitchfest.mail.rules import Delivery, MailKind, Message

log = logging.getLogger("pitchfest.worker")


def deliver_due(now: Callable[[], datetime]) -> int:
    """Send every message that is due; the number handled. One that fails, for whatever reason, is put
    back for later and keeps no other waiting.

    Delivery is at least once: a message is leased in one write, rendered and sent outside any,
    and settled in another. Its Message-ID never changes, so that a repeat can be recognised.
    """
    ids = queries.due(now())
    for message_id in ids:
        _deliver(message_id, now)
    return len(ids)


def _deliver(message_id: int, now: Callable[[], datetime]) -> None:
    moment = now()
    with transaction():
        if not operations.claim(message_id, now=moment):
            return
    message = queries.message(message_id)
    kind = setup().kinds[message.kind]
    forget = kind.forgets_address and message.person_id is None  # whoever has an account reads it again
    try:
        outcome, failure = _carry(message, kind, moment), ""
    except Exception as error:  # noqa: BLE001 - an odd address, a row that is gone, the mail server
        db.session.rollback()
        outcome, failure = None, type(error).__name__
        log.warning("a message could not be delivered: %s", failure)
    with transaction():
        if outcome is None:
            operations.put_back(message_id, failure=failure, now=now(), forget=forget)
        else:
            read_here = outcome == Delivery.KEPT and current_app.config["PITCHFEST_DEMO"]
            operations.settle(message_id, outcome, now=now(), forget=forget and not read_here)


def _carry(message: Message, kind: MailKind, moment: datetime) -> Delivery:
    """Render one message and hand it to the server; what became of it. Raises whatever goes wrong."""
    served = bool(current_app.config["SMTP_HOST"])
    link = None
    if kind.mint is not None and served:
        with transaction():
            link = kind.mint(message, moment)
    to = setup().recipient(message.person_id) if message.person_id else ("", message.address or "")
    words = render(message, now=moment, link=link) if to else None
    if words is None or to is None:
        return Delivery.DROPPED
    if not served:
        return Delivery.KEPT
    stop = kind.unsubscribe(message) if kind.unsubscribe else ""
    _send(to, words.subject, words.body, message.message_id, moment, stop=stop)
    return Delivery.SENT


def _send(
    to: tuple[str, str], subject: str, body: str, message_id: str, moment: datetime, *, stop: str = ""
) -> None:
    """Hand one message to the server; `stop` is the path that ends such messages. Raises what goes wrong."""
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
    if stop:  # RFC 8058: the mail program shows a button
        mail["List-Unsubscribe"] = f"<{config['PITCHFEST_URL']}{stop}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(body)
    with smtplib.SMTP(config["SMTP_HOST"], config["SMTP_PORT"], timeout=20) as server:
        if config["SMTP_TLS"]:
            server.starttls()
        if config["SMTP_USER"]:
            server.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
        server.send_message(mail)
