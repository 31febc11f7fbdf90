"""An authenticator app, for tests: what it shows, and setting it up as a person would."""

from __future__ import annotations

import re

import pyotp

from pitchfest.web.requests import CLOCK_EXTENSION
from tests.support.client import PageClient

SET_UP = "/account/two-step/set-up"


class Phone:
    """The app with one key, by the clock of the application."""

    def __init__(self, client: PageClient, key: str) -> None:
        self.clock = client.application.extensions[CLOCK_EXTENSION]
        self.app = pyotp.TOTP(key.replace(" ", ""))

    def code(self, *, ahead: int = 0) -> str:
        """What it shows now, or so many codes later."""
        return self.app.generate_otp(int(self.clock.now().timestamp()) // 30 + ahead)


def set_up(client: PageClient, url: str = SET_UP) -> tuple[Phone, list[str]]:
    """Set two-step sign-in up in this browser, whose person has just proved who they are; app and codes."""
    client.get(url, follow_redirects=True)
    client.send(SET_UP, action="/account/two-step/key")
    (key,) = re.findall(r'class="pf-key">([A-Z2-7 ]+)<', client.html)
    phone = Phone(client, key)
    answer = client.send(SET_UP, action=SET_UP, follow=False, code=phone.code())
    assert answer.status_code == 200, client.text
    return phone, re.findall(r"<li>([0-9A-Z]{4}(?: [0-9A-Z]{4}){3})</li>", client.html)
