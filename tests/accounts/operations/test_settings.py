"""The region's settings, each part by itself; what is refused, and what the log holds of it."""

import json
from datetime import timedelta

import pytest

from pitchfest.accounts import operations, queries
from pitchfest.accounts.rules.region import Section, filled, placeholders, starting_texts
from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.db import db, transaction
from pitchfest.files import operations as files
from pitchfest.files.models import StoredFile
from pitchfest.kernel.actor import SYSTEM, Role
from pitchfest.kernel.errors import NotFound, RuleViolation
from tests.accounts.people import the_person
from tests.conftest import BEGINNING
from tests.support import builders as make
from tests.support.pictures import png

NORTHMOOR = {
    "name": "Northmoor City Region",
    "authority": "Northmoor Combined Authority",
    "unit": "Innovation Unit",
    "email": "innovation@northmoor.gov.uk",
    "phone": "01632 960200",
}
MAIL = {
    "sender_name": "Northmoor Innovation",
    "sender_address": "no-reply@northmoor.gov.uk",
    "reply_to": "innovation@northmoor.gov.uk",
}


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    return tmp_path / "files"


@pytest.fixture
def ada(app):
    return make.actor(make.a_person("Ada Lovell", Role.ADMIN))


def save(act, *args, **values):
    with transaction():
        act(*args, **values)


def named(ada, now):
    save(operations.save_region, ada, **NORTHMOOR, demo=False, now=now)


def complete(ada, now):
    named(ada, now)
    save(operations.save_mail, ada, **MAIL, now=now)
    texts = {name: filled(text, "Colm") for name, text in starting_texts(queries.fresh_region()).items()}
    save(operations.save_texts, ada, **texts, now=now)


def entries(action):
    return [json.loads(e["detail"]) for e in chain() if e["action"] == action]


def test_every_part_is_kept_and_a_finished_region_has_no_placeholder(ada, now):
    complete(ada, now)
    save(operations.finish_set_up, ada, now=now)
    found = queries.fresh_region()
    assert found.is_finished
    assert not found.is_demo
    assert placeholders(found) == []
    assert (found.name, found.sender_address, found.answers_to) == (
        NORTHMOOR["name"],
        MAIL["sender_address"],
        MAIL["reply_to"],
    )
    assert first_break(chain())[1] is None


@pytest.mark.parametrize("role", [None, *(r for r in Role if r is not Role.ADMIN)])
def test_nobody_but_an_administrator_changes_a_setting(app, ada, now, role):
    named(ada, now)
    mallory = make.actor(make.a_person("Mallory", *([role] if role else [])))
    for act in (
        lambda: operations.save_region(mallory, **NORTHMOOR, demo=False, now=now),
        lambda: operations.save_look(mallory, brand="#000000", now=now),
        lambda: operations.save_mail(mallory, **MAIL, now=now),
        lambda: operations.save_texts(
            mallory, privacy="x", accessibility_contact="x", accessibility_checked="x", now=now
        ),
        lambda: operations.send_test_mail(mallory, now=now),
        lambda: operations.finish_set_up(mallory, now=now),
        lambda: operations.hide_checklist(mallory, now=now),
    ):
        with pytest.raises(NotFound), transaction():
            act()


def test_the_region_comes_first(ada, now):
    with pytest.raises(RuleViolation, match="Name the region first"), transaction():
        operations.save_mail(ada, **MAIL, now=now)


def test_finishing_names_every_placeholder(ada, now):
    named(ada, now)
    with pytest.raises(RuleViolation) as refused, transaction():
        operations.finish_set_up(ada, now=now)
    assert {p.field for p in refused.value.problems} == {
        "sender_address",
        "privacy",
        "accessibility_contact",
        "accessibility_checked",
    }
    assert not queries.fresh_region().is_finished


def test_a_finished_region_takes_no_placeholder_back(ada, now):
    """So that a server that runs today also starts tomorrow."""
    complete(ada, now)
    save(operations.finish_set_up, ada, now=now)
    for act, values, field in (
        (operations.save_mail, {**MAIL, "sender_address": "a@mail.example"}, "sender_address"),
        (operations.save_region, {**NORTHMOOR, "email": "a@b.example", "demo": False}, "email"),
    ):
        with pytest.raises(RuleViolation) as refused, transaction():
            act(ada, **values, now=now)
        assert [p.field for p in refused.value.problems] == [field]
    texts = queries.fresh_region().texts
    with pytest.raises(RuleViolation, match="Fill in"), transaction():
        operations.save_texts(ada, **{**texts, "privacy": "Ask [who answers]."}, now=now)
    assert queries.fresh_region().sender_address == MAIL["sender_address"]


