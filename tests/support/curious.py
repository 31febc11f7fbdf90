"""Ways in which somebody may come near what suppliers wrote, beside the pages that they can ask for."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from flask import Flask

from tests.support.client import PageClient
from tests.support.thread import Thread


@contextmanager
def mail_that_fails(app: Flask, words: str) -> Iterator[None]:
    """A mail server that refuses everything, and says in its error what was written."""

    def refuse(*_: object, **__: object) -> None:
        raise smtplib.SMTPException(words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.config, "SMTP_HOST", "mail.example")
        patch.setattr(smtplib, "SMTP", refuse)
        yield


def come_near(
    thread: Thread, pitcher: str, written: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], str]:
    """(who, how) → the page: searching for what suppliers may have written, looking with the help code of
    the one who pitched, and an error page where something breaks over the words.
    """
    visitor, officer, seen = PageClient(thread.app), thread.browser("officer"), {}
    for text in (
        *(text[:60] for texts in written.values() for text in texts),
        *(f"{n} Ltd" for n in written),
    ):
        for who, browser, page in (
            ("nobody", visitor, "/challenges"),
            ("officer", officer, "/manage/challenges"),
        ):
            browser.get(page, query_string={"q": text})
            seen[who, f"search for {text}"] = browser.html
    seen["officer", "help code"] = looked_up_by_code(thread, pitcher)
    seen["nobody", "error"] = page_that_fails(thread.app, " ".join((*written[pitcher], pitcher)), visitor)
    return seen


def page_that_fails(app: Flask, words: str, browser: PageClient) -> str:
    """The error page where something broke, with an error that holds what was written."""

    def broken(**_: object) -> None:
        raise RuntimeError(words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.view_functions, "challenges.index", broken)
        assert browser.get("/challenges").status_code == 500
    return browser.html


def looked_up_by_code(thread: Thread, person: str) -> str:
    """What an officer sees with the code that the person reads out on the phone."""
    own, officer = thread.browser(person), thread.browser("officer")
    own.fill("/account/help-code", action="/account/help-code")
    code = re.search(r"govuk-panel__title\">([0-9A-Z]{4} [0-9A-Z]{4})<", own.html)
    assert code is not None, own.text
    officer.fill("/manage/help-desk", action="/help-desk", code=code[1])
    assert "A pitch" in officer.text
    return officer.html
