"""A visitor of a running site over real HTTP: cookies, forms, redirects; no test client."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.support.client import Page


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Visitor:
    """One browser. `url` is the site's address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._jar = CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self._jar)
        self._opener = urllib.request.build_opener(cookies, _NoRedirect())

    def get(self, path: str) -> Page:
        """The page at a path. Raises OSError when the site does not answer."""
        with self._opener.open(f"{self.url}{path}", timeout=15) as answer:
            return Page(answer.read().decode())

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Status and redirect of a form's answer. Raises OSError when there is none."""
        body = urllib.parse.urlencode(fields).encode()
        try:
            with self._opener.open(f"{self.url}{path}", data=body, timeout=15) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers.get("Location", "")

    def fill(self, path: str, action: str, **values: str) -> tuple[int, str]:
        """Open a page, fill in its form whose address holds `action`, and send it."""
        forms = [f for f in self.get(path).forms if action in (f["action"] or path)]
        assert forms, f"no form for {action} at {path}"
        return self.post(forms[0]["action"] or path, {**forms[0]["fields"], **values})

    def sign_in(self, person: str) -> None:
        """One click on the demo's sign-in page."""
        forms = [f for f in self.get("/sign-in").forms if (f["action"] or "").endswith("/sign-in/demo")]
        status, _ = self.post("/sign-in/demo", {**forms[0]["fields"], "person": person})
        assert status == 302, status
