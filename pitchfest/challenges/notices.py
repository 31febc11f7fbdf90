"""Who is told what, as outbox rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import queries
from pitchfest.challenges.rules import (
    NEWS_ITEMS,
    THEMES,
    ChallengeRow,
    ChallengeState,
    NewsKind,
    Part,
    ReviewOutcome,
    gist,
    ready_problems,
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


def tell_holders(challenge_id: int, reference: str, kind: NewsKind, item: int, *, now: datetime) -> set[int]:
    """Tell all who hold a pitch of the challenge, in one write and due at one moment; their ids."""
    told: set[int] = set()
    what: dict[str, Any] = {"reference": reference, NEWS_ITEMS[kind]: item}
    for holders in HOLDERS.values():
        found = set(holders(challenge_id)) - told
        enqueue_all(
            f"challenge_{kind}",
            now=now,
            to=[{"person_id": person_id} for person_id in sorted(found)],
            about_sealed=True,
            **what,
        )
        told |= found
    return told


def tell_everyone(challenge_id: int, reference: str, kind: NewsKind, item: int, *, now: datetime) -> None:
    """Tell all who hold a pitch and all who follow, each address once, due at the same moment."""
    told = accounts.addresses(tell_holders(challenge_id, reference, kind, item, now=now))
    followers = [row for row in queries.followers(challenge_id) if row.address not in told]
    what: dict[str, Any] = {"reference": reference, NEWS_ITEMS[kind]: item}
    enqueue_all(
        f"challenge_{kind}",
        now=now,
        to=[{"address": row.address, "ids": {"follower": row.id}} for row in followers],
        about_sealed=True,  # or the outbox would show who of those who follow holds a pitch
        **what,
    )


def ask_follower(address: str, follower_id: int, *, now: datetime) -> None:
    """Ask an address whether it wants to follow; the link is in the mail and nowhere else."""
    enqueue("follow", now=now, address=address, follower=follower_id)


def tell_asker(clarification_id: int, reference: str, *, now: datetime) -> None:
    """Tell whoever asked that something became of their question: apart from the news, so that the
    number of messages says nothing of whether they hold a pitch.
    """
    person_id = queries.asker(clarification_id)
    if person_id is not None:
        enqueue(
            "question_moved",
            now=now,
            person_id=person_id,
            about_sealed=True,
            reference=reference,
            clarification=clarification_id,
        )


def need_told(need_id: int, reference: str, officer_id: int, *, now: datetime) -> None:
    """Tell the officer and the leads that somebody needs something to take part."""
    for person_id in sorted({officer_id, *(person.id for person in accounts.staff(Role.LEAD, now=now))}):
        enqueue("need_told", now=now, person_id=person_id, reference=reference, need=need_id)


def need_replied(need_id: int, reference: str, person_id: int, *, now: datetime) -> None:
    """Tell whoever needs something what will be done about it."""
    enqueue(
        "need_replied", now=now, person_id=person_id, about_sealed=True, reference=reference, need=need_id
    )


def tell_officer(
    officer_id: int, reference: str, review_id: int, outcome: ReviewOutcome, *, now: datetime
) -> None:
    """Tell the officer what the approver said."""
    kind = "challenge_approved" if outcome == ReviewOutcome.APPROVED else "challenge_changes"
    enqueue(kind, now=now, person_id=officer_id, reference=reference, review=review_id)


def tell_held(reference: str, *, now: datetime) -> None:
    """Tell every procurement lead that the clock could not publish a challenge."""
    for person in accounts.staff(Role.LEAD, now=now):
        enqueue("challenge_held", now=now, person_id=person.id, reference=reference)


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


def _held(message: Message, now: datetime) -> Context | None:
    """Whether it waits still, and what for: said as it stands when the mail leaves."""
    context = _load(message, now, Role.LEAD)
    if context is None or context["challenge"].effective != ChallengeState.SCHEDULED:
        return None
    return {**context, "obstacles": ready_problems(queries.publish_facts(context["challenge"], now))}


def _reviewed(message: Message, now: datetime) -> Context | None:
    context = _load(message, now, Role.OFFICER)
    if context is None:
        return None
    reviews = {review.id: review for review in queries.reviews(context["challenge"].id)}
    review = reviews.get(message.ids["review"])
    return {**context, "review": review} if review else None


def _follow(message: Message, now: datetime) -> Context | None:
    row = queries.follower(follower_id=message.ids["follower"])
    if row is None or row.address != message.address:
        return None
    found = queries.by_id(row.challenge_id, now) if row.challenge_id is not None else None
    return {"challenge": found, "follow": _address_of(row), "theme": THEMES.get(row.theme, "")}


def _news(
    read: Callable[[ChallengeRow, dict[str, Any]], Context | None],
) -> Callable[[Message, datetime], Context | None]:
    """The loader of a piece of news: to whoever still holds a pitch or follows. `read` finds what
    happened by the message's ids.
    """

    def load(message: Message, now: datetime) -> Context | None:
        try:
            found = queries.by_reference(message.ids["reference"], now)
        except NotFound:
            return None
        said = read(found, message.ids)
        follower = queries.follower(follower_id=message.ids.get("follower", 0))
        is_told = (
            any(message.person_id in holders(found.id) for holders in HOLDERS.values())
            if message.person_id
            else follower is not None
            and follower.confirmed_at is not None
            and follower.address == message.address
        )
        if said is None or not is_told:
            return None
        return {"challenge": found, "follow": _address_of(follower) if follower else "", **said}

    return load


def _need_told(message: Message, now: datetime) -> Context | None:
    """That somebody needs something; what and who stands on the page, behind the right to read it."""
    context = _load(message, now, Role.OFFICER, Role.LEAD)
    return context if context and queries.need(message.ids["need"]) else None


def _need_replied(message: Message, now: datetime) -> Context | None:
    row = queries.need(message.ids["need"])
    if row is None or row.reply is None or row.person_id != message.person_id:
        return None
    try:
        return {"challenge": queries.by_reference(message.ids["reference"], now), "row": row}
    except NotFound:
        return None


def _question_moved(message: Message, now: datetime) -> Context | None:
    """The question and what became of it until now, for its asker."""
    if message.person_id is None:
        return None
    try:
        found = queries.by_reference(message.ids["reference"], now)
        question = queries.own_question(message.person_id, found.id, message.ids["clarification"])
    except NotFound:
        return None
    return {"challenge": found, "question": question}


def _address_of(row: queries.FollowerRow) -> str:
    return f"/following/{row.token}"


def _published(found: ChallengeRow, _ids: dict[str, Any]) -> Context | None:
    return {} if found.effective == ChallengeState.OPEN else None


def _extended(found: ChallengeRow, ids: dict[str, Any]) -> Context | None:
    row = next((row for row in queries.extensions(found.id) if row.id == ids["extension"]), None)
    return {"extension": row} if row else None


def _corrected(found: ChallengeRow, ids: dict[str, Any]) -> Context | None:
    row = next((row for row in queries.corrections(found.id) if row.number == ids["correction"]), None)
    return {"correction": row, "changes": queries.changes_of(found.id, row.record)} if row else None


def _answered(found: ChallengeRow, ids: dict[str, Any]) -> Context | None:
    row = next((row for row in queries.answers(found.id) if row.number == ids["number"]), None)
    return {"row": row} if row else None


def _delayed(found: ChallengeRow, ids: dict[str, Any]) -> Context | None:
    rows = [row for row in queries.delays(found.id) if row.number == ids["delay"]]
    return {"delays": rows} if rows else None


def _cancelled(found: ChallengeRow, _ids: dict[str, Any]) -> Context | None:
    row = queries.cancellation(found.id)
    return {"cancellation": row} if row else None


def _outreach(message: Message, now: datetime) -> Context | None:
    """The challenge, only while it is open, and only to someone who has not asked for no more."""
    try:
        found = queries.by_reference(message.ids["reference"], now)
    except NotFound:
        return None
    if found.effective != ChallengeState.OPEN or found.practice:
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


def _told(title: str, read: Callable[[ChallengeRow, dict[str, Any]], Context | None]) -> MailKind:
    return MailKind(title, _news(read), forgets_address=True, unsubscribe=_unsubscribe)


def _unsubscribe(message: Message) -> str:
    """Where a follower's mail program can say stop by itself (RFC 8058); "" for who holds a pitch."""
    row = queries.follower(follower_id=message.ids.get("follower", 0))
    return f"{_address_of(row)}/stop" if row else ""


