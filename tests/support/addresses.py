"""Every address of the application that can be made from given values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from pitchfest.db import db
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.queries import message

#: Name of a part of an address → the values to try. `start:name` counts for addresses beginning with `start`.
Values = Mapping[str, Sequence[object]]

#: What stands in addresses as a number of something within a challenge or a pitch.
NUMBERED = (
    "card_id",
    "clarification_id",
    "criterion_id",
    "declaration_id",
    "look_id",
    "member_id",
    "need_id",
    "extension_id",
    "interest_id",
    "item_id",
    "number",
    "organisation_id",
    "position",
    "question_id",
    "sentence_id",
    "template_id",
)


def of_messages(app: Flask, *, most: int) -> list[str]:
    """What addresses call the first so many messages that were written, in their order."""
    with app.app_context():
        ids = db.session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id).limit(most)).all()
        found = [message(message_id).public_id for message_id in ids]
        db.session.remove()
    return found


def rules(app: Flask, method: str) -> list[Rule]:
    """The rules that take the method, without the built files."""
    found = [
        r for r in app.url_map.iter_rules() if method in (r.methods or ()) and r.endpoint != "assets.built"
    ]
    return sorted(found, key=lambda r: r.rule)


def addresses(app: Flask, values: Values, method: str = "GET") -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every rule with every combination of its values.

    Raises KeyError for a part that has none, so that a new kind of address is not passed over.
    """
    build = app.url_map.bind("localhost").build
    for rule in rules(app, method):
        names = sorted(rule.arguments)
        for chosen in product(*(_tried(rule, name, values) for name in names)):
            yield rule.endpoint, build(rule.endpoint, dict(zip(names, chosen, strict=True)), method=method)


def _tried(rule: Rule, name: str, values: Values) -> Sequence[object]:
    special = [key for key in values if ":" in key and key.endswith(f":{name}")]
    for key in sorted(special, key=len, reverse=True):
        if rule.rule.startswith(key.partition(":")[0]):
            return values[key]
    return values[name]
