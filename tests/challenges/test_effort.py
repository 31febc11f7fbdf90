"""A form that asks much is approved by someone who stands by it, and suppliers can check themselves first."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import transaction
from pitchfest.kernel.errors import RuleViolation
from tests.challenges.test_review import press
from tests.challenges.world import a_cast, a_draft, closing_of, closing_on, published, state_of
from tests.support.client import PageClient


def long_draft(cast, now, *, words=(900, 900, 900, 900), payment=None):
    """A draft whose form takes more than a day, sent for approval."""
    reference = a_draft(cast, now)
    me = cast.actor("officer")
    with transaction():
        fit = queries.criteria(queries.by_reference(reference, now).id)[0].id
        for limit in words:
            operations.save_question(
                me,
                reference=reference,
                ask=f"In {limit} words",
                kind=QuestionKind.TEXT,
                max_words=limit,
                criterion_id=fit,
                now=now,
            )
        operations.edit_brief(me, reference=reference, payment_pence=payment, now=now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    return reference


def test_an_approver_agrees_to_many_words_and_says_why_a_day_is_not_paid(app, now):
    cast = a_cast()
    reference = long_draft(cast, now)
    with pytest.raises(RuleViolation, match=r"Tick the box.*at least 5 words why"):
        press(operations.approve, cast, "approver", reference, now)
    with pytest.raises(RuleViolation, match="at least 5 words why"):
        press(operations.approve, cast, "approver", reference, now, accepted=True)
    because = "The national grant allows no payment for bids."
    press(operations.approve, cast, "approver", reference, now, accepted=True, unpaid_because=because)
    press(operations.publish, cast, "officer", reference, now)
    found = queries.by_reference(reference, now)
    assert found.unpaid_because == because
    assert json.loads(queries.snapshot_body(found.id, 1))["brief"]["unpaid_because"] == because


def test_a_payment_needs_no_reason_and_keeps_none(app, now):
    cast = a_cast()
    reference = long_draft(cast, now, payment=250_000)
    press(
        operations.approve, cast, "approver", reference, now, accepted=True, unpaid_because="Not asked at all"
    )
    assert queries.by_reference(reference, now).unpaid_because == ""


@pytest.fixture
def paid(bare_app, now):
    """Its people and a published challenge whose form takes more than a day, which is paid."""
    with bare_app.app_context():
        cast = a_cast()
        reference = long_draft(cast, now, payment=250_000)
        press(operations.approve, cast, "approver", reference, now, accepted=True)
        press(operations.publish, cast, "officer", reference, now)
    return cast, reference


def test_a_correction_does_not_get_round_the_approver(bare_app, paid, now):
    cast, reference = paid
    lead, page = cast.browser(bare_app, "lead"), f"/manage/challenges/{reference}/correct"
    with bare_app.app_context():
        later = closing_on(closing_of(reference, now) + timedelta(days=14))
        first = queries.questions(queries.by_reference(reference, now).id)[0].id
    said = {"reason": "We counted the gullies again last week.", "act": "check", **later}
    lead.fill(page, action="/correct", payment_pence="", **said)
    assert "It would take more than a day without payment" in lead.text
    assert 'href="#payment_pence"' in lead.html
    lead.fill(page, action="/correct", payment_pence="2,500", **{f"max_words_{first}": "300"}, **said)
    assert "The approver did not agree to ask this of suppliers" in lead.text
    assert "up to 3,900 scored words" in lead.text
    lead.fill(page, action="/correct", payment_pence="2,600", **{f"max_words_{first}": "200"}, **said)
    assert "Check the correction" in lead.text
    lead.send(page, action="/correct", act="publish")
    assert "Correction 1 is published" in lead.text


def test_a_form_of_more_than_a_day_always_says_whether_it_is_paid(bare_app, now):
    with bare_app.app_context():
        cast = a_cast()
        reference = long_draft(cast, now)
    approver = cast.browser(bare_app, "approver")
    approver.get(f"/manage/challenges/{reference}")
    assert "scored. Pitching is not paid." in approver.text


def test_the_page_asks_the_approver_and_tells_suppliers(bare_app, now):
    with bare_app.app_context():
        cast = a_cast()
        reference = long_draft(cast, now)
    approver = cast.browser(bare_app, "approver")
    page = f"/manage/challenges/{reference}"
    approver.get(page)
    assert "3,800 scored words" in approver.text
    approver.send(page, action="/approve", unpaid_because="Short.")
    assert "There are 2 things to fix" in approver.text
    for field in ("accepted", "unpaid_because"):
        assert f'href="#{field}"' in approver.html, "the summary leads to what is to be fixed"
    assert approver.form("/approve")["fields"]["unpaid_because"].strip() == "Short."
    approver.send(
        page, action="/approve", accepted="y", unpaid_because="The grant allows no payment for bids."
    )
    assert "Approved" in approver.text
    with bare_app.app_context():
        press(operations.publish, cast, "officer", reference, now)
    visitor = PageClient(bare_app)
    visitor.get(f"/challenges/{reference}")
    assert "Pitching is not paid, because the grant allows no payment for bids." in visitor.text
    assert "About 11 hours to fill in" in visitor.text
    visitor.get(f"/challenges/{reference}/form")
    assert "About 11 hours: 6 questions" in visitor.text


def test_who_may_not_write_a_draft_is_led_to_read_it(bare_app, now):
    with bare_app.app_context():
        cast = a_cast()
        reference = a_draft(cast, now)
    lead, page = cast.browser(bare_app, "lead"), f"/manage/challenges/{reference}"
    lead.get(page)
    for path in (f"{page}/preview", f"{page}/route"):
        assert f'href="{path}"' in lead.html
        assert lead.get(path).status_code == 200
        lead.get(page)


def test_an_ordinary_form_asks_nothing_more_of_the_approver(bare_app, now):
    with bare_app.app_context():
        cast = a_cast()
        reference = a_draft(cast, now)
        press(operations.send_for_approval, cast, "officer", reference, now)
    approver = cast.browser(bare_app, "approver")
    approver.fill(f"/manage/challenges/{reference}", action="/approve")
    with bare_app.app_context():
        assert state_of(reference, now) == "approved"


@pytest.fixture
def checked(bare_app, now):
    """A published challenge with two conditions to check; its address."""
    with bare_app.app_context():
        cast = a_cast()
        reference = a_draft(cast, now)
        with transaction():
            operations.edit_brief(
                cast.actor("officer"),
                reference=reference,
                self_check="- We can start in March\n- We work <here>",
                now=now,
            )
        press(operations.send_for_approval, cast, "officer", reference, now)
    approver = cast.browser(bare_app, "approver")
    approver.get(f"/manage/challenges/{reference}/preview")
    assert "We work <here>" in approver.text, "what becomes public is approved"
    with bare_app.app_context():
        press(operations.approve, cast, "approver", reference, now)
        press(operations.publish, cast, "officer", reference, now)
    return f"/challenges/{reference}"


def test_a_supplier_checks_itself_and_nothing_stops_it(bare_app, checked):
    visitor = PageClient(bare_app)
    visitor.get(checked)
    assert "Can we pitch?" in visitor.text
    page = f"{checked}/can-we-pitch"
    visitor.get(page)
    assert "We work <here>" in visitor.text
    visitor.get(f"{page}?condition-1=yes")
    assert "So far nothing stands in your way" in visitor.text
    visitor.get(f"{page}?condition-1=yes&condition-2=no")
    assert "would not meet this condition: We work <here>" in visitor.text
    assert "a pitch that does not meet it is very likely" in visitor.text
    assert "Start your pitch" in visitor.text
    visitor.get(f"{page}?condition-1=no&condition-2=no")
    assert "a pitch that does not meet them is very likely" in visitor.text
    visitor.get(f"{page}?condition-1=yes&condition-2=yes")
    assert "Nothing here stands in your way" in visitor.text
    visitor.get(f"{page}?condition-1=%3Cscript%3E&condition-99=no")
    assert "script" not in visitor.html.partition("<main")[2].partition("</main>")[0]


def test_where_nothing_is_to_be_checked_there_is_no_page(bare_app, now):
    with bare_app.app_context():
        cast = a_cast()
        reference = published(cast, now)
        draft = a_draft(cast, now)
    visitor = PageClient(bare_app)
    assert visitor.get(f"/challenges/{reference}/can-we-pitch").status_code == 404
    assert visitor.get(f"/challenges/{draft}/can-we-pitch").status_code == 404