def test_reopening_lets_a_placeholder_be_put_right(ada, now):
    complete(ada, now)
    save(operations.finish_set_up, ada, now=now)
    save(operations.reopen_set_up, now=now)
    assert not queries.fresh_region().is_finished
    assert [e["action"] for e in chain()][-1] == "region.reopen"


def test_the_log_commits_to_what_was_changed_and_tells_none_of_it(ada, now):
    complete(ada, now)
    told = " ".join(e["detail"] for e in chain())
    for words in (*NORTHMOOR.values(), *MAIL.values(), "Colm"):
        assert words not in told
    [mail] = entries("region.change_mail")
    assert mail.keys() == MAIL.keys()
    assert all(len(value) == 64 for value in mail.values())


def test_saving_what_is_there_already_changes_nothing(ada, now):
    complete(ada, now)
    before = len(list(chain()))
    named(ada, now)
    save(operations.save_mail, ada, **MAIL, now=now)
    assert len(list(chain())) == before


def test_a_colour_that_cannot_be_read_is_refused_by_the_operation_too(ada, now):
    named(ada, now)
    for colour in ("#ffff00", "red;}body{", "#5b2470 "):
        with pytest.raises(RuleViolation), transaction():
            operations.save_look(ada, brand=colour, now=now)
    assert queries.fresh_region().own_colour == ""
    save(operations.save_look, ada, brand="#00504a", now=now)
    assert queries.fresh_region().own_colour == "00504a"


def test_a_new_logo_takes_the_place_of_the_old_whose_bytes_are_nobodys_then(ada, now):
    named(ada, now)
    marks = []
    for width in (10, 20):
        written = files.write(png(width))
        save(operations.save_look, ada, brand="#5b2470", logo=written, logo_name="logo.png", now=now)
        marks.append(queries.fresh_region().logo)
    assert marks[0] != marks[1]
    assert queries.logo(marks[1]).name == "logo.png"
    for mark in (marks[0], "", marks[1][:-1], marks[1] + "0"):
        with pytest.raises(NotFound):
            queries.logo(mark)
    assert db.session.query(StoredFile).count() == 1
    save(operations.save_look, ada, brand="#5b2470", remove_logo=True, now=now)
    assert queries.fresh_region().logo == ""
    assert db.session.query(StoredFile).count() == 0


def test_test_mails_are_few(ada, now):
    named(ada, now)
    for _ in range(10):
        save(operations.send_test_mail, ada, now=now)
    with pytest.raises(RuleViolation, match="ten test mails"), transaction():
        operations.send_test_mail(ada, now=now)
    save(operations.send_test_mail, ada, now=now + timedelta(days=1, seconds=1))


def test_the_command_line_may_set_up_too(app, now):
    save(operations.set_up_region, **NORTHMOOR, demo=True, now=now)
    save(operations.save_mail, SYSTEM, **MAIL, now=now)
    assert queries.fresh_region().is_demo
    assert {p.section for p in placeholders(queries.fresh_region())} == {Section.TEXTS}


# The first administrator

WHO = {"name": "Ada Lovell", "email": "Ada@Northmoor.gov.uk", "password_hash": "x"}


def code_now(now):
    with transaction():
        return operations.make_set_up_code(now=now)


def test_whoever_has_the_code_becomes_administrator_alone_and_it_is_written_down(app, now):
    code = code_now(now)
    assert len(code) == 19
    with transaction():
        person = operations.found_administrator(code.lower().replace("-", " "), **WHO, now=now)
    assert queries.actor_of(person, now=BEGINNING).roles == {Role.ADMIN}
    [grant] = queries.person_page(person).grants
    assert grant.alone
    assert entries("role.grant") == [{"role": "admin", "alone": True}]
    assert code.replace("-", "") not in " ".join(e["detail"] for e in chain())
    assert the_person("ada@northmoor.gov.uk").id == person


def refused(code, now, **changes):
    with pytest.raises(RuleViolation) as error, transaction():
        operations.found_administrator(code, **{**WHO, **changes}, now=now)
    assert not queries.has_administrator()
    return error.value.problems[0]


