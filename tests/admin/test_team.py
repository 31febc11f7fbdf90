"""The team's page: what is wrong with a line stands at that line, and nothing that was typed is lost."""

import pytest

from pitchfest.kernel.actor import Role
from tests.accounts.people import sent
from tests.support import builders as make
from tests.support.signing_in import browser_of


@pytest.fixture
def hers(app):
    make.a_region(demo=False)
    return browser_of(app, make.a_person("Ada Lovell", Role.ADMIN, email="ada@n.gov.uk"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "at least one person"),
        ({"people-1-name": "Bryn"}, "email address in full"),
        ({"people-1-name": "Bryn", "people-1-email": "b@n.uk"}, "Choose at least one role for person 2"),
        ({"people-1-email": "b@n.uk", "people-1-roles": "officer"}, "Enter the name of person 2"),
        ({"people-1-name": "B", "people-1-email": "b@n.uk", "people-1-roles": "king"}, "at least one role"),
        (
            {"people-1-name": "A", "people-1-email": "ADA@n.gov.uk", "people-1-roles": "admin"},
            "your own address",
        ),
        (
            {
                f"people-{place}-{name}": value
                for place, address in ((0, "olly@n.gov.uk"), (2, "OLLY@n.gov.uk"))
                for name, value in (("name", "Olly"), ("email", address), ("roles", "officer"))
            },
            "in the list above already",
        ),
    ],
)
def test_what_is_wrong_with_a_line_is_said_and_nobody_is_invited(hers, fields, said):
    hers.get("/admin/set-up/team")
    answer = hers.post("/admin/set-up/team", data={**hers.form("/team")["fields"], **fields})
    assert answer.status_code == 422
    assert said in hers.text
    shown = hers.form("/team")["fields"]
    assert {name: shown[name].lower() for name in fields if not name.endswith("roles")} == {
        name: value.lower() for name, value in fields.items() if not name.endswith("roles")
    }
    assert sent("invitation") == []
