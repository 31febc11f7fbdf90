import json

import pytest

from pitchfest.judging.rules.csv_rows import BadFileError
from pitchfest.judging.rules.matching import match
from pitchfest.judging.rules.matching_file import as_json, as_table, read

SMALL = {
    "reviews_per_pitch": 1,
    "load": {"min": 1, "max": 1},
    "pitches": ["P1", "P2"],
    "judges": ["Ann", "Bo"],
    "gain": [[1, 5], [2, 9]],
    "conflicts": [["P1", "Ann"]],
}


def refusal(text):
    with pytest.raises(BadFileError) as caught:
        read(text)
    return caught.value.line, caught.value.reason


def changed(**entries):
    return json.dumps({**SMALL, **entries}, indent=1, ensure_ascii=False)


def test_what_the_file_says():
    more = {"limits": {"Bo": 4}, "fixed": [["P2", "Bo"]], "previous": [["P1", "Bo"]], "note": "May round"}
    panel, unused = read(changed(**more, reviews_per_pitch={"P1": 1, "P2": 2}))
    assert (panel.pitches, panel.judges, panel.load) == (("P1", "P2"), ("Ann", "Bo"), (1, 1))
    assert panel.gain.tolist() == [[1, 5], [2, 9]]
    assert panel.reviews == {"P1": 1, "P2": 2}
    assert (panel.forbidden, panel.fixed) == ({("Ann", "P1")}, {("Bo", "P2")})
    assert (panel.limits, panel.previous) == ({"Bo": 4}, {("Bo", "P1")})
    assert unused == ("note",)
    bare = {name: entry for name, entry in SMALL.items() if name != "load"}
    assert read(json.dumps(bare)).panel.load is None


def test_the_assignment_is_written_down():
    panel = read(changed(pitches=["P1", "Pitch|2"], reviews_per_pitch=2)).panel
    found = match(panel)
    assert as_json(found) == {
        "pairs": [["P1", "Bo"], ["Pitch|2", "Ann"]],
        "total": 7,
        "floor": 2,
        "loads": {"Ann": 1, "Bo": 1},
        "components": 2,
        "unmet": [
            {
                "pitch": "P1",
                "missing": 1,
                "why": "Has 1 of 2 judges: only 1 of the 2 on the panel may read it.",
            },
            {
                "pitch": "Pitch|2",
                "missing": 1,
                "why": "Has 1 of 2 judges: nobody who may read it has room left. "
                "Judges concerned: 1. Their room: 1. Pitches that share it: 2.",
            },
        ],
    }
    assert as_table(found).splitlines()[:4] == [
        "P1: Bo",
        "Pitch|2: Ann",
        "Total gain 7, worst match 2, pieces 2",
        "Pitches of each judge: Ann 1, Bo 1",
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "The file is not valid JSON: Expecting value."),
        ('{"pitches":\n [,]}', 2, "The file is not valid JSON: Expecting value."),
        ("[]", 1, "The file is not an object: it must begin with {."),
        ("{}", 1, "The file lacks: reviews_per_pitch, pitches, judges, gain, conflicts."),
        ('{\n"gain": [],\n"gain": []}', 2, 'The entry "gain" is there twice.'),
        ('{"gain": [[1,\nNaN]]}', 2, "NaN is not a number."),
        ("[" * 100_000, 1, "The file is nested too deeply."),
        ('{"gain": ' + "1" * 5000 + "}", 1, "The file has a number with too many digits."),
    ],
)
def test_what_is_not_such_a_file(text, line, reason):
    assert refusal(text) == (line, reason)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({"reviews_per_pitch": 0}, 'The entry "reviews_per_pitch" is not a whole number from 1.'),
        ({"reviews_per_pitch": True}, 'The entry "reviews_per_pitch" is not a whole number from 1.'),
        ({"reviews_per_pitch": 10**30}, 'The entry "reviews_per_pitch" is not a whole number from 1.'),
        ({"reviews_per_pitch": {"P1": 1}}, 'The entry "reviews_per_pitch" lacks "P2".'),
        ({"load": {"min": 2, "max": 1}}, "The load is not two whole numbers from 0, the smaller first."),
        ({"load": {"min": 1}}, 'The load does not have a "min" and a "max", and nothing else.'),
        ({"pitches": ["P1", "P1"]}, '"P1" is there twice among the pitches.'),
        ({"judges": "Ann"}, "The judges are not a list of names."),
        ({"judges": ["Ann", ""]}, "The judges are not a list of names."),
        ({"judges": ["Ann", "\ud800"]}, "The judges are not a list of names."),
        ({"gain": [[1, 5]]}, "The gain does not have 2 rows, one for each pitch."),
        ({"gain": [[1, 5], [2]]}, "Row 2 of the gain does not have 2 numbers, one for each judge."),
        (
            {"gain": [[1, 5], [2, 0.5]]},
            'Row 2 of the gain has "0.5", which is not a whole number up to 1000000.',
        ),
        (
            {"gain": [["x", 5], [2, 5]]},
            'Row 1 of the gain has "x", which is not a whole number up to 1000000.',
        ),
        (
            {"gain": [[1, 5], [2, 10**7]]},
            'Row 2 of the gain has "10000000", which is not a whole number up to 1000000.',
        ),
        ({"conflicts": {}}, 'The entry "conflicts" is not a list of pairs.'),
        ({"conflicts": [["P1"]]}, 'Pair 1 of "conflicts" is not a pitch and a judge.'),
        (
            {"conflicts": [["Ann", "P1"]]},
            'Pair 1 of "conflicts" names "Ann", which is no pitch of the file.',
        ),
        ({"fixed": [["P1", "Cy"]]}, 'Pair 1 of "fixed" names "Cy", which is no judge of the file.'),
        ({"fixed": [["P1", "Ann"]]}, '"P1" and "Ann" are a fixed pair and a conflict at once.'),
        ({"limits": [3]}, 'The entry "limits" does not give names their numbers.'),
        ({"limits": {"Cy": 3}}, 'The entry "limits" has "Cy", which the file does not know.'),
        ({"limits": {"Bo": -1}}, 'The number of "Bo" in "limits" is not a whole number from 0.'),
    ],
)
def test_entries_that_make_no_sense(entries, reason):
    text = changed(**entries) if "\ud800" not in str(entries) else json.dumps({**SMALL, **entries}, indent=1)
    line = next(at for at, row in enumerate(text.splitlines(), start=1) if f'"{next(iter(entries))}"' in row)
    assert refusal(text) == (line, reason)
