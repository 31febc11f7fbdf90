"""A browser for tests that is strict about every page it gets.

It fails on: writes outside a transaction, a GET that writes, a page without a title or heading, a
POST form without its two tokens, inline script or style, a field without a label, and unescaped
template code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event
from werkzeug.test import TestResponse

from pitchfest.db import db
from pitchfest.db.engine import WRITE

VOID_KINDS = {"hidden", "submit", "button", "image"}


class Page(HTMLParser):
    """What the checks, and tests, need to know of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.faults: list[str] = []
        self.title = ""
        self.headings = 0
        self._inside: str | None = None
        self._form: dict[str, Any] | None = None
        self._textarea: str | None = None
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "style" in values or any(name.startswith("on") for name in values):
            self.faults.append(f"inline style or script on <{tag}>")
        if tag == "style" or (tag == "script" and not values.get("src")):
            self.faults.append(f"inline <{tag}>")
        if tag == "title" and self._inside != "svg":
            self._inside = "title"
        if tag == "svg":
            self._inside = "svg"
        if tag == "h1":
            self.headings += 1
        if tag == "label" and values.get("for"):
            self.labels.add(str(values["for"]))
        if tag == "form":
            self._form = {
                "action": values.get("action"),
                "method": (values.get("method") or "get").lower(),
                "fields": {},
                "buttons": [],
            }
            self.forms.append(self._form)
        if tag in ("input", "textarea", "select", "button"):
            self._field(tag, values)
        if tag == "option" and self._select and self._form is not None and "selected" in values:
            self._form["fields"][self._select] = values.get("value") or ""

    def _field(self, tag: str, values: dict[str, str | None]) -> None:
        kind = (values.get("type") or tag).lower()
        name = values.get("name")
        if tag != "button" and kind not in VOID_KINDS:
            self.fields.append(values)
        if self._form is None or not name:
            return
        if tag == "textarea":
            self._textarea = name
            self._form["fields"][name] = ""
        elif tag == "select":
            self._select = name
            self._form["fields"].setdefault(name, "")
        elif kind in ("radio", "checkbox"):
            if "checked" in values:
                self._form["fields"][name] = values.get("value") or "on"
        elif kind in ("submit", "button") or tag == "button":
            self._form["buttons"].append((name, values.get("value") or ""))
        else:
            self._form["fields"][name] = values.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "svg"):
            self._inside = None
        elif tag == "form":
            self._form = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        if self._textarea and self._form is not None:
            self._form["fields"][self._textarea] += data


@dataclass
class Writes:
    """Statements that changed rows during a request: inside `transaction()`, and astray."""

    proper: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)


#: A GET may note that the session is alive and renew its id, and that it ended in an error page.
ALLOWED_IN_GET = (
    "UPDATE user_session ",
    "INSERT INTO user_session ",
    "INSERT INTO trouble ",
    "DELETE FROM trouble ",
)


@contextmanager
def watched_writes() -> Iterator[Writes]:
    """Collect what is written on any connection meanwhile."""
    found = Writes()

    def look(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            return
        if not connection.get_execution_options().get(WRITE):
            found.astray.append(statement.partition("\n")[0])
        elif not statement.startswith(ALLOWED_IN_GET):
            found.proper.append(statement.partition("\n")[0])

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", look)


class PageClient(FlaskClient):
    """A client for one person's browser. `page` is the last page read."""

    def __init__(self, app: Flask, **kwargs: Any) -> None:
        super().__init__(app, app.response_class, **kwargs)
        self.page: Page | None = None
        self.html = ""
        self.path = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request as a browser would: in a context of its own, whatever the test has pushed.

        The body is read to its end and the answer closed, so that what follows an answer has happened.
        """
        if has_app_context():
            db.session.rollback()  # the test's own reading ends, and begins afresh after this
        kwargs.setdefault("buffered", True)
        with watched_writes() as writes:
            response = Context().run(super().open, *args, **kwargs)
        assert not writes.astray, f"written outside a transaction, so never committed: {writes.astray}"
        if response.request.method in ("GET", "HEAD") and not kwargs.get("follow_redirects"):
            assert not writes.proper, f"a GET wrote: {writes.proper}"
        if response.mimetype == "text/html" and response.status_code not in (204, 301, 302, 303, 304):
            self.html, self.path = response.get_data(as_text=True), response.request.path
            self.page = Page(self.html)
            assert_sound(self.page, self.html)
        return response

    def form(self, action: str | None = None) -> dict[str, Any]:
        """The page's POST form for `action` (a part of its address), or its only main one."""
        assert self.page is not None
        forms = [
            f for f in self.page.forms if f["method"] == "post" and "sign-out" not in (f["action"] or "")
        ]
        if action is not None:
            forms = [f for f in forms if action in (f["action"] or self.path)]
            forms.sort(key=lambda f: not (f["action"] or self.path).endswith(action))
        assert forms, f"no form for {action!r} on the page: {self.text[:1500]}"
        return forms[0]

    def fill(
        self,
        url: str,
        *,
        action: str | None = None,
        follow: bool = True,
        fields: Mapping[str, str | list[str]] | None = None,
        **values: Any,
    ) -> TestResponse:
        """Open a page, fill in its form as a person would, and send it."""
        response = self.get(url, follow_redirects=True)
        assert response.status_code == 200, (url, response.status_code)
        return self.send(response.request.path, action=action, follow=follow, fields=fields, **values)

    def send(
        self,
        url: str,
        *,
        action: str | None = None,
        follow: bool = True,
        fields: Mapping[str, str | list[str]] | None = None,
        **values: Any,
    ) -> TestResponse:
        """Send the form of the page last read. Keywords may use `__` for `-` in a field's name."""
        form = self.form(action)
        named = {name.replace("__", "-"): value for name, value in values.items()}
        data = {**form["fields"], **named, **(fields or {})}
        return self.post(form["action"] or url, data=data, follow_redirects=follow)

    @property
    def text(self) -> str:
        """The last page's words, without markup, white space folded."""
        bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        bare = re.sub(r"<[^>]+>", " ", bare)
        for entity, char in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&#34;", '"')):
            bare = bare.replace(entity, char)
        return " ".join(bare.replace("\u00a0", " ").split())


def assert_sound(page: Page, html: str) -> None:
    """The checks that every page passes."""
    assert page.title.strip(), "a page without a title"
    assert page.headings == 1, f"{page.headings} main headings on one page"
    assert not page.faults, page.faults
    assert not re.search(r"{{|{%", html), "template code on the page"
    for form in page.forms:
        if form["method"] == "post":
            missing = {"csrf_token", "form_token"} - form["fields"].keys()
            assert not missing, f"the form for {form['action']} lacks {missing}"
    unlabelled = [f for f in page.fields if f.get("id") not in page.labels and not f.get("aria-label")]
    assert not unlabelled, f"fields without a label: {unlabelled}"
