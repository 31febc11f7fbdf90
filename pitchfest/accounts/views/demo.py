"""`/demo/mail`: what would have been e-mailed to people who are not in yet. In the demo only."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from pitchfest.accounts.notices import FOR_THOSE_OUTSIDE
from pitchfest.accounts.queries.people import person_names
from pitchfest.accounts.views.account import show_message
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sign_in import in_demo
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render, setup
from pitchfest.mail.rules import Message
from pitchfest.web.access import public
from pitchfest.web.requests import now


def _for_those_outside() -> list[str]:
    """Kinds of messages that go only to people without an account, those of higher features too. Neither
    news, which those who hold a pitch get as well, nor an invitation to a pitch: who is told is sealed.
    """
    return [
        *FOR_THOSE_OUTSIDE,
        *(n for n, k in setup().kinds.items() if k.forgets_address and not k.mint and not k.unsubscribe),
    ]


@bp.get("/demo/mail")
@public
def demo_mail() -> ResponseReturnValue:
    if not in_demo():
        abort(404)
    found = mail.to_addresses(kinds=_for_those_outside(), limit=50)
    shown = [(m, words) for m in found if (words := render(m, now=now()))]
    return render_template("accounts/demo_mail.html", messages=shown, whose=_whose(found))


@bp.route("/demo/mail/<public_id>", methods=["GET", "POST"])
@public
def demo_message(public_id: str) -> ResponseReturnValue:
    if not in_demo():
        abort(404)
    found = mail.message_at(public_id)
    if found.kind not in _for_those_outside():
        abort(404)
    return show_message(found, "accounts/demo_message.html", whose=_whose([found])[found.id])


def _whose(messages: Sequence[Message]) -> dict[int, str]:
    """Id of a message → the address that it went to, or the name of whoever it was for; "" once forgotten."""
    names = person_names(m.person_id for m in messages)
    return {m.id: m.address or names.get(m.person_id or 0, "") for m in messages}