KINDS: dict[str, MailKind] = {
    "challenge_to_approve": MailKind("A challenge waits for approval", _to_approve),
    "challenge_approved": MailKind("A challenge is approved", _reviewed),
    "challenge_changes": MailKind("A challenge needs changes", _reviewed),
    "challenge_held": MailKind("A challenge could not be published on time", _held),
    "follow": MailKind("Asks whether to follow challenges", _follow, forgets_address=True),
    "challenge_published": _told("A challenge is published", _published),
    "challenge_extended": _told("More time for a challenge", _extended),
    "challenge_reopened": _told("A challenge is open again", _extended),
    "challenge_corrected": _told("Correction to a challenge", _corrected),
    "challenge_cancelled": _told("A challenge is cancelled", _cancelled),
    "challenge_answered": _told("Answers to questions about a challenge", _answered),
    "challenge_delayed": _told("A date comes later than we said", _delayed),
    "question_moved": MailKind("What became of a question", _question_moved),
    "need_told": MailKind("Somebody needs something to take part", _need_told),
    "need_replied": MailKind("What we do about what somebody needs", _need_replied),
    "outreach": MailKind("News of a challenge to somebody outside", _outreach, forgets_address=True),
    "challenge_handed_over": MailKind("A challenge is in other hands", _load_hand_over),
}
