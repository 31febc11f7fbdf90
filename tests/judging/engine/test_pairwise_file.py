import pytest

from pitchfest.judging.rules.csv_rows import BadFileError
from pitchfest.judging.rules.pairwise_file import abilities, as_json, as_table

HEAD = "judge,a,b,result,count\n"
GOOD = HEAD + "Ann,x,y,1,3\n,x,y,0,1\nAnn,y,z,0.5,2\n"


def refusal(text, **options):
    with pytest.raises(BadFileError) as caught:
        abilities(text, **{"prior": False, **options})
    return caught.value.line, caught.value.reason


def test_the_abilities_of_a_file():
    found = as_json(abilities(GOOD, prior=False))
    assert found["reference"] == "x"
    assert [row["id"] for row in found["abilities"]] == ["x", "y", "z"]
    assert found["abilities"][0] == {"id": "x", "ability": 0.0, "se": 0.0}
    assert found["abilities"][1]["ability"] == pytest.approx(-1.0986122886681098)
    assert as_json(abilities(GOOD, prior=True))["reference"] is None
    assert as_json(abilities(GOOD, prior=False, reference="z"))["reference"] == "z"


def test_a_table_is_in_order_of_ability():
    assert as_table(abilities(GOOD, prior=False)).splitlines() == [
        "Item  Ability   s.e.",
        "x       0.000  0.000",
        "y      -1.099  1.155",
        "z      -1.099  1.826",
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("judge,a,b\n", 1, "The heading lacks: result, count."),
        (HEAD + ",x,x,1,1\n", 2, '"x" is compared with itself.'),
        (HEAD + ",x,,1,1\n", 2, "The b is empty."),
        (HEAD + ",x,y,win,1\n", 2, 'The result "win" is not a number.'),
        (HEAD + ",x,y,0.4,1\n", 2, 'The result "0.4" is not 1 (a wins), 0 (b wins) or 0.5.'),
        (HEAD + ",x,y,1,1\n,x,y,1,0\n", 3, 'The count "0" is not a whole number from 1 to 1000000.'),
        (HEAD + ",x,y,1,1.5\n", 2, 'The count "1.5" is not a whole number from 1 to 1000000.'),
        (HEAD + ",x,y,1,1\n", 2, "x won every comparison with the others. Abilities need a prior then."),
        (
            HEAD + ",x,y,0.5,1\n,u,v,0.5,1\n",
            2,
            "No comparison, however indirect, joins x, y to u. Abilities need a prior then.",
        ),
    ],
)
def test_what_makes_no_sense_has_a_line_and_a_reason(text, line, reason):
    assert refusal(text) == (line, reason)


def test_an_unknown_reference():
    assert refusal(GOOD, reference="w") == (1, '"w" is not compared in the file.')
