"""A supplier without an account, and pitches that came from it another way."""

from __future__ import annotations

from datetime import timedelta

from pitchfest.accounts.rules import Size
from pitchfest.pitches import operations
from pitchfest.pitches.rules.another_way import CameBy, ToldBy
from tests.pitches.cast import PRICE, WORDS, closing, save, write
from tests.support.documents import a_pdf

MARK = "kingfishers of Moorgate"
SUPPLIER = operations.Supplier("Hedgerow Works", Size.MICRO, "Testford", "", "12 Kingfisher Row, Testford")
OTHER = operations.Supplier("Fieldfare Works", Size.MICRO, "Testford", "", "14 Kingfisher Row, Testford")
PDF = a_pdf(title="We count the kingfishers of Moorgate.")


def assisted(cast, now, *, who=None, supplier=SUPPLIER):
    return write(
        operations.assist,
        who or cast.officer,
        reference=cast.reference,
        supplier=supplier,
        told_by=ToldBy.PHONE,
        declared=True,
        now=now,
    )


def typed(cast, now, *, who=None):
    """An assisted pitch with every answer in it; its reference."""
    who = who or cast.officer
    pitch = assisted(cast, now, who=who)
    for position, words in WORDS.items():
        save(pitch, position, f"{words} {MARK}", who, now)
    save(pitch, 4, PRICE, who, now)
    return pitch


def send(cast, pitch, now, **said):
    values = {"declared": True, "read_back": True, **said}
    return write(operations.submit, cast.officer, reference=pitch, expected_version=None, now=now, **values)


def brought(cast, now, *, who=None, file=False, data=PDF, supplier=SUPPLIER, **values):
    kept = None
    if file:
        kept = operations.keep_file(data, name="Moorgate pitch.pdf", media_type="application/pdf")
    asked = {
        "supplier": supplier,
        "came_by": CameBy.EMAIL,
        "received_at": closing(cast) - timedelta(hours=2),
        "text": "" if file else f"We count the {MARK}.",
        "file": kept,
        "price_pence": 4_000_000,
        **values,
    }
    return write(operations.bring, who or cast.lead, reference=cast.reference, now=now, **asked)


def after_closing(cast):
    return closing(cast) + timedelta(minutes=3)
