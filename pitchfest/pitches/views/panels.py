"""What pitches add to a challenge's pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app, render_template, url_for
from markupsafe import Markup

from pitchfest.challenges.queries import ChallengeRow, ListedChallenge
from pitchfest.challenges.rules import PERMISSIONS as CHALLENGE_PERMISSIONS
from pitchfest.challenges.rules import PUBLISHED, REOPEN_WITHIN, ChallengeState
from pitchfest.challenges.rules import Permission as ChallengePermission
from pitchfest.kernel.actor import Actor
from pitchfest.pitches import queries
from pitchfest.pitches.queries import Entry, Numbers, OpenedPitch, PitchRow
from pitchfest.pitches.queries.sealed import going_on
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import supplier_label

#: Where the application names what each feature adds to the pages of lower ones.
PANELS_EXTENSION = "pitchfest.panels"
#: Where the application names who is kept away: callables(person id, challenge id, pitch id or None).
BARRIERS_EXTENSION = "pitchfest.pitch_barriers"
#: States in which the pitches of a challenge are sealed.
_SEALED = frozenset({ChallengeState.OPEN, ChallengeState.CLOSED})


def fact(challenge: ChallengeRow, _actor: Actor | None, now: datetime) -> tuple[str, str] | None:
    """How many pitches there are, and that they are sealed, for everyone; one statement."""
    if challenge.effective not in PUBLISHED:
        return None
    number = queries.count(challenge.id, now)
    if number is None:
        told = "Not told" if challenge.effective == ChallengeState.CANCELLED else "Told when they are opened"
        return "Pitches", told
    if challenge.effective not in _SEALED:
        return "Pitches", str(number)
    if challenge.effective == ChallengeState.CLOSED:
        return "Pitches", f"{number}, sealed" if number else "None"
    return "Pitches so far", f"{number}, sealed" if number else "None yet"


def panel(challenge: ChallengeRow, actor: Actor | None, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """The person's own pitches for the challenge; no statement for people without an organisation."""
    if actor is None or not actor.organisations or challenge.effective not in PUBLISHED:
        return None
    own = [pitch for pitch in queries.mine(actor, now) if pitch.challenge_id == challenge.id]
    until = queries.longer_until(challenge.id, actor.organisations) if challenge.effective in _SEALED else {}
    longer = max(until.values(), default=None)
    if not own and longer is None:
        return None
    rows = [(pitch, supplier_label(pitch.state, pitch.challenge_state)) for pitch in own]
    may_start = longer is not None and now < longer and not any(not pitch.withdrawn_at for pitch in own)
    return "pitches/panel.html", {
        "own_pitches": rows,
        "longer_until": longer,
        "may_start_late": may_start and challenge.effective == ChallengeState.CLOSED,
        "pitch_challenge": challenge,
    }


def own_pitch(challenge: ChallengeRow, actor: Actor | None, now: datetime) -> str | None:
    """Where their organisation's pitch is that the person writes, in place of starting one. Whoever works on
    another organisation's pitch can still start their own.
    """
    if actor is None or len(actor.organisations) != 1 or challenge.effective != ChallengeState.OPEN:
        return None
    own = going_on(actor, challenge.id, actor.organisations, now)
    return url_for("pitches.tasks", reference=own[0].reference) if own else None


def manage_panel(
    challenge: ChallengeRow, actor: Actor | None, now: datetime
) -> tuple[str, dict[str, Any]] | None:
    """How many pitches, and the way to opening and checking them, for those who may."""
    if not PERMISSIONS[Permission.OPENING_SEE](actor, challenge):
        return None
    numbers, entry = _numbers(challenge, now), _entry(challenge, actor, now)
    return "pitches/manage_panel.html", {
        "pitch_challenge": challenge,
        "pitch_number": numbers.sent if numbers else queries.count(challenge.id, now),
        "pitch_numbers": numbers,
        "pitches_sealed": challenge.effective in _SEALED,
        "pitches_to_open": challenge.effective == ChallengeState.CLOSED,
        "may_extend": challenge.effective == ChallengeState.OPEN
        and bool(CHALLENGE_PERMISSIONS[ChallengePermission.EXTEND](actor, challenge)),
        "may_reopen": _may_reopen(challenge, actor, now),
        "pitch_other_ways": entry is not None and bool(PERMISSIONS[_WAYS[challenge.effective]](actor, entry)),
        "sees_longer": entry is not None and bool(PERMISSIONS[Permission.LONGER_SEE](actor, entry)),
    }


def _may_reopen(challenge: ChallengeRow, actor: Actor | None, now: datetime) -> bool:
    """Whether this person and a second one can still open it again after an outage."""
    if challenge.closes_at is None or now >= challenge.closes_at + REOPEN_WITHIN:
        return False
    return bool(CHALLENGE_PERMISSIONS[ChallengePermission.REOPEN](actor, challenge))


def _entry(challenge: ChallengeRow, actor: Actor | None, now: datetime) -> Entry | None:
    """What decides about other ways in, and about longer times, while pitches are sealed."""
    if challenge.effective not in _WAYS or actor is None:
        return None
    return queries.entry_to(challenge, actor=actor, now=now)


#: State of a challenge → the other way in which pitches come then.
_WAYS = {ChallengeState.OPEN: Permission.ASSIST, ChallengeState.CLOSED: Permission.BRING}


def _numbers(challenge: ChallengeRow, now: datetime) -> Numbers | None:
    """How many were started and sent, while the challenge is open and that is told."""
    if challenge.effective != ChallengeState.OPEN:
        return None
    return queries.numbers([challenge.id], now).get(challenge.id)


def list_numbers(rows: Sequence[ListedChallenge], now: datetime) -> dict[int, str]:
    """What staff's list says of each open challenge; one statement, none where no row is open."""
    found = queries.numbers([row.id for row in rows if row.state == ChallengeState.OPEN], now)
    return {key: f"{n.started} started, {n.sent} sent" for key, n in found.items()}


def contributed(slot: str, pitch: PitchRow | OpenedPitch, actor: Actor, now: datetime) -> list[Markup]:
    """What higher features add to a pitch's page ("pitch", "manage_pitch"), as HTML.

    Each is a callable(pitch, actor, now) that returns (template, context), or None where it has
    nothing to say.
    """
    found = current_app.extensions.get(PANELS_EXTENSION, {}).get(slot, ())
    said = [words for each in found if (words := each(pitch, actor, now)) is not None]
    return [Markup(render_template(template, **context)) for template, context in said]  # noqa: S704 - our templates


def barred(actor: Actor, challenge_id: int, pitch_id: int | None = None) -> bool:
    """Whether a rule of a higher feature keeps a reader away from a challenge's opened pitches,
    or from one of them: a judge reads by the panel's rules, whatever their role.
    """
    found = current_app.extensions.get(BARRIERS_EXTENSION, ())
    return any(keeps_out(actor.person_id, challenge_id, pitch_id) for keeps_out in found)
