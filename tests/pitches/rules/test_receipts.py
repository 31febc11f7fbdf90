"""The receipt's hash, worked out again without the product's help."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pitchfest.pitches.rules.receipts import receipt_body, receipt_sha256

AT = datetime(2026, 12, 11, 10, 59, 18, 250, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "reference": "PF-7K2Q",
    "challenge": "CH-2026-004",
    "snapshot_sha256": "ab" * 32,
    "number": 2,
    "at": AT,
    "answers": {2: "Zweitens, naïve “quotes”", 10: "Ten", 1: "First"},
    "random": "0f" * 16,
}


def test_anyone_can_work_the_hash_out_from_the_record():
    written = (
        '{"answers":{"1":"First","10":"Ten","2":"Zweitens, naïve “quotes”"},'
        '"at":"2026-12-11T10:59:18.000250Z",'
        '"challenge":"CH-2026-004","number":2,"random":"' + "0f" * 16 + '","reference":"PF-7K2Q",'
        '"snapshot_sha256":"' + "ab" * 32 + '"}'
    )
    assert json.loads(written) == receipt_body(**FIELDS)
    assert receipt_sha256(receipt_body(**FIELDS)) == hashlib.sha256(written.encode()).hexdigest()


def test_every_part_of_the_record_counts():
    changes: dict[str, Any] = {
        "reference": "PF-7K2R",
        "challenge": "CH-2026-005",
        "snapshot_sha256": "ac" * 32,
        "number": 3,
        "at": AT + timedelta(microseconds=1),
        "answers": {1: "First"},
        "random": "0e" * 16,
    }
    plain = receipt_sha256(receipt_body(**FIELDS))
    assert len({plain, *(receipt_sha256(receipt_body(**FIELDS | {k: v})) for k, v in changes.items())}) == 8


def test_the_same_moment_in_another_zone_is_the_same_record():
    elsewhere = AT.astimezone(timezone(timedelta(hours=1)))
    assert receipt_body(**FIELDS | {"at": elsewhere}) == receipt_body(**FIELDS)
