"""Handing over who owns an organisation."""

import pytest

from pitchfest.accounts import queries
from tests.accounts.people import first_error
from tests.support import builders as make
from tests.support.signing_in import browser_of


@pytest.fixture
def rosa(app):
    make.a_region(demo=False)
    return make.a_person(
        "Rosa Whitfield", organisation=make.an_organisation("Kestrel Rounds Ltd"), owner=True
    )


@pytest.fixture
def mallory(app, rosa):
    return browser_of(app, make.a_person("Mallory"))


@pytest.fixture
def hers(app, rosa):
    return browser_of(app, rosa)


def fields_of(client):
    client.get("/account")
    return next(f for f in client.page.forms if f["method"] == "post")["fields"]


def colleague_of(rosa, name="Imran Sadiq"):
    (firm,) = queries.organisations_of(rosa)
    return make.a_person(name, organisation=firm.id), f"/account/organisations/{firm.id}"


def test_an_owner_makes_someone_else_the_owner_and_still_belongs(app, hers, rosa):
    (firm,) = queries.organisations_of(rosa)
    hers.get(f"/account/organisations/{firm.id}/hand-over")
    assert "Nobody else belongs to" in hers.text
    imran, page = colleague_of(rosa)
    assert hers.fill(f"{page}/hand-over").status_code == 422
    assert "Who becomes the owner?" in first_error(hers)
    hers.fill(f"{page}/hand-over", person=str(imran))
    assert "Imran Sadiq is an owner of Kestrel Rounds Ltd now" in hers.text
    assert queries.organisation_facts(organisation_id=firm.id).owner_ids == {imran}
    assert hers.get(page).status_code == 200
    assert hers.get(f"{page}/hand-over").status_code == 403
    assert browser_of(app, imran).get(f"{page}/hand-over").status_code == 200


def test_ownership_goes_to_nobody_outside_and_is_taken_by_nobody(app, hers, mallory, rosa):
    imran, page = colleague_of(rosa)
    stranger = make.a_person("Stranger")
    hers.fill(f"{page}/hand-over", person=str(stranger))
    assert first_error(hers)
    grabbing = {**fields_of(mallory), "person": str(imran)}
    assert mallory.post(f"{page}/hand-over", data=grabbing).status_code == 404
    client = browser_of(app, imran)
    grabbing = {**fields_of(client), "person": str(imran)}
    assert client.post(f"{page}/hand-over", data=grabbing).status_code == 403
    (firm,) = queries.organisations_of(rosa)
    assert queries.organisation_facts(organisation_id=firm.id).owner_ids == {rosa}
