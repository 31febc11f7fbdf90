"""The seal: unreadable in the database's file, and only with the right key."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import select, text

from pitchfest.accounts.models import ParkedForm
from pitchfest.db import Keyring, db, transaction
from tests.support.builders import a_person


def test_what_is_sealed_opens_again() -> None:
    keyring = Keyring(b"a" * 32)
    assert keyring.open(keyring.seal("Ünsere Idee")) == "Ünsere Idee"
    assert keyring.seal("same") != keyring.seal("same")


def test_an_older_key_still_opens_after_a_new_one_seals() -> None:
    old = Keyring(b"a" * 32).seal("kept")
    assert Keyring(b"b" * 32, b"a" * 32).open(old) == "kept"
    with pytest.raises(KeyError):
        Keyring(b"b" * 32).open(old)


def test_tampering_shows() -> None:
    keyring = Keyring(b"a" * 32)
    value = bytearray(keyring.seal("a pitch"))
    value[-1] ^= 1
    with pytest.raises(InvalidTag):
        keyring.open(bytes(value))


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"short")


def test_the_database_holds_no_word_of_it(app: Flask, now: datetime) -> None:
    person = a_person("Alice")
    with transaction():
        db.session.add(ParkedForm(person_id=person, path="/x", body="ride with the crews", at=now))
    assert db.session.execute(select(ParkedForm.body)).scalar_one() == "ride with the crews"
    raw = bytes(db.session.execute(text("SELECT body FROM parked_form")).scalar_one())
    assert b"crews" not in raw
    if db.engine.url.database and db.engine.dialect.name == "sqlite":
        files = [Path(db.engine.url.database), Path(f"{db.engine.url.database}-wal")]
        assert not any(b"ride with the crews" in f.read_bytes() for f in files if f.exists())
