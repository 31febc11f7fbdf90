"""A minimal browser over HTTP: cookies kept, the tokens of a form read, redirects followed or not."""

from __future__ import annotations

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from bench.region import PASSWORD

_TOKEN = re.compile(r'name="(csrf_token|form_token|parent|version)"[^>]*value="([^"]*)"')


class Browser:
    """One person's browser on a site. `page` is the last page's text."""

    def __init__(self, site: str) -> None:
        self._host = urlsplit(site).netloc
        self._cookies: dict[str, str] = {}
        self.page = ""

    @property
    def cookie(self) -> str:
        """The header that carries the session."""
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def get(self, path: str) -> int:
        """Fetch a page; its status."""
        return self._send("GET", path, None)

    def post(self, path: str, **fields: str) -> int:
        """Send the form of the page last read, with these fields; the status of the answer."""
        hidden: dict[str, str] = {}
        main = self.page.partition("<main")[2] or self.page
        for name, value in _TOKEN.findall(main):
            hidden.setdefault(name, value)
        return self._send("POST", path, urlencode({**hidden, **fields}))

    def sign_in(self, email: str) -> None:
        """Sign in with the password that everyone has. Raises RuntimeError when it fails."""
        self.get("/sign-in")
        if self.post("/sign-in", email=email, password=PASSWORD) != 302 or self.get("/") != 200:
            raise RuntimeError(f"{email} could not sign in")

    def _send(self, method: str, path: str, body: str | None) -> int:
        headers = {"Accept-Encoding": "identity", "Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self._host, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        if method == "GET":
            self.page = text
        return answer.status
