"""Our macros say the same as the reference macros of the design system, and add nothing by accident."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.look.rendering import document, govuk, macro, ours, tree

HOSTILE = '"><script>alert(1)</script>&amp;'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (macro("forms", "button")("Save"), govuk("button", text="Save", preventDoubleClick=True)),
        (
            macro("forms", "button")("Go back", "secondary", "then", "back"),
            govuk(
                "button",
                text="Go back",
                classes="govuk-button--secondary",
                name="then",
                value="back",
                preventDoubleClick=True,
            ),
        ),
        (
            macro("forms", "warning_button")("Withdraw"),
            govuk("button", text="Withdraw", classes="govuk-button--warning", preventDoubleClick=True),
        ),
        (
            macro("forms", "button_link")("/x?a=1&b=2", "Read"),
            govuk("button", text="Read", href="/x?a=1&b=2"),
        ),
        (
            macro("forms", "start_button")("/x", "Start"),
            govuk("button", text="Start", href="/x", isStartButton=True),
        ),
        (macro("messages", "tag")("Open", "green"), govuk("tag", text="Open", classes="govuk-tag--green")),
        (macro("messages", "inset")("8 weeks & more"), govuk("inset-text", text="8 weeks & more")),
        (macro("messages", "warning_text")("No way back"), govuk("warning-text", text="No way back")),
        (macro("messages", "panel")("Sent", "PF-7K2Q"), govuk("panel", titleText="Sent", text="PF-7K2Q")),
        (macro("messages", "notification")("Closes soon"), govuk("notification-banner", text="Closes soon")),
        (
            macro("messages", "notification")("Saved", "success", "n-1"),
            govuk("notification-banner", text="Saved", type="success", titleId="n-1"),
        ),
        (
            macro("navigation", "breadcrumbs")([("Challenges", "/challenges"), ("CH-2026-005", "")]),
            govuk(
                "breadcrumbs", items=[{"text": "Challenges", "href": "/challenges"}, {"text": "CH-2026-005"}]
            ),
        ),
        (
            macro("navigation", "back_link")("/pitches", "Back to your pitch"),
            f'<nav aria-label="Back">{govuk("back-link", text="Back to your pitch", href="/pitches")}</nav>',
        ),
        (
            macro("lists", "summary_list")([("Name", "Kestrel", "/name"), ("Place", "Brentholme")]),
            govuk(
                "summary-list",
                rows=[
                    {
                        "key": {"text": "Name"},
                        "value": {"text": "Kestrel"},
                        "actions": {
                            "items": [{"href": "/name", "text": "Change", "visuallyHiddenText": "name"}]
                        },
                    },
                    {"key": {"text": "Place"}, "value": {"text": "Brentholme"}},
                ],
            ),
        ),
    ],
)
def test_small_components(html: str, expected: str) -> None:
    assert tree(html) == tree(expected)


def test_details() -> None:
    call = '{% call details("More") %}<p>Words</p>{% endcall %}'
    source = '{% from "components/messages.html" import details %}' + call
    assert tree(ours.from_string(source).render()) == tree(
        govuk("details", summaryText="More", html="<p>Words</p>")
    )


def test_task_list() -> None:
    tasks = [
        ("Your idea", "/1", "30 points", "Done", ""),
        ("Delivery", "/2", "", "Too long", "orange"),
        ("Send", "", "Later", "Cannot start yet", ""),
    ]
    expected = govuk(
        "task-list",
        idPrefix="task-1",
        items=[
            {
                "title": {"text": "Your idea"},
                "href": "/1",
                "hint": {"text": "30 points"},
                "status": {"text": "Done"},
            },
            {
                "title": {"text": "Delivery"},
                "href": "/2",
                "status": {"tag": {"text": "Too long", "classes": "govuk-tag--orange"}},
            },
            {
                "title": {"text": "Send"},
                "hint": {"text": "Later"},
                "status": {
                    "text": "Cannot start yet",
                    "classes": "govuk-task-list__status--cannot-start-yet",
                },
            },
        ],
    )
    html = macro("lists", "task_list")([("Scored", tasks)])
    assert tree(html) == tree(f'<h2 class="govuk-heading-m">Scored</h2>{expected}')


@pytest.mark.parametrize(
    ("here", "shown"), [(1, [1, 2, None, 9]), (5, [1, None, 4, 5, 6, None, 9]), (9, [1, None, 8, 9])]
)
def test_pagination(here: int, shown: list[int | None]) -> None:
    page = SimpleNamespace(page=here, pages=9, total=220, url=lambda number: f"/c?page={number}")
    items = [
        {"ellipsis": True} if n is None else {"number": n, "href": page.url(n), "current": n == here}
        for n in shown
    ]
    ends = {}
    if here > 1:
        ends["previous"] = {"href": page.url(here - 1)}
    if here < 9:
        ends["next"] = {"href": page.url(here + 1)}
    assert tree(macro("navigation", "pagination")(page)) == tree(govuk("pagination", items=items, **ends))


def test_no_pagination_of_a_single_page() -> None:
    page = SimpleNamespace(page=1, pages=1, total=3, url=str)
    assert tree(macro("navigation", "pagination")(page)) == []


def test_where_a_timetable_stands_is_told_in_words_too() -> None:
    html = macro("dots", "dots_line")(
        [("Published", "Monday", "done"), ("Closes", "Friday", "now"), ("Decision", "Later", "")]
    )
    first, second, third = document(html).iter("li")
    assert "(done)" in "".join(first.itertext())
    assert second.get("aria-current") == "step"
    assert third.attrib == {}


def test_dots_are_repeated_in_words() -> None:
    html = macro("dots", "dots_cell")(2, 5)
    assert "2 of 5" in html
    assert html.count("pf-dot--on") == 2
    assert html.count("<circle") == 5


def test_the_heaviest_criterion_has_the_full_bar() -> None:
    html = macro("lists", "weights")([("Fit", 40, ""), ("New", 10, "note"), ("Price", 0, "")])
    bars = [
        r.get("width")
        for r in document(html).iter()
        if r.tag.endswith("rect") and "fill" in r.get("class", "")
    ]
    assert bars == ["100", "25", "0"]


def test_nothing_a_person_writes_becomes_markup() -> None:
    page = SimpleNamespace(page=2, pages=3, total=9, url=lambda _: HOSTILE)
    html = [
        macro("forms", "button")(HOSTILE, "", HOSTILE, HOSTILE),
        macro("forms", "button_link")(HOSTILE, HOSTILE),
        macro("forms", "start_button")(HOSTILE, HOSTILE),
        macro("messages", "next_box")(*[HOSTILE] * 5),
        macro("messages", "empty")(*[HOSTILE] * 4),
        macro("lists", "summary_list")([(HOSTILE,) * 4]),
        macro("lists", "facts")([(HOSTILE, HOSTILE)]),
        macro("lists", "weights")([(HOSTILE, 5, HOSTILE)]),
        macro("lists", "task_list")([(HOSTILE, [(HOSTILE,) * 5])]),
        macro("dots", "dots_line")([(HOSTILE, HOSTILE, "now")]),
        macro("navigation", "breadcrumbs")([(HOSTILE, HOSTILE), (HOSTILE, "")]),
        macro("navigation", "back_link")(HOSTILE, HOSTILE),
        macro("navigation", "pagination")(page),
    ]
    html += [
        macro("messages", name)(HOSTILE) for name in ("tag", "notification", "panel", "inset", "warning_text")
    ]
    for markup in html:
        assert not list(document(markup).iter("script")), markup
