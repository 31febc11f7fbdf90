"""Who is told what, as outbox rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import queries
from pitchfest.challenges.rules import (
    NEWS_ITEMS,
    ChallengeRow,
    ChallengeState,
    NewsKind,
    Part,
    ReviewOutcome,
    gist,
    token_hash,
)
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotFound
from pitchfest.mail.operations import enqueue, enqueue_all
from pitchfest.mail.rules import Context, MailKind, Message


def ask_approvers(challenge_id: int, reference: str, *, now: datetime) -> None:
    """Tell every approver who did not write the challenge that it waits for one of them."""
    authors = queries.authors(challenge_id)
    for person in accounts.staff(Role.APPROVER, now=now):
        if person.id not in authors:
            enqueue("challenge_to_approve", now=now, person_id=person.id, reference=reference)


#: Who holds a draft or a sent pitch, told by the feature that keeps pitches: challenge id → person ids.
HOLDERS: dict[str, Callable[[int], list[int]]] = {}


def announce(challenge_id: int, reference: str, kind: NewsKind, item: int, *, now: datetime) -> None:
    """Tell all who hold a pitch of the challenge, in one write and due at one moment."""
    if kind not in NEWS_ITEMS:
        return
    for holders in HOLDERS.values():
        enqueue_all(
            f"challenge_{kind}",
            now=now,
            person_ids=holders(challenge_id),
            about_sealed=True,
            reference=reference,
            **{NEWS_ITEMS[kind]: item},
        )


def tell_officer(
    officer_id: int, reference: str, review_id: int, outcome: ReviewOutcome, *, now: datetime
) -> None:
    """Tell the officer what the approver said."""
    kind = "challenge_approved" if outcome == ReviewOutcome.APPROVED else "challenge_changes"
    enqueue(kind, now=now, person_id=officer_id, reference=reference, review=review_id)


def tell_of_challenge(address: str, token: str, reference: str, outreach_id: int, *, now: datetime) -> None:
    """Tell someone outside of an open challenge; `token` is for their link to get no more of these."""
    enqueue("outreach", now=now, address=address, reference=reference, outreach=outreach_id, stop=token)


def handed_over(
    hand_over_id: int, reference: str, part: Part, person_ids: Iterable[int], *, now: datetime
) -> None:
    """Tell the old and the new one; and the approvers, who approved the old one as decision-maker."""
    told = set(person_ids)
    if part is Part.DECISION_MAKER:
        told |= {person.id for person in accounts.staff(Role.APPROVER, now=now)}
    for person_id in sorted(told):
        enqueue(
            "challenge_handed_over", now=now, person_id=person_id, reference=reference, hand_over=hand_over_id
        )


def _load_hand_over(message: Message, now: datetime) -> Context | None:
    context = _load(message, now)
    if context is None:
        return None
    found = {row.id: row for row in queries.hand_overs(context["challenge"].id)}
    row = found.get(message.ids["hand_over"])
    if row is None:
        return None
    return {
        **context,
        "row": row,
        "yours": row.after_id == message.person_id,
        "decides": row.part == Part.DECISION_MAKER,
    }


def _load(message: Message, now: datetime, *roles: Role) -> Context | None:
    """The challenge, while the person still holds one of `roles`."""
    if not any(person.id == message.person_id for person in accounts.staff(*roles, now=now)):
        return None
    try:
        return {"challenge": queries.by_reference(message.ids["reference"], now)}
    except NotFound:
        return None


def _to_approve(message: Message, now: datetime) -> Context | None:
    return _load(message, now, Role.APPROVER)


def _reviewed(message: Message, now: datetime) -> Context | None:
    context = _load(message, now, Role.OFFICER)
    if context is None:
        return None
    reviews = {review.id: review for review in queries.reviews(context["challenge"].id)}
    review = reviews.get(message.ids["review"])
    return {**context, "review": review} if review else None


def _extended(message: Message, now: datetime) -> Context | None:
    found = _public(message, now)
    rows = queries.extensions(found.id) if found else []
    row = next((row for row in rows if row.id == message.ids["extension"]), None)
    if found is None or row is None or not _is_told(message, found.id):
        return None
    return {"challenge": found, "extension": row}


def _corrected(message: Message, now: datetime) -> Context | None:
    found = _public(message, now)
    rows = queries.corrections(found.id) if found else []
    row = next((row for row in rows if row.number == message.ids["correction"]), None)
    if found is None or row is None or not _is_told(message, found.id):
        return None
    return {"challenge": found, "correction": row, "changes": queries.changes_of(found.id, row.record)}


def _public(message: Message, now: datetime) -> ChallengeRow | None:
    try:
        return queries.by_reference(message.ids["reference"], now)
    except NotFound:
        return None


def _is_told(message: Message, challenge_id: int) -> bool:
    """Whether the recipient still holds a pitch."""
    return any(message.person_id in holders(challenge_id) for holders in HOLDERS.values())


def _outreach(message: Message, now: datetime) -> Context | None:
    """The challenge, only while it is open, and only to someone who has not asked for no more."""
    found = _public(message, now)
    if found is None or found.effective != ChallengeState.OPEN or found.practice:
        return None
    if queries.has_stopped(token_hash(message.ids["stop"])):
        return None
    sent = next(o for o in queries.outreach(found.id) if o.id == message.ids["outreach"])
    return {
        "challenge": found,
        "note": sent.note,
        "giver": sent.by_name,
        "gist": gist(found.problem),
        "stop": message.ids["stop"],
    }


KINDS: dict[str, MailKind] = {
    "challenge_to_approve": MailKind(_to_approve),
    "challenge_approved": MailKind(_reviewed),
    "challenge_changes": MailKind(_reviewed),
    "challenge_extended": MailKind(_extended),
    "challenge_corrected": MailKind(_corrected),
    "outreach": MailKind(_outreach, forgets_address=True),
    "challenge_handed_over": MailKind(_load_hand_over),
}
