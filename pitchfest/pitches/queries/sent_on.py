"""On which published record of its challenge a pitch was sent: what its receipts show, also later."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import QuestionRow
from pitchfest.pitches.queries.sealed import PitchRow, Sent
from pitchfest.pitches.rules.receipts import receipt_body, receipt_sha256


@dataclass(frozen=True, slots=True)
class SentOn:
    """The challenge as it stood when a pitch was sent. `closes_at` is when it closed for everyone, or the
    pitch's own time where its supplier has longer; `body` is what the SHA-256 of the sending is over.
    """

    title: str
    questions: list[QuestionRow]
    closes_at: datetime
    body: dict[str, Any]


def sent_on(pitch: PitchRow, sending: Sent) -> SentOn:
    """The record that a sending was made on; at most three statements.

    A challenge that was extended or corrected has several. The one with which the sending's SHA-256 comes
    out is it; where it comes out with none, as for a pitch that was brought, the newest of that time.
    """
    questions, records = challenges.questions(pitch.challenge_id), challenges.snapshots(pitch.challenge_id)
    answers = {q.position: sending.answers[q.id] for q in questions if q.id in sending.answers}
    made = {
        record.number: _body(pitch, sending, answers, record.sha256)
        for record in records  # the newest first
    }
    fits = next((number for number, body in made.items() if receipt_sha256(body) == sending.sha256), None)
    then = next((record.number for record in records if record.at <= sending.at), None)
    number = then if fits is None else fits
    frozen = {} if number is None else json.loads(challenges.snapshot_body(pitch.challenge_id, number))
    closes_at = frozen.get("dates", {}).get("closes_at")
    return SentOn(
        frozen.get("brief", {}).get("title", pitch.challenge_title),
        _as_asked(questions, frozen.get("questions", [])),
        datetime.fromisoformat(closes_at) if closes_at and not pitch.has_longer else pitch.closes_at,
        made[fits] if fits is not None else next(iter(made.values()), _body(pitch, sending, answers, "")),
    )


def _body(pitch: PitchRow, sending: Sent, answers: dict[int, str], snapshot_sha256: str) -> dict[str, Any]:
    return receipt_body(
        reference=pitch.reference,
        challenge=pitch.challenge_reference,
        snapshot_sha256=snapshot_sha256,
        number=sending.number,
        at=sending.at,
        answers=answers,
        random=sending.random,
        organisation=sending.organisation,
    )


def _as_asked(questions: list[QuestionRow], frozen: list[dict[str, Any]]) -> list[QuestionRow]:
    """The questions in the words of a record, found by their positions, which never change."""
    then = {question["position"]: question for question in frozen}
    return [
        replace(q, ask=then[q.position]["ask"], options=then[q.position]["options"])
        if q.position in then
        else q
        for q in questions
    ]
