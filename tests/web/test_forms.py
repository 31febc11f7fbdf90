"""The validators that every form shares."""

from wtforms import Form, StringField

from pitchfest.web.forms import AtMost


def test_no_later_validator_sees_what_is_too_long():
    seen = []

    class Probe(Form):
        words = StringField(validators=[AtMost(3), lambda _form, field: seen.append(field.data)])

    long, short = Probe(words="four"), Probe(words="two")
    assert not long.validate()
    assert long.words.errors == ["“Words” is 1 characters too long. Keep it to 3 or fewer"]
    assert short.validate()
    assert seen == ["two"]
