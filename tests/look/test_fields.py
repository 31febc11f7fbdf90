"""Our fields are those of the design system, in every state a form can be in."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from pitchfest.web.forms import DayField, MomentField, MoneyField
from tests.look.rendering import document, govuk, macro, tree

HOSTILE = '"><script>alert(1)</script>&amp;'
SCORES = {"5": "Excellent", "3": "Acceptable", "0": "No answer"}
ROLES = {"o": "Officer", "l": "Lead"}
ANCHORS = {"5": "Full answer, strong evidence.", "3": "Answers the question."}


class Milestone(Form):
    price = MoneyField("Price", [InputRequired("Enter the price of this milestone")])


class Example(Form):
    csrf_token = HiddenField(default="csrf-1")
    form_token = HiddenField(default="form-1")
    version = HiddenField()
    name = StringField("Name", [InputRequired("Enter a name")], description="As in your contract")
    email = EmailField("Email address")
    password = PasswordField("Password", [InputRequired("Enter your password")])
    price = MoneyField("Price", [InputRequired("Enter a price")], description="VAT included")
    why = TextAreaField("Why?", [InputRequired("Say why")], description="The supplier will read this.")
    score = RadioField(
        "Fit",
        [InputRequired("Choose a score")],
        choices=SCORES,
        description="Needs at least 3",
        validate_choice=False,
    )
    roles = SelectMultipleField("Roles", [InputRequired("Choose a role")], choices=ROLES)
    agree = BooleanField("I agree", [InputRequired("Tick the box")])
    plan = FileField("Your plan", [InputRequired("Choose a file")], description="A PDF")
    place = SelectField("Place", choices={"b": "Brentholme", "w": "Wexcombe"}, validate_choice=False)
    starts = DayField("Start", [InputRequired("Enter a date")], description="For example, 11 12 2026")


FILLED = {
    "name": "Kestrel & Co",
    "email": "rosa@kestrel.example",
    "password": "hush",
    "price": "21500.50",
    "why": "Because\n\nit works",
    "score": "3",
    "roles": "l",
    "agree": "y",
    "plan": "plan.pdf",
    "place": "w",
    "starts-day": "11",
    "starts-month": "12",
    "starts-year": "2026",
}


@pytest.fixture(params=["filled", "refused"])
def form(request: pytest.FixtureRequest) -> Example:
    """The form as a person filled it in well, and as it comes back when all was left empty."""
    form = Example(MultiDict(FILLED if request.param == "filled" else {"place": "b", "starts-day": ""}))
    form.validate()
    return form


#: Words are laid out from left to right or from right to left, as they begin.
AS_IT_RUNS = {"dir": "auto"}


def common(field) -> dict[str, object]:
    found: dict[str, object] = {"id": field.id, "name": field.name, "label": {"text": field.label.text}}
    if field.description:
        found["hint"] = {"text": field.description}
    if field.errors:
        found["errorMessage"] = {"text": field.errors[0]}
    return found


def grouped(field, size: str = "s") -> dict[str, object]:
    found = common(field)
    found["idPrefix"] = found.pop("id")
    found["fieldset"] = {"legend": {"text": field.label.text, "classes": f"govuk-fieldset__legend--{size}"}}
    return found


def test_text_input(form: Example) -> None:
    field = form.name
    expected = govuk(
        "input", **common(field), value=field.data, autocomplete="organization", attributes=AS_IT_RUNS
    )
    assert tree(macro("fields", "text_input")(field, autocomplete="organization")) == tree(expected)


def test_text_input_of_another_type_and_width(form: Example) -> None:
    field = form.email
    expected = govuk(
        "input",
        **common(field),
        value=field.data,
        type="email",
        spellcheck=False,
        classes="govuk-input--width-20",
    )
    assert tree(macro("fields", "text_input")(field, type="email", width="20", spellcheck="false")) == tree(
        expected
    )


def test_a_label_can_be_the_heading_of_its_page(form: Example) -> None:
    params = common(form.name) | {
        "label": {"text": "Name", "classes": "govuk-label--l", "isPageHeading": True}
    }
    expected = govuk("input", **params, value=form.name.data, attributes=AS_IT_RUNS)
    assert tree(macro("fields", "text_input")(form.name, size="l", heading=True)) == tree(expected)


def test_password_is_never_filled_in_again(form: Example) -> None:
    html = macro("fields", "password")(form.password)
    assert tree(html) == tree(govuk("password-input", **common(form.password)))
    assert "hush" not in html


def test_file_input(form: Example) -> None:
    expected = govuk("file-upload", **common(form.plan), attributes={"accept": "image/png"})
    assert tree(macro("fields", "file_input")(form.plan, accept="image/png")) == tree(expected)


def test_money(form: Example) -> None:
    expected = govuk(
        "input",
        **common(form.price),
        value=form.price._value() or None,
        prefix={"text": "£"},
        classes="govuk-input--width-10",
        inputmode="decimal",
        spellcheck=False,
    )
    assert tree(macro("fields", "money")(form.price)) == tree(expected)


def test_textarea(form: Example) -> None:
    params = common(form.why) | {"label": {"text": "Why?", "classes": "govuk-label--s"}}
    expected = govuk("textarea", **params, value=form.why.data or "", rows=7, attributes=AS_IT_RUNS)
    assert tree(macro("fields", "textarea")(form.why, rows=7, size="s")) == tree(expected)


def test_word_count(form: Example) -> None:
    expected = govuk(
        "character-count",
        **common(form.why),
        value=form.why.data or "",
        rows=12,
        maxwords=250,
        attributes=AS_IT_RUNS,
    )
    assert tree(macro("fields", "word_count")(form.why, 250)) == tree(expected)


def test_select(form: Example) -> None:
    items = [
        {"value": v, "text": t, "selected": v == form.place.data}
        for v, t in (("b", "Brentholme"), ("w", "Wexcombe"))
    ]
    assert tree(macro("fields", "select")(form.place)) == tree(
        govuk("select", **common(form.place), items=items)
    )


def test_radios(form: Example) -> None:
    items = [
        {"value": v, "text": t, "checked": v == form.score.data}
        | ({"hint": {"text": ANCHORS[v]}} if v in ANCHORS else {})
        for v, t in SCORES.items()
    ]
    expected = govuk(
        "radios", **grouped(form.score, "m"), items=items, classes="govuk-radios--small pf-radios"
    )
    html = macro("fields", "radios")(form.score, ANCHORS, "govuk-radios--small pf-radios", "m")
    assert tree(html) == tree(expected)


def test_checkboxes(form: Example) -> None:
    items = [{"value": v, "text": t, "checked": v in (form.roles.data or [])} for v, t in ROLES.items()]
    assert tree(macro("fields", "checkboxes")(form.roles)) == tree(
        govuk("checkboxes", **grouped(form.roles), items=items)
    )


def test_single_checkbox(form: Example) -> None:
    described = {"attributes": {"aria-describedby": "agree-error"}} if form.agree.errors else {}
    params = common(form.agree)
    params["idPrefix"] = params.pop("id")
    items = [{"value": "y", "text": "I agree", "checked": form.agree.data} | described]
    assert tree(macro("fields", "checkbox")(form.agree)) == tree(govuk("checkboxes", **params, items=items))


def test_date_input(form: Example) -> None:
    field = form.starts
    wrong = " govuk-input--error" if field.errors else ""
    items = [
        {"name": s, "label": s.capitalize(), "value": v or None, "classes": f"govuk-input--width-{w}{wrong}"}
        for s, (_, _, v, w) in zip(("day", "month", "year"), field.parts, strict=True)
    ]
    params = grouped(field)
    params["id"] = params.pop("idPrefix")
    expected = govuk("date-input", **params, namePrefix="starts", items=items)
    assert tree(macro("fields", "date_input")(field)) == tree(expected)


def test_a_time_may_hold_letters() -> None:
    class WithTime(Form):
        closes = MomentField("Closes")

    html = macro("fields", "date_time_input")(WithTime().closes)
    inputs = {i.get("name"): i.get("inputmode") for i in document(html).iter("input")}
    assert inputs == {
        "closes-day": "numeric",
        "closes-month": "numeric",
        "closes-year": "numeric",
        "closes-time": None,
    }


def test_error_summary_names_every_problem_and_links_to_a_control() -> None:
    form = Example(MultiDict({"place": "b"}))
    form.validate()
    form.form_errors.append("The challenge has changed")
    fields = [f for f in form if f.errors]
    items = [{"text": "The challenge has changed"}]
    items += [{"text": f.errors[0], "href": f"#{'starts-day' if f is form.starts else f.id}"} for f in fields]
    expected = govuk("error-summary", titleText=f"There are {len(items)} things to fix", errorList=items)
    html = macro("forms", "error_summary")(form)
    assert tree(html) == tree(expected)

    controls = "".join(
        macro("fields", name)(form[field])
        for name, field in (
            ("text_input", "name"),
            ("password", "password"),
            ("money", "price"),
            ("textarea", "why"),
            ("radios", "score"),
            ("checkboxes", "roles"),
            ("checkbox", "agree"),
            ("file_input", "plan"),
            ("date_input", "starts"),
        )
    )
    focusable = {e.get("id") for e in document(controls).iter() if e.tag in {"input", "textarea", "select"}}
    assert {a.get("href", "")[1:] for a in document(html).iter("a")} <= focusable


def test_error_summary_of_one_problem_and_of_none() -> None:
    form = Example(MultiDict(FILLED))
    form.validate()
    summary = macro("forms", "error_summary")
    assert tree(summary(form)) == []
    assert "There is a problem" in summary(form, [("name", "That name is taken")])


def test_error_summary_reaches_into_lists_and_leaves_hidden_fields_without_a_link() -> None:
    class WithLines(Form):
        form_token = HiddenField(validators=[InputRequired("Open the page again")])
        lines = FieldList(FormField(Milestone), min_entries=2)

    form = WithLines(MultiDict({"lines-0-price": "100", "lines-1-price": ""}))
    form.validate()
    page = document(macro("forms", "error_summary")(form))
    assert ["".join(li.itertext()) for li in page.iter("li")] == [
        "Open the page again",
        "Enter the price of this milestone",
    ]
    assert [a.get("href") for a in page.iter("a")] == ["#lines-1-price"]


def test_tokens_carry_the_version_only_where_there_is_one() -> None:
    tokens = macro("forms", "form_tokens")
    sent = {i.get("name"): i.get("value") for i in document(tokens(Example())).iter("input")}
    assert sent == {"csrf_token": "csrf-1", "form_token": "form-1"}
    assert 'name="version" value="3"' in tokens(Example(data={"version": "3"}))


def test_text_keeps_its_first_line_break(form: Example) -> None:
    form.why.data = "\nfirst"
    for name, more in (("textarea", ()), ("word_count", (10,))):
        box = next(document(macro("fields", name)(form.why, *more)).iter("textarea"))
        assert box.text == "\nfirst"


def test_nothing_a_person_writes_becomes_markup() -> None:
    form = Example(MultiDict(dict.fromkeys(FILLED, HOSTILE)))
    form.validate()
    for field in form:
        field.label.text = field.description = HOSTILE
        field.errors = [HOSTILE]
    for field in (form.score, form.roles, form.place):
        field.choices = {HOSTILE: HOSTILE}
    fields = {
        "name": ["text_input", "password", "money", "textarea"],
        "score": ["radios", "checkboxes", "select"],
        "agree": ["checkbox"],
        "starts": ["date_input"],
    }
    html = [macro("fields", m)(form[f]) for f, macros in fields.items() for m in macros]
    html += [
        macro("fields", "text_input")(form.name, autocomplete=HOSTILE),
        macro("fields", "radios")(form.score, {HOSTILE: HOSTILE}),
        macro("fields", "word_count")(form.why, 9),
        macro("forms", "error_summary")(form, [(HOSTILE, HOSTILE)]),
        macro("forms", "form_tokens")(form),
    ]
    for markup in html:
        assert not list(document(markup).iter("script")), markup
