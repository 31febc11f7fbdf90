"""The route of a challenge, as an officer answers for it and a procurement lead confirms it."""

from __future__ import annotations

from datetime import datetime

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import duties_of
from pitchfest.kernel.actor import Actor
from tests.support.client import PageClient

#: The form of a purchase for the budget in the brief, £85,000.
ROUTE = {"buying": "yes", "others": "no", "instead": "nothing", "research": "no"}
NOTICE_REFERENCE = "2026/S 000-012345"


def settle_duties(lead: Actor, reference: str, now: datetime) -> None:
    """Confirm the route and record everything that is due before publication."""
    operations.confirm_route(lead, reference=reference, now=now)
    chosen = queries.route(queries.by_reference(reference, now))
    assert chosen is not None
    for duty in duties_of(chosen.answers):
        if duty.is_due_before:
            operations.record_duty(
                lead,
                reference=reference,
                key=duty.key,
                evidence="2026/S 000-012345, as published there",
                at=now,
                not_needed_because="",
                now=now,
            )


def settle_route_by_hand(lead: PageClient, manage: str) -> None:
    """The lead confirms the route, writes down conflicts and the rest, and the notice of last week."""
    lead.fill(f"{manage}/route", action="/route/confirm")
    assert "confirmed this route" in lead.text, lead.text[:600]
    page = f"{manage}/route/duties"
    lead.fill(f"{page}/conflicts", action="/conflicts", evidence="Nobody of us knows a likely supplier.")
    lead.fill(
        f"{page}/below_threshold_notice",
        action="/below_threshold_notice",
        evidence=NOTICE_REFERENCE,
        at__day="20",
        at__month="11",
        at__year="2026",
        at__time="9am",
    )
    assert "To do" not in lead.text, lead.text[:900]
