"""Headers, the host that we answer to, and bodies that are too large."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, abort, current_app, request, session
from werkzeug.routing import IntegerConverter, ValidationError
from werkzeug.wrappers import Response

from pitchfest.web.requests import LARGEST_NUMBER

#: A text of up to 2 MB in one form is always answered with the text shown; on its way here it may
#: be three times as long, since a form writes `é` as `%C3%A9`.
LARGEST_FORM = 8_000_000
#: A form with files in it: a document of 10 MB and what is written beside it.
LARGEST_UPLOAD = 12_000_000
#: Beyond that the body is read and dropped, so that the browser shows our page, up to here.
LARGEST_DRAINED = 50_000_000

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")


class NumberConverter(IntegerConverter):
    """A number in an address, no larger than PostgreSQL compares an id with."""

    def to_python(self, value: str) -> int:
        """The number. A larger one is no address of ours: 404."""
        number: int = super().to_python(value)
        if number > LARGEST_NUMBER:
            raise ValidationError
        return number


def init_app(app: Flask) -> None:
    """Check each request's address, host and body size; set each answer's headers."""
    app.url_map.converters["int"] = NumberConverter
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_UPLOAD
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FORM
    app.config["MAX_FORM_PARTS"] = 2_000
    app.before_request(_check_host)
    app.before_request(_check_size)
    app.before_request(_check_encoding)
    app.after_request(_set_headers)


def largest_body(content_type: str) -> int:
    """How many bytes a body of this type may have: more where files come with it."""
    with_files = content_type.partition(";")[0].strip().lower() == "multipart/form-data"
    return LARGEST_UPLOAD if with_files else LARGEST_FORM


def is_private_loopback() -> bool:
    """Whether this request came straight to a loopback host, through no proxy."""
    host = urlsplit(f"//{request.host}").hostname or ""
    return host in LOOPBACK and not any(name in request.headers for name in FORWARDING)


def _check_host() -> None:
    allowed = current_app.config["ALLOWED_HOSTS"]
    if allowed and (urlsplit(f"//{request.host}").hostname or "") not in allowed:
        abort(400, "This site does not answer under that name.")


def _check_size() -> None:
    """Refuse a body beyond the limit with a page; it was or is read first, so that the browser
    gets to see it instead of a broken connection.
    """
    request.max_content_length = limit = largest_body(request.content_type or "")
    if request.environ.get("pitchfest.body_dropped"):
        abort(413)
    length = request.content_length or 0
    if length > limit:
        left = min(length, LARGEST_DRAINED)
        while left > 0 and (chunk := request.environ["wsgi.input"].read(min(65_536, left))):
            left -= len(chunk)
        abort(413)


def _check_encoding() -> None:
    """Refuse text that is not UTF-8: stored, it would come back as other words."""
    if request.method == "POST" and not _is_utf8():
        abort(400, "Some of the text was not readable as UTF-8. Nothing was saved.")
    if "\0" in request.path or "\ufffd" in request.path:
        abort(404)


def _is_utf8() -> bool:
    """Whether the form is UTF-8. Parsing hides it: what cannot be read stays as `%FF` in the text of
    one kind of form, and becomes U+FFFD in that of the other.
    """
    if request.mimetype == "application/x-www-form-urlencoded":
        try:
            unquote_to_bytes(request.get_data()).decode()
        except UnicodeDecodeError:
            return False
    return not any("\ufffd" in text for _, text in request.form.items(multi=True))


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "immutable" in headers.get("Cache-Control", ""):
        return response  # the same bytes for everyone, under an address that names them
    if "_user_id" in session or session.modified or request.method == "POST":
        headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in headers and response.status_code == 200:
        headers["Cache-Control"] = "no-cache"
        headers.add("Vary", "Cookie")
        if not response.direct_passthrough:
            response.add_etag(weak=True)
            response.make_conditional(request)
    return response
