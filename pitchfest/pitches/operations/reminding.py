"""The worker's reminders to those who hold an unsent pitch or were asked about one. Staff learn nothing of
them.
"""

from __future__ import annotations

from datetime import datetime

from pitchfest.pitches import notices
from pitchfest.pitches.operations.roots import hold
from pitchfest.pitches.queries import reminding, sealed
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


def remind_of_questions(due: tuple[int, int], now: datetime) -> None:
    """Remind one person, (pitch's id, person's id), that what was asked is not answered, unless it was
    meanwhile.
    """
    pitch_id, person_id = due
    hold(pitch_id)
    pitch = sealed.for_person(person_id, pitch_id, now)
    if pitch is not None and due in reminding.due_to_remind_of_questions(now):
        notices.remind_of_questions(person_id, pitch, now=now)


def send_copy_of_missed(due: tuple[int, int], now: datetime) -> None:
    """Send one person, (pitch's id, person's id), a copy of what was saved and not sent in time."""
    pitch_id, person_id = due
    hold(pitch_id)
    pitch = sealed.for_person(person_id, pitch_id, now)
    if pitch is not None and due in reminding.due_to_copy(now):
        notices.missed(person_id, pitch, now=now)
