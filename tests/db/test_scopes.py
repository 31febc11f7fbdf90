"""No statement asks of any row what it means to ask of this one."""

from __future__ import annotations

import pytest
from sqlalchemy import exists, select

from pitchfest.accounts.models import Membership, Organisation, Person
from pitchfest.db import db
from tests.support.scopes import hidden_tables

OUTER = "SELECT pitch.id FROM pitch WHERE "


@pytest.mark.parametrize(
    ("condition", "hidden"),
    [
        ("EXISTS (SELECT * FROM member WHERE member.pitch_id = pitch.id)", set()),
        ("EXISTS (SELECT * FROM member, pitch WHERE member.pitch_id = pitch.id)", {"pitch"}),
        ("EXISTS (SELECT * FROM member JOIN pitch ON member.pitch_id = pitch.id)", {"pitch"}),
        ("EXISTS (SELECT * FROM member JOIN pitch AS other ON other.id = pitch.id)", set()),
        ('EXISTS (SELECT * FROM "pitch" WHERE 1)', {"pitch"}),
        ("pitch.id = (SELECT max(id) FROM m WHERE EXISTS (SELECT * FROM pitch))", {"pitch"}),
        ("EXISTS (SELECT * FROM m WHERE m.at = (SELECT max(pitch.at) FROM pitch))", set()),
        ("EXISTS (SELECT 1 FROM m) UNION SELECT m.id FROM m", set()),
        ("1 UNION SELECT m.id FROM m WHERE EXISTS (SELECT 1 FROM m)", {"m"}),
        ("EXISTS (SELECT extract(year FROM pitch.at), m.x FROM m WHERE m.y = '(pitch')", set()),
    ],
)
def test_a_table_read_again_under_its_own_name_is_found(condition: str, hidden: set[str]) -> None:
    assert hidden_tables(OUTER + condition) == hidden


def test_such_a_statement_fails_its_test(app) -> None:
    belongs = exists().where(Membership.person_id == Person.id, Membership.organisation_id == Organisation.id)
    works_somewhere = exists().where(Person.id > 0, belongs)
    with pytest.raises(AssertionError, match="reads organisation again within EXISTS"):
        db.session.execute(select(Organisation.id).where(works_somewhere))
