"""The library is complete: anything in it makes a draft that lacks nothing there."""

import pytest

from pitchfest.challenges.rules import LIBRARY, Template, as_rows, criterion_problems, read_template
from pitchfest.challenges.rules.templates import template_body


def test_keys_and_names_are_different():
    assert (
        len({entry.key for entry in LIBRARY}) == len({entry.name for entry in LIBRARY}) == len(LIBRARY) >= 12
    )


@pytest.mark.parametrize("entry", LIBRARY, ids=lambda entry: entry.key)
def test_an_entry_is_a_whole_criterion_with_its_question(entry):
    template = Template(criteria=(entry.criterion(20),), questions=(entry.question(1),))
    criteria, questions = as_rows(template)
    assert criterion_problems(criteria[0]) == []
    assert questions[0].criterion_id == 1
    assert read_template(template_body(template)) == template  # so nothing is too long
    meanings = [meaning for _, meaning in criteria[0].anchors.values()]
    assert len(set(meanings)) == 6
    assert all(meaning.endswith(".") for meaning in meanings)
    assert questions[0].ask.endswith(("?", "."))
