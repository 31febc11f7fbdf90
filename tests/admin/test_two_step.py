"""Lost phone and codes: two administrators, never one; and the setting that asks for a second step."""

import pytest
from sqlalchemy import insert, select

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import Invitation, TwoPersonAct
from pitchfest.accounts.operations.privacy import erase
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotAllowed, NotFound
from tests.accounts.people import first_error, is_in, sent, try_to_sign_in, with_password, words_of
from tests.accounts.two_step import set_up
from tests.support import builders as make
from tests.support.client import PageClient
from tests.support.signing_in import browser_of, sign_in

REASON = "She lost her phone on the train and came to my desk with her badge."


class World:
    def __init__(self, app, clock):
        make.a_region(demo=False)
        self.app, self.clock = app, clock
        self.ada, self.bea = make.a_person("Ada", Role.ADMIN), make.a_person("Bea", Role.ADMIN)
        self.rosa = make.a_person("Rosa", Role.ADMIN, Role.OFFICER)
        self.email = with_password(self.rosa)
        self.hers = browser_of(app, self.rosa)
        self.phone, _ = set_up(self.hers)
        self.page = f"/admin/people/{self.rosa}"

    def propose(self, by=None, reason=REASON):
        client = browser_of(self.app, by or self.ada)
        answer = client.fill(self.page, action="/two-step", reason=reason)
        return client, answer

    def settle(self, client, act, **fields):
        client.get(self.page)
        data = {**client.page.forms[0]["fields"], **fields}
        return client.post(f"{self.page}/two-step/{act}", data=data)

    def has_it(self):
        db.session.rollback()
        return queries.two_step(self.rosa) is not None


@pytest.fixture
def world(app, clock):
    return World(app, clock)


def test_two_administrators_take_it_away_and_she_is_told_and_signed_out(world, now):
    world.propose()
    assert world.has_it()
    assert "asks to take" in words_of(sent("two_step")[-1], now).subject
    bea = browser_of(world.app, world.bea)
    bea.get("/")
    assert "two-step sign-in away" in bea.text, "it waits on her first page"
    bea.get(world.page)
    assert REASON in bea.text
    bea.send(world.page, action="/two-step/confirm")
    assert "is gone" in bea.text
    assert not world.has_it()
    assert not is_in(world.hers)
    assert "was taken away" in words_of(sent("two_step")[-1], now).subject
    assert try_to_sign_in(PageClient(world.app), world.email).location == "/"


def test_one_administrator_alone_cannot(world):
    ada, _ = world.propose()
    act = queries.open_acts(ActKind.RESET_TWO_STEP)[0].id
    answer = world.settle(ada, "confirm", read=str(act))
    assert answer.status_code == 422
    assert "Someone else has to confirm it" in ada.text
    assert world.has_it()


def test_the_last_administrator_cannot_alone_either(world, clock):
    with transaction():
        for one in (world.bea, world.rosa):
            operations.end_role(make.actor(world.ada), person_id=one, role=Role.ADMIN, now=clock.now())
    ada, _ = world.propose()
    act = queries.open_acts(ActKind.RESET_TWO_STEP)[0].id
    assert world.settle(ada, "confirm", read=str(act)).status_code == 422
    assert world.has_it()


def test_she_takes_part_in_neither_half(world, clock):
    actor = make.actor(world.rosa, proved_at=clock.now())
    with pytest.raises(NotAllowed), transaction():
        operations.propose_reset(actor, person_id=world.rosa, reason=REASON, now=clock.now())
    world.propose()
    with pytest.raises(NotAllowed), transaction():
        operations.confirm_reset(actor, person_id=world.rosa, now=clock.now())
    assert world.has_it()


def test_it_takes_a_reason_and_a_proof(world):
    client, answer = world.propose(reason="lost")
    assert answer.status_code == 422
    assert "Say why" in first_error(client)
    sign_in(client, world.ada, proved=False)
    assert client.fill(world.page, action="/two-step", follow=False, reason=REASON).location.startswith(
        "/account/prove"
    )
    assert sent("two_step") == sent("two_step")[:1], "only that it is on"


