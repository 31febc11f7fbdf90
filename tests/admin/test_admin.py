"""Administration: people, outbox and log, and that only administrators get there."""

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import event

from pitchfest.accounts import queries
from pitchfest.accounts.models import Person
from pitchfest.admin.rules import ROLE_HINTS
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.mail.operations import enqueue
from pitchfest.mail.transport import deliver_due
from tests.accounts.people import PASSWORD, first_error, is_in, link_in, sent, the_person
from tests.support import builders as make
from tests.support.signing_in import browser_of

PAGES = (
    "/admin",
    "/admin/people",
    "/admin/people/invite",
    "/admin/outbox",
    "/admin/log",
    "/admin/people.csv",
)


@pytest.fixture
def ada(app):
    make.a_region(demo=False)
    return make.a_person("Ada Lovell", Role.ADMIN, email="ada@people.example")


@pytest.fixture
def hers(app, ada):
    return browser_of(app, ada)


@pytest.mark.parametrize("role", [None, *(r for r in Role if r is not Role.ADMIN)])
def test_only_administrators_get_in(app, ada, role, now):
    other = browser_of(app, make.a_person("Mallory", *([role] if role else [])))
    other.get("/account")
    fields = {"csrf_token": token_of(other), "form_token": "x"}
    for page in (*PAGES, f"/admin/people/{ada}"):
        assert other.get(page).status_code == 404
    for act in ("grant", "disable", "enable", "roles/end/admin"):
        assert other.post(f"/admin/people/{ada}/{act}", data=fields).status_code == 404
    assert queries.actor_of(ada, now=now).roles == {Role.ADMIN}


def token_of(client):
    return next(f["fields"]["csrf_token"] for f in client.page.forms if f["action"] == "/sign-out")


def test_people_are_found_by_name_or_address(hers):
    for number in range(30):
        make.a_person(f"Person {number:02d}")
    make.a_person("Rosa 100%_Whitfield", email="rosa@kestrel.example")
    hers.get("/admin/people")
    assert "32 people" in hers.text
    assert "Person 10" in hers.text
    assert "Rosa" not in hers.text
    hers.get("/admin/people?page=2")
    assert "Rosa" in hers.text
    for wanted, found in (
        ("KESTREL", True),
        ("100%_", True),
        ("rosa 1", True),
        ("%", True),
        ("nobody", False),
    ):
        hers.get("/admin/people", query_string={"search": wanted})
        assert ("Whitfield" in hers.text) is found
    assert "Nobody found" in hers.text


