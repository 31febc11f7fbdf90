"""What the lead sends to ask for one more review."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField

from pitchfest.web.forms import AtMost, DayField, Form, Needed, many_lines


class FurtherForm(Form):
    pitch = SelectField("Which pitch?", [Needed("Choose a pitch")])
    judge = SelectField("Which judge?", [Needed("Choose a judge")])
    due = DayField("By which day?", [Needed("Give a working day")], description="A working day, until 5pm.")
    why = TextAreaField(
        "Why?",
        [Needed("Say why in a sentence: it stays in the record"), AtMost(5000)],
        filters=[many_lines],
        description="It stays in the record. The judge does not read it: it can tell how the pitch stands.",
    )
