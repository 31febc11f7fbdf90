"""What became of a draft since an approver asked for changes."""

from __future__ import annotations

import copy
import json
import re
from contextvars import Context
from datetime import timedelta

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import redrafted
from pitchfest.db import transaction
from tests.challenges.world import a_draft
from tests.support.statements import counted

#: Of a record, what is about the record and not about what it says.
ABOUT_THE_RECORD = {"format", "reference", "number", "published_at", "position"}


@pytest.fixture
def reference(cast, now):
    """A draft about which changes were asked for."""
    reference = a_draft(cast, now)
    with transaction():
        operations.send_for_approval(cast.actor("officer"), reference=reference, now=now)
    with transaction():
        operations.ask_for_changes(
            cast.actor("approver"), reference=reference, reason="Name the two test areas.", now=now
        )
    return reference


@pytest.fixture
def page(reference):
    return f"/manage/challenges/{reference}/changed"


def changes(html):
    """Label → the words of the change, of which those that went and came are marked."""
    pairs = re.findall(
        r"<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", html.partition("pf-changes")[2], re.DOTALL
    )
    marked = re.compile(r'<(del|ins)><span class="govuk-visually-hidden">(Removed|Added): </span>(.*?)</\1>')
    return {label: marked.sub(r"[\1 \3]", words).replace("\N{NO-BREAK SPACE}", " ") for label, words in pairs}


def test_both_sides_read_word_by_word_what_changed(app, cast, reference, now, page):
    officer, approver = cast.browser(app, "officer"), cast.browser(app, "approver")
    home = f"/manage/challenges/{reference}"
    for who in (officer, approver):
        who.get(page)
        assert "Name the two test areas." in who.text
        assert "Nothing yet." in who.text
    officer.get(home)
    assert f'href="{page}"' in officer.html
    assert "Nothing has changed since changes were asked for." in officer.text
    me, found = cast.actor("officer"), queries.by_reference(reference, now)
    later = now + timedelta(minutes=1)
    [fit, price], [first, _] = queries.criteria(found.id), queries.questions(found.id)
    with transaction():
        operations.edit_brief(me, reference=reference, now=later, who_has_it="Highways crews in Tarn.")
        operations.save_criterion(
            me,
            reference=reference,
            criterion_id=fit.id,
            name="Fit",
            weight=80,
            threshold=300,
            anchors={**fit.anchors, 500: ("Label 5", "Better than asked.")},
            now=now,
        )
        operations.save_criterion(
            me, reference=reference, criterion_id=price.id, name="Price", weight=20, kind=price.kind, now=now
        )
        operations.save_question(
            me,
            reference=reference,
            question_id=first.id,
            ask=first.ask,
            kind=first.kind,
            max_words=200,
            required=False,
            criterion_id=fit.id,
            now=now,
        )
    officer.get(home)
    assert "Nothing has changed" not in officer.text
    with transaction():
        operations.send_for_approval(me, reference=reference, now=now)
    approver.get(home)
    assert f'href="{page}"' in approver.html
    approver.get(page)
    said = changes(approver.html)
    assert said["Who has it"] == "Highways [del crews.][ins crews in Tarn.]"
    assert said["Fit: weight"] == "[del 90 ][ins 80 ]points"
    assert said["Price: weight"] == "[del 10 ][ins 20 ]points"
    assert said["Question 1 of the form: must be answered"] == "[del Yes][ins No]"
    assert "[del Meaning of 5.][ins Better than asked.]" in said["Criterion 1: what the points mean"]
    assert len(said) == 5
    with counted() as few:
        Context().run(approver.get, page)
    assert len(few) <= 12


def test_after_the_approval_no_changes_are_asked_for(app, cast, reference, now, page):
    with transaction():
        operations.send_for_approval(cast.actor("officer"), reference=reference, now=now)
    with transaction():
        operations.approve(cast.actor("approver"), reference=reference, now=now)
    browser = cast.browser(app, "officer")
    browser.get(page)
    assert "No changes are asked for just now." in browser.text
    browser.get(f"/manage/challenges/{reference}")
    assert page not in browser.html


def test_nobody_else_reads_it(app, cast, reference, page):
    for who in ("observer", "supplier", "admin"):
        assert cast.browser(app, who).get(page).status_code == 404


def leaves(value, path=()):
    """(way to it, value) of everything in a record that says something."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ABOUT_THE_RECORD:
                yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value and not isinstance(value[0], str):
        for key, inner in enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def other(path, value):
    """Another value that could stand there."""
    named = {
        "kind": {"judged": "price", "price": "judged", "text": "money", "money": "text"}.get(str(value)),
        "route": "prize",
        "decision_basis": "raw_mean",
        "theme": "transport",
        "anchors": [{"value": 0, "label": "None", "meaning": "Nothing."}],
        "criterion": 2 if value == 1 else 1,
        "options": ["Yes", "No"],
    }
    if path[-1] in named:
        return named[path[-1]]
    if path[0] == "dates":
        return "2031-01-01T11:00:00Z"
    if isinstance(value, bool):
        return not value
    return f"{value or ''}More." if isinstance(value, str) else (value or 0) + 100


def test_nothing_that_publishing_freezes_can_change_unseen(cast, reference, now):
    content = queries.content(queries.by_reference(reference, now).id, now)
    read = json.loads(queries.as_record(content, now))
    read["brief"] |= {
        "theme": "care",
        "payment_pence": 100,
        "self_check": "Same.",
        "unpaid_because": "Short.",
    }
    read["judging"] |= {"decision_basis": "moderated", "names_hidden": True}
    read["dates"] |= {"questions_until": "2030-01-01T11:00:00Z", "short_because": "Same."}
    assert redrafted(read, copy.deepcopy(read)) == []
    unseen = []
    for path, value in leaves(read):
        changed = copy.deepcopy(read)
        *way, last = path
        place = changed
        for step in way:
            place = place[step]
        place[last] = other(path, value)
        assert place[last] != value, path
        of_price = path[:2] == ("criteria", 1) and last in {
            "minimum",
            "maximum",
            "step",
        }  # worked out, not given
        if not of_price and not redrafted(read, changed):
            unseen.append(path)
    assert unseen == []