def test_the_number_of_statements_does_not_grow_with_the_people(hers):
    def statements():
        seen = []

        def count(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        hers.get("/admin/people")
        event.remove(db.engine, "before_cursor_execute", count)
        return len([s for s in seen if s.startswith("SELECT")])

    statements()
    first = statements()
    firm = make.an_organisation("Kestrel Rounds Ltd")
    for number in range(5):
        make.a_person(f"Person {number}", Role.OFFICER, organisation=firm)
    assert statements() == first
    assert first <= 12


def test_staff_are_invited_and_come_in_with_their_role(app, hers, client, now):
    hers.fill("/admin/people/invite", name="Bryn Haldane", email="Bryn@people.example", role="officer")
    assert "We have invited Bryn Haldane" in hers.text
    assert "On its way" in hers.text
    link = link_in(app, sent("invitation")[0])
    client.get(link)
    client.send(link, follow=False, password=PASSWORD)
    assert is_in(client)
    assert queries.actor_of(the_person("bryn@people.example").id, now=now).roles == {Role.OFFICER}


def test_what_is_wrong_with_an_invitation_is_said(hers):
    hers.fill("/admin/people/invite", name="Bryn", email="bryn", role="")
    assert "email address in full" in first_error(hers)
    assert "Choose a role" in first_error(hers)
    assert sent("invitation") == []


def test_a_weighty_role_goes_through_two_administrators(app, hers, ada, now):
    second = make.a_person("Bea Second", Role.ADMIN)
    person = make.a_person("Cal Third")
    hers.get(f"/admin/people/{person}")
    hers.send(f"/admin/people/{person}", action="/grant", role="approver")
    assert "Another administrator has to say yes" in hers.text
    assert not any("confirm" in (f["action"] or "") for f in hers.page.forms)
    theirs = browser_of(app, second)
    (waits,) = queries.waiting(queries.actor_of(second, now=now), now)
    assert (waits.endpoint, waits.values) == ("admin.person", {"person_id": person})
    assert queries.waiting(queries.actor_of(ada, now=now), now) == []
    theirs.get("/admin/people")
    assert "Waits for a second yes" in theirs.text
    theirs.get(f"/admin/people/{person}")
    theirs.send(f"/admin/people/{person}", action="/roles/confirm")
    assert queries.actor_of(person, now=now).roles == {Role.APPROVER}


def test_a_proposed_role_is_taken_back(app, hers, now):
    make.a_person("Bea Second", Role.ADMIN)
    person = make.a_person("Cal Third")
    hers.get(f"/admin/people/{person}")
    hers.send(f"/admin/people/{person}", action="/grant", role="admin")
    hers.send(f"/admin/people/{person}", action="/roles/take-back")
    assert "not proposed any more" in hers.text
    assert queries.actor_of(person, now=now).roles == set()


def test_a_role_that_is_held_is_not_offered_and_not_given_twice(hers):
    person = make.a_person("Cal Third", Role.OFFICER)
    hers.get(f"/admin/people/{person}")
    offered = hers.html.partition('id="role"')[2].partition("</select>")[0]
    assert '<option value="approver"' in offered
    assert '<option value="officer"' not in offered
    hers.send(f"/admin/people/{person}", action="/grant", role="officer")
    assert "already has" in first_error(hers)


def test_a_fresh_link_is_handed_over_once_and_voids_the_old(app, hers, ada, client, now):
    hers.fill("/admin/people/invite", name="Bryn Haldane", email="bryn@people.example", role="officer")
    old = link_in(app, sent("invitation")[0])
    person = the_person("bryn@people.example").id
    hers.get(f"/admin/people/{person}")
    hers.send(f"/admin/people/{person}", action="/link")
    fresh = hers.html.split("http://localhost")[1].split("<")[0].strip()
    assert client.get(old).status_code == 404
    assert client.get(fresh).status_code == 200
    assert queries.tied_at(ada, person) == now
    client.send(fresh, follow=False, password=PASSWORD)
    hers.get(f"/admin/people/{person}")
    assert not any((f["action"] or "").endswith("/link") for f in hers.page.forms)


def test_no_link_is_handed_over_for_someone_with_an_account(app, hers, ada):
    hers.fill("/admin/people/invite", name="Bryn", email="bryn@people.example", role="officer")
    person = the_person("bryn@people.example").id
    hers.get(f"/admin/people/{person}")
    form = hers.form("/link")
    db.session.get_one(Person, person).confirmed_at = make.LONG_AGO
    db.session.commit()
    assert hers.post(form["action"], data=form["fields"]).status_code == 422
    assert "already has an account" in hers.text


def test_an_invitation_is_taken_back(app, hers, client):
    hers.fill("/admin/people/invite", name="Bryn", email="bryn@people.example", role="officer")
    link = link_in(app, sent("invitation")[0])
    person = the_person("bryn@people.example").id
    hers.get(f"/admin/people/{person}")
    hers.send(f"/admin/people/{person}", action="/withdraw")
    assert "Taken back" in hers.text
    assert client.get(link).status_code == 404


def test_an_account_is_disabled_and_let_in_again(app, hers):
    person = make.a_person("Cal Third", Role.OFFICER)
    theirs = browser_of(app, person)
    hers.get(f"/admin/people/{person}")
    hers.send(f"/admin/people/{person}", action="/disable")
    assert not is_in(theirs)
    hers.send(f"/admin/people/{person}", action="/enable")
    assert not is_in(theirs)
    assert is_in(browser_of(app, person))


def test_the_list_is_downloaded_and_runs_no_formula(hers):
    make.a_person("=HYPERLINK(1)", Role.OFFICER, email="eve@people.example")
    answer = hers.get("/admin/people.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "'=HYPERLINK(1),eve@people.example,Innovation officer" in answer.get_data(as_text=True)
    book = openpyxl.load_workbook(BytesIO(hers.get("/admin/people.xlsx").get_data()))
    names = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert names[0] == "Name"
    assert "Ada Lovell" in names


def test_the_outbox_shows_no_recipient_and_of_sealed_mail_a_count_only(hers, ada, now):
    with transaction():
        enqueue("already_registered", now=now, person_id=ada, address="secret@kestrel.example")
        enqueue("reset", now=now, person_id=ada, about_sealed=True)
    hers.get("/admin/outbox")
    assert "There is an account already" in hers.text
    assert "1 more message about pitches that are still sealed" in hers.text
    assert "Link to choose a new password" not in hers.text
    for secret in ("secret@kestrel.example", "ada@people.example"):
        assert secret not in hers.text


def test_the_log_is_filtered_checked_and_holds_no_name_or_address(hers, ada):
    hers.fill("/admin/people/invite", name="Bryn Haldane", email="bryn@people.example", role="officer")
    hers.get("/admin/log")
    assert "role.grant" in hers.text
    assert "invitation.send" in hers.text
    assert "Bryn" not in hers.text
    assert "bryn@" not in hers.text
    hers.get("/admin/log?action=role.grant")
    assert "invitation.send" not in hers.text
    hers.get("/admin/log?object=person:999")
    assert "No such entry" in hers.text
    hers.get("/admin/log?check=1")
    assert "The log holds" in hers.text


def test_the_outbox_names_the_kind_and_has_no_time_for_what_never_left(app, hers, ada, clock):
    with transaction():
        enqueue("test_mail", person_id=ada, ids={}, now=clock.now())
    hers.get("/admin/outbox")
    assert "Test mail" in hers.text
    assert "Not yet" in hers.text
    deliver_due(clock.now)
    hers.get("/admin/outbox")
    assert "Did not leave" in hers.text
    assert "Kept here" in hers.text


def test_the_team_page_says_of_every_role_what_it_does():
    assert set(ROLE_HINTS) == set(Role)


def test_whoever_has_the_role_is_not_offered_to_stand_in(hers, ada):
    cal = make.a_person("Cal Third", Role.OFFICER, Role.APPROVER)
    one = make.a_person("Has One", Role.OFFICER)
    both = make.a_person("Has Both", Role.OFFICER, Role.APPROVER)
    hers.get(f"/admin/people/{cal}")
    offered = hers.html.partition('id="who"')[2].partition("</select>")[0]
    assert f'value="{one}"' in offered
    assert not any(f'value="{person}"' in offered for person in (both, cal, ada))
