"""A form sent twice happens once.

Every POST form carries `form_token`. Its row is the first thing a write inserts and holds the
redirect that the write ends with, never a body. A repeat gets that redirect; the same token
with another body is a conflict; a refused form rolls its row back and may be sent again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO

from flask import current_app, g, has_request_context, request, session
from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, Write, db, transaction
from pitchfest.kernel.errors import Conflict
from pitchfest.kernel.text import canonical_json
from pitchfest.web.access import current_actor
from pitchfest.web.requests import now

KEPT = timedelta(hours=48)


class FormReceipt(Base):
    """One form that was sent and accepted."""

    __tablename__ = "form_receipt"
    __table_args__ = (UniqueConstraint("holder", "endpoint", "token"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    endpoint: Mapped[str] = mapped_column(String(120))
    token: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    redirect: Mapped[str | None] = mapped_column(String(2000))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


#: Takes a token and answers with its row's id; with nothing where another write was first.
_TAKE = text(
    "INSERT INTO form_receipt (holder, endpoint, token, body_hash, at, redirect) "
    "VALUES (:holder, :endpoint, :token, :body_hash, :at, :redirect) ON CONFLICT DO NOTHING RETURNING id"
).bindparams(bindparam("at", type_=UtcDateTime))
_RECEIPT = Base.metadata.tables["form_receipt"]
_SETTLE = update(_RECEIPT).where(_RECEIPT.c.id == bindparam("taken")).values(redirect=bindparam("redirect"))


class AlreadyDone(Exception):
    """The same form was accepted before; go where it went."""

    def __init__(self, redirect: str) -> None:
        super().__init__(redirect)
        self.redirect = redirect


def claim(write: Write) -> None:
    """First step of a transaction that a form started: take its token.

    Raises AlreadyDone for a repeat, Conflict for the same token with another body.
    """
    posted = has_request_context() and request.method == "POST"
    # PostgreSQL keeps no NUL, which no token of ours holds.
    token = request.form.get("form_token", "").replace("\0", "")[:64] if posted else ""
    if not token or g.get("form_claimed"):
        return
    key = {"holder": _holder(), "endpoint": request.path[:120], "token": token}
    digest = _body_hash()
    row = {**key, "body_hash": digest, "at": now(), "redirect": write.redirect}
    taken = write.session.execute(_TAKE, row).scalar_one_or_none()
    if taken is not None:
        write.notes["form"] = taken, write.redirect
        return
    earlier = _find(key)
    if earlier is None or earlier[0] != digest:
        raise Conflict(
            "This form was already sent with other words. Open the page again to see what was kept."
        )
    raise AlreadyDone(earlier[1] or request.path)


def settle(write: Write) -> None:
    """Last step: remember where the form's write leads, where that was not known as it began."""
    if "form" in write.notes:
        taken, expected = write.notes["form"]
        if write.redirect != expected:
            write.session.execute(_SETTLE, {"taken": taken, "redirect": write.redirect})
        g.form_claimed = True  # a second write of the same request is no repeat


@contextmanager
def unclaimed() -> Iterator[None]:
    """Around a write beside the form's own act, such as counting a failure: the form stays usable."""
    before, g.form_claimed = g.get("form_claimed", False), True
    try:
        yield
    finally:
        g.form_claimed = before


def sweep(now: Callable[[], datetime]) -> int:
    """The worker's part: remove old receipts, when there are any."""
    moment = now()
    if (
        db.session.execute(select(FormReceipt.id).where(FormReceipt.at < moment - KEPT).limit(1)).first()
        is None
    ):
        return 0
    with transaction():
        forget_old(moment)
    return 1


def forget_old(moment: datetime) -> None:
    """Remove receipts of forms older than 48 hours."""
    db.session.execute(delete(FormReceipt).where(FormReceipt.at < moment - KEPT))


def _find(key: dict[str, str]) -> tuple[str, str | None] | None:
    row = db.session.execute(
        select(FormReceipt.body_hash, FormReceipt.redirect).filter_by(**key)
    ).one_or_none()
    return (row.body_hash, row.redirect) if row else None


def _holder() -> str:
    actor = current_actor()
    if actor is not None:
        return f"person:{actor.person_id}"
    return "cookie:" + hashlib.sha256(str(session.get("csrf_token", "")).encode()).hexdigest()


def _content_hash(stream: IO[bytes]) -> str:
    """SHA-256 of a file that was sent, however much of it was read; it stands at its beginning again."""
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    return digest


def _body_hash() -> str:
    """A keyed hash: whoever holds the database alone could otherwise try out what a sealed answer says."""
    fields = [(k, v) for k, v in request.form.items(multi=True) if k != "csrf_token"]
    fields += [(k, _content_hash(file.stream)) for k, file in request.files.items(multi=True)]
    key, text = str(current_app.config["SECRET_KEY"]), canonical_json(fields)
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()