def test_a_proposal_that_was_taken_back_or_overtaken_is_worth_nothing(world, clock):
    ada, _ = world.propose()
    (act,) = queries.open_acts(ActKind.RESET_TWO_STEP)
    assert world.settle(ada, "take-back").status_code == 302
    bea = browser_of(world.app, world.bea)
    assert world.settle(bea, "confirm", read=str(act.id)).status_code == 409
    world.propose()
    assert world.settle(bea, "confirm", read=str(act.id)).status_code == 409, "she read another proposal"
    clock.move(seconds=60)
    with transaction():
        rosa = make.actor(world.rosa, proved_at=clock.now())
        operations.turn_off_two_step(rosa, code=world.phone.code(), now=clock.now())
    assert queries.open_acts(ActKind.RESET_TWO_STEP) == []
    sign_in(world.hers, world.rosa)
    set_up(world.hers)
    assert world.settle(bea, "confirm", read="2").status_code == 409
    assert world.has_it()


def test_who_invited_the_other_this_week_does_not_confirm(world, clock):
    new = make.a_person("Cleo", Role.ADMIN)
    invited = {"kind": "staff", "person_id": new, "invited_by_id": world.ada, "created_at": clock.now()}
    db.session.execute(insert(Invitation).values(invited))
    db.session.commit()
    world.propose()
    act = queries.open_acts(ActKind.RESET_TWO_STEP)[0].id
    cleo = browser_of(world.app, new)
    assert world.settle(cleo, "confirm", read=str(act)).status_code == 422
    assert "less than 7 days ago" in cleo.text
    assert world.has_it()


def test_who_took_it_away_confirms_nothing_with_her_for_a_week(world, clock):
    """They could have come in as her."""
    assert queries.tied_at(world.bea, world.rosa) is None
    world.propose()
    act = queries.open_acts(ActKind.RESET_TWO_STEP)[0].id
    world.settle(browser_of(world.app, world.bea), "confirm", read=str(act))
    for helper in (world.ada, world.bea):
        assert queries.tied_at(helper, world.rosa) == queries.tied_at(world.rosa, helper) == clock.now()
    assert queries.tied_at(world.ada, world.bea) is None


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEAD, Role.CHAMPION, Role.OBSERVER])
def test_nobody_else_even_finds_it(world, role):
    client = browser_of(world.app, make.a_person("Mallory", role))
    client.get("/account")
    assert client.page is not None
    fields = {**client.page.forms[0]["fields"], "reason": REASON}
    for address in ("two-step", "two-step/confirm", "two-step/take-back"):
        assert client.post(f"{world.page}/{address}", data=fields).status_code == 404
    assert world.has_it()


def test_the_list_and_its_file_say_who_has_it(world):
    ada = browser_of(world.app, world.ada)
    ada.get("/admin/people")
    assert ada.text.count("In use, with two-step sign-in") == 1
    lines = ada.get("/admin/people.csv").get_data(as_text=True).splitlines()
    assert [line.endswith(",On") for line in lines if "Rosa" in line] == [True]


def test_the_command_line_is_the_way_out_where_there_are_no_two(world, clock):
    runner = world.app.test_cli_runner()
    db.session.rollback()
    answer = runner.invoke(args=["people", "reset-two-step", world.email.upper()])
    assert "is gone" in answer.output, answer.output
    assert not world.has_it()
    for address in (world.email, "nobody@people.example"):
        assert runner.invoke(args=["people", "reset-two-step", address]).exit_code == 1
    with pytest.raises(NotFound), transaction():
        operations.reset_by_command("nobody@people.example", now=clock.now())


def test_erasing_takes_key_codes_and_the_reason_away(world, clock):
    world.propose()
    with transaction():
        erase(world.rosa, clock.now())
    assert not world.has_it()
    act = db.session.scalars(select(TwoPersonAct)).one()
    assert act.outcome is ActOutcome.VOIDED
    assert REASON not in act.payload


def test_the_setting_asks_for_proof_and_binds_the_administrator_too(world):
    ada = browser_of(world.app, world.ada, proved=False)
    ada.get("/admin/set-up")
    answer = ada.send("/admin/set-up", action="/signing", follow=False, two_step_required="y")
    assert answer.location.startswith("/account/prove")
    sign_in(ada, world.ada)
    ada.get("/admin/set-up")
    answer = ada.send("/admin/set-up", action="/signing", follow=False, two_step_required="y")
    assert answer.location == "/admin/set-up"
    assert queries.fresh_region().two_step_required
    assert ada.get("/admin/set-up").location.startswith("/account/two-step/set-up")
    assert world.hers.get("/admin/set-up").status_code == 200, "she has it"
