"""The worker's reminders to those who hold an unsent pitch. Staff learn nothing of them."""

from __future__ import annotations

from datetime import datetime

from pitchfest.pitches import notices
from pitchfest.pitches.operations.roots import hold
from pitchfest.pitches.queries import sealed
from pitchfest.pitches.rules import PitchRight
from pitchfest.pitches.rules.reminders import wants_reminder


def remind_of_closing(due: tuple[int, int], now: datetime) -> None:
    """Remind one person, (pitch's id, person's id), unless it was sent or their right ended meanwhile.

    Nothing of it enters the log: who writes a pitch is sealed.
    """
    pitch_id, person_id = due
    hold(pitch_id)
    pitch = sealed.for_person(person_id, pitch_id, now)
    if pitch is None or not pitch.unsent or pitch.right != PitchRight.SUBMIT:
        return
    if wants_reminder(pitch.closes_at, now):
        notices.remind(person_id, pitch, now=now)