def test_a_code_works_for_14_days_and_only_the_newest_does(app, now):
    old = code_now(now)
    code = code_now(now)
    for wrong in (old, "", "-", code[:-1], code + "2", "0" * 16):
        assert refused(wrong, now).field == "code"
    assert refused(code, now + timedelta(days=14)).field == "code"
    with transaction():
        operations.found_administrator(code, **WHO, now=now + timedelta(days=14, seconds=-1))


def test_a_code_is_used_up_and_no_code_works_beside_an_administrator(app, now):
    code = code_now(now)
    with transaction():
        operations.found_administrator(code, **WHO, now=now)
    newer = code_now(now)
    for each in (code, newer):
        with pytest.raises(RuleViolation), transaction():
            operations.found_administrator(each, **{**WHO, "email": "eve@northmoor.gov.uk"}, now=now)
    assert queries.person_by_email("eve@northmoor.gov.uk") is None


def test_the_code_takes_nobodys_account(app, now):
    person = make.a_person("Rosa", email="rosa@kestrel.uk")
    code = code_now(now)
    assert refused(code, now, email="rosa@kestrel.uk").field == "email"
    assert refused(code, now, email="rosa").field == "email"
    assert queries.actor_of(person, now=BEGINNING).roles == frozenset()
    with transaction():
        operations.found_administrator(code, **WHO, now=now)


def test_an_invited_administrator_who_never_came_in_does_not_stop_the_code(app, now):
    with transaction():
        operations.invite_by_command("ada@northmoor.gov.uk", role=Role.ADMIN, now=now)
    code = code_now(now)
    with transaction():
        person = operations.found_administrator(code, **WHO, now=now)
    assert queries.actor_of(person, now=BEGINNING).roles == {Role.ADMIN}


def test_only_the_hash_of_the_code_is_stored(app, now):
    code = code_now(now).replace("-", "")
    rows = db.session.execute(db.metadata.tables["set_up_code"].select()).all()
    assert len(rows) == 1
    assert code not in str(rows)


# The team


def people(*lines):
    return [operations.Invitee(name, email, roles) for name, email, roles in lines]


def proved(now):
    return make.actor(make.a_person("Ada Lovell", Role.ADMIN), proved_at=now)


def test_a_team_is_invited_at_once_each_with_one_mail(app, now):
    make.a_region(demo=False)
    actor = proved(now)
    with transaction():
        waiting = operations.invite_team(
            actor,
            people=people(
                ("Bryn", "bryn@n.uk", (Role.OFFICER, Role.CHAMPION)),
                ("Cal", "cal@n.uk", (Role.ADMIN, Role.APPROVER)),
            ),
            now=now,
        )
    assert waiting == 0
    rows = {row.email: set(row.roles) for row in queries.team()}
    assert rows["bryn@n.uk"] == {Role.OFFICER, Role.CHAMPION}
    assert rows["cal@n.uk"] == {Role.ADMIN, Role.APPROVER}
    assert len(entries("invitation.send")) == 2


def test_one_mistake_invites_nobody_and_names_the_line(app, now):
    make.a_region(demo=False)
    actor = proved(now)
    held = make.a_person("Dai", Role.OFFICER, email="dai@n.uk")
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.invite_team(
            actor,
            people=people(
                ("Bryn", "bryn@n.uk", (Role.OFFICER,)),
                ("Dai", "dai@n.uk", (Role.OFFICER,)),
                ("Eve", "eve", (Role.OFFICER,)),
            ),
            now=now,
        )
    assert [p.field for p in refusal.value.problems] == ["people-1-role", "people-2-email"]
    assert queries.person_by_email("bryn@n.uk") is None
    assert queries.actor_of(held, now=BEGINNING).roles == {Role.OFFICER}


def test_with_two_administrators_a_weighty_role_waits_for_the_other(app, now):
    make.a_region(demo=False)
    actor = proved(now)
    make.a_person("Bea", Role.ADMIN)
    with transaction():
        waiting = operations.invite_team(
            actor, people=people(("Cal", "cal@n.uk", (Role.OFFICER, Role.APPROVER))), now=now
        )
    assert waiting == 1
    assert queries.actor_of(the_person("cal@n.uk").id, now=BEGINNING).roles == {Role.OFFICER}
