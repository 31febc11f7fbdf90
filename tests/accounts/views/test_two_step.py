"""Two-step sign-in in a browser, and what someone with bad intent gets."""

import pytest
from sqlalchemy import select, text, update

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import HalfSignIn, Person, RecoveryCode, TwoStep, UserSession
from pitchfest.accounts.operations.two_step import use_code
from pitchfest.audit.models import AuditEntry
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotAllowed, RuleViolation
from tests.accounts.people import (
    PASSWORD,
    first_error,
    is_in,
    link_in,
    sent,
    session_token,
    try_to_sign_in,
    with_password,
    words_of,
)
from tests.accounts.two_step import SET_UP, Phone, set_up
from tests.support import builders as make
from tests.support.client import PageClient
from tests.support.signing_in import browser_of, sign_in

SECOND, LOST = "/sign-in/second", "/sign-in/second/lost"


class Rosa:
    """A person with a password, an app and ten recovery codes, signed in nowhere."""

    def __init__(self, app, clock):
        make.a_region(demo=False)
        self.app, self.clock = app, clock
        self.id = make.a_person("Rosa Whitfield")
        self.email = with_password(self.id)
        browser = browser_of(app, self.id)
        self.phone, self.codes = set_up(browser)
        with transaction():
            operations.end_all_sessions(self.id, now=clock.now())
        clock.move(seconds=60)

    def half_in(self):
        """A browser in which the first step is done."""
        client = PageClient(self.app)
        assert try_to_sign_in(client, self.email).location == SECOND
        return client


@pytest.fixture
def rosa(app, clock):
    return Rosa(app, clock)


def enter(client, code, url=SECOND):
    return client.fill(url, action=url, follow=False, code=code)


def test_the_code_signs_in_and_the_password_alone_does_not(rosa):
    client = rosa.half_in()
    assert not is_in(client)
    assert session_token(client) is None
    assert client.get(SECOND).status_code == 200
    assert 'autocomplete="one-time-code"' in client.html
    assert 'inputmode="numeric"' in client.html
    assert enter(client, rosa.phone.code()).location == "/"
    assert is_in(client)


def test_spaces_in_a_code_do_not_matter_and_other_digits_are_simply_wrong(rosa):
    client, code = rosa.half_in(), rosa.phone.code()
    for wrong in ("", "٣٣٣٣٣٣", "12345", "x" * 60, "000000" if code != "000000" else "111111"):
        assert enter(client, wrong).status_code == 422
        assert not is_in(client)
    assert enter(client, f" {code[:3]} {code[3:]} ").status_code == 302


def test_one_goes_on_to_where_one_wanted_to_and_never_to_another_site(rosa):
    client = PageClient(rosa.app)
    client.fill("/sign-in?next=/account/messages", action="/sign-in", email=rosa.email, password=PASSWORD)
    assert enter(client, rosa.phone.code()).location == "/account/messages"
    rosa.clock.move(seconds=60)
    client = PageClient(rosa.app)
    try_to_sign_in(client, rosa.email, next="//evil.example")
    assert enter(client, rosa.phone.code()).location == "/"


def test_a_code_that_was_used_is_not_taken_again_nor_one_before_it(rosa):
    earlier, code = rosa.phone.code(ahead=-1), rosa.phone.code()
    assert enter(rosa.half_in(), code).status_code == 302
    for stale in (code, earlier):
        thief = rosa.half_in()
        assert enter(thief, stale).status_code == 422
        assert "used already" in first_error(thief)
        assert not is_in(thief)
    assert enter(rosa.half_in(), rosa.phone.code(ahead=1)).status_code == 302, "the next one is"


def test_a_phone_may_be_half_a_minute_off_and_no_more(rosa):
    for ahead, taken in ((-2, False), (2, False), (-1, True)):
        assert (enter(rosa.half_in(), rosa.phone.code(ahead=ahead)).status_code == 302) is taken, ahead


def test_a_recovery_code_signs_in_once_and_its_person_is_told(rosa, now):
    client, code = rosa.half_in(), rosa.codes[3]
    client.get(SECOND)
    assert LOST in client.html
    assert enter(client, code.lower(), LOST).status_code == 302
    assert is_in(client)
    assert "recovery code was used" in words_of(sent("two_step")[-1], now).subject
    again = rosa.half_in()
    assert enter(again, code, LOST).status_code == 422
    assert "was used already" in first_error(again)
    client.get("/account/two-step")
    assert "9 of 10" in client.text


def test_another_persons_recovery_code_and_app_open_nothing(rosa, app):
    other = make.a_person("Otto Other")
    phone, codes = set_up(browser_of(app, other))
    client = rosa.half_in()
    assert enter(client, codes[0], LOST).status_code == 422
    assert enter(client, phone.code(ahead=1)).status_code == 422
    assert not is_in(client)


def test_guessing_waits_longer_and_longer_in_whatever_browser_and_its_person_is_told(rosa, clock, now):
    wrong = "000000" if rosa.phone.code() != "000000" else "111111"
    taken = 0
    for _ in range(40):
        guesser = rosa.half_in()
        enter(guesser, wrong)
        taken += "not right" in first_error(guesser)
        clock.move(seconds=20)
    assert taken < 16, "in a quarter of an hour"
    for _ in range(6):
        clock.move(minutes=16)
        guesser = rosa.half_in()
        enter(guesser, wrong)
    assert "wrong codes" in words_of(sent("two_step")[-1], now).subject
    subjects = [words_of(i, now).subject for i in sent("two_step")]
    assert subjects.count(subjects[-1]) == 1
    guesser = rosa.half_in()
    enter(guesser, rosa.phone.code())
    assert "Try again in" in first_error(guesser)
    assert not is_in(guesser), "also the right code waits"
    clock.move(minutes=16)
    assert enter(rosa.half_in(), rosa.phone.code()).status_code == 302, "and nobody is locked out"


def test_codes_at_once_are_counted_before_they_are_checked(rosa, clock):
    waits = []
    for _ in range(12):
        with transaction():
            waits.append(operations.attempt_code(rosa.id, address="127.0.0.1", now=clock.now()))
    assert waits.count(None) == 6


def test_the_first_step_waits_ten_minutes_and_works_once(rosa, clock):
    client = rosa.half_in()
    with client.session_transaction() as cookie:
        token = cookie["half_in"]["token"]
    clock.move(minutes=10)
    assert client.get(SECOND).location == "/sign-in"
    client.get("/sign-in")
    assert "Sign in again" in client.text
    client = rosa.half_in()
    client.get(SECOND)
    fields = {**client.form(SECOND)["fields"], "code": rosa.phone.code()}
    assert client.post(SECOND, data=fields).status_code == 302
    with client.session_transaction() as cookie:
        assert "half_in" not in cookie
        token = session_token(client)
    rows = db.session.scalars(select(HalfSignIn)).all()
    assert token not in {row.token_hash for row in rows}
    assert all(row.ended_at for row in rows if row.created_at == clock.now())


def test_a_stolen_half_that_its_owner_finished_is_worth_nothing(rosa, clock):
    client, thief = rosa.half_in(), PageClient(rosa.app)
    with client.session_transaction() as cookie:
        half = dict(cookie["half_in"])
    assert enter(client, rosa.phone.code()).status_code == 302
    with thief.session_transaction() as cookie:
        cookie["half_in"] = half
    clock.move(seconds=60)
    assert thief.get(SECOND).location == "/sign-in"


def test_a_planted_half_of_an_attacker_takes_no_code_of_its_victim(rosa, app):
    mallory = make.a_person("Mallory")
    email = with_password(mallory)
    set_up(browser_of(app, mallory))
    browser = PageClient(app)
    assert try_to_sign_in(browser, email).location == SECOND
    assert enter(browser, rosa.phone.code()).status_code == 422
    assert not is_in(browser)
    with browser.session_transaction() as cookie:
        cookie["half_in"] = {"token": str(rosa.id), "next": "", "shared": False}
    assert browser.get(SECOND).location == "/sign-in", "the number of a person is no token"


def test_the_session_gets_a_new_id_and_the_old_one_ends(rosa, app):
    other = make.a_person("Someone Else")
    client = PageClient(app)
    client.get("/sign-in")
    old = sign_in(client, other)
    answer = client.send("/sign-in", action="/sign-in", follow=False, email=rosa.email, password=PASSWORD)
    assert answer.location == SECOND
    assert session_token(client) == old, "who was signed in here still is, and nobody else"
    assert enter(client, rosa.phone.code()).status_code == 302
    assert session_token(client) != old
    ended = db.session.scalars(
        select(UserSession.ended_at).where(UserSession.token_hash == queries.digest(old))
    )
    assert ended.one() is not None


@pytest.mark.parametrize("way", ["link", "reset"])
def test_a_link_or_a_new_password_is_a_first_step_only(rosa, way, clock):
    client = PageClient(rosa.app)
    client.fill("/sign-in/link" if way == "link" else "/reset", email=rosa.email)
    path = link_in(rosa.app, sent("sign_in_link" if way == "link" else "reset")[-1])
    fields = {} if way == "link" else {"password": "another three words"}
    answer = client.fill(path, follow=False, fields=fields)
    assert answer.location == SECOND
    assert not is_in(client)
    assert enter(client, rosa.phone.code()).status_code == 302
    assert is_in(client)


def test_a_new_password_ends_every_browser_that_waits_for_a_code(rosa):
    thief, client = rosa.half_in(), PageClient(rosa.app)
    client.fill("/reset", email=rosa.email)
    client.fill(link_in(rosa.app, sent("reset")[-1]), follow=False, password="another three words")
    assert thief.get(SECOND).location == "/sign-in"


def test_a_disabled_person_gets_no_further_than_the_first_step(rosa, clock):
    client = rosa.half_in()
    db.session.execute(update(Person).where(Person.id == rosa.id).values(disabled_at=clock.now()))
    db.session.commit()
    assert client.get(SECOND).location == "/sign-in"


def test_no_session_begins_without_the_second_step_whatever_page_asks_for_one(rosa, clock):
    with pytest.raises(NotAllowed), transaction():
        operations.start_session(rosa.id, now=clock.now())
    with transaction():
        operations.start_session(rosa.id, now=clock.now(), demo=True)


def test_the_second_page_leads_to_the_first_for_whoever_has_not_done_it(client, app):
    make.a_region(demo=False)
    for page in (SECOND, LOST):
        assert client.get(page).location == "/sign-in"


def test_a_wrong_password_says_nothing_of_the_second_step(rosa, app):
    without = with_password(make.a_person("Plain Person"))
    one, other = PageClient(app), PageClient(app)
    answers = [
        try_to_sign_in(one, rosa.email, "not the password at all"),
        try_to_sign_in(other, without, "not the password at all"),
    ]
    assert [a.status_code for a in answers] == [422, 422]
    assert first_error(one) == first_error(other)


# Setting up


def test_key_and_codes_stand_in_the_database_as_nobody_can_read_them(rosa):
    secret = rosa.phone.app.secret
    raw = db.session.execute(text("SELECT secret FROM two_step")).scalar_one()
    assert secret.encode() not in bytes(raw)
    assert db.session.scalars(select(TwoStep.secret)).one() == secret
    hashes = set(db.session.scalars(select(RecoveryCode.code_hash)))
    assert len(hashes) == len(set(rosa.codes)) == 10
    assert hashes == {queries.digest(code.replace(" ", "")) for code in rosa.codes}
    log = " ".join(db.session.scalars(select(AuditEntry.detail)))
    assert secret not in log
    assert not any(code in log for code in rosa.codes)


def test_the_codes_are_shown_once(app, clock):
    make.a_region(demo=False)
    person = make.a_person("Rosa")
    client = browser_of(app, person)
    _, codes = set_up(client)
    assert len(codes) == 10
    for page in ("/account/two-step", SET_UP, "/account"):
        client.get(page, follow_redirects=True)
        assert codes[0] not in client.text
    client.get("/account")
    assert "On: we ask for a code" in client.text


def test_setting_up_asks_who_it_is_first_and_a_key_counts_only_with_its_first_code(app, clock):
    make.a_region(demo=False)
    person = make.a_person("Rosa")
    email = with_password(person)
    client = browser_of(app, person, proved=False)
    assert client.get(SET_UP).location.startswith("/account/prove")
    sign_in(client, person)
    client.get(SET_UP)
    client.send(SET_UP, action="/account/two-step/key")
    assert "otpauth://totp/" in client.html
    assert "<svg" in client.html
    assert client.send(SET_UP, action=SET_UP, code="000001").status_code == 422
    assert "not right" in first_error(client)
    assert try_to_sign_in(PageClient(app), email).location == "/", "nothing is asked yet"


def test_whoever_came_in_without_a_code_is_out_once_it_is_on(app):
    make.a_region(demo=False)
    person = make.a_person("Rosa")
    thief, client = browser_of(app, person), browser_of(app, person)
    assert is_in(thief)
    set_up(client)
    assert is_in(client)
    assert not is_in(thief)


def test_another_key_shows_another_key_and_the_one_before_is_worth_nothing(app):
    make.a_region(demo=False)
    client = browser_of(app, make.a_person("Rosa"))
    client.get(SET_UP)
    client.send(SET_UP, action="/account/two-step/key")
    old = Phone(client, client.html.split('pf-key">')[1].split("<")[0])
    client.send(SET_UP, action="/account/two-step/key")
    assert client.send(SET_UP, action=SET_UP, code=old.code()).status_code == 422


def test_off_takes_a_proof_and_a_code(rosa, clock):
    client = rosa.half_in()
    enter(client, rosa.phone.code())
    assert client.get("/account/two-step/off").location.startswith("/account/prove"), "a code is no proof"
    client.fill("/account/two-step/off", action="/account/prove", password=PASSWORD)
    clock.move(seconds=60)
    assert client.fill("/account/two-step/off", code="000000").status_code == 422
    assert client.fill("/account/two-step/off", code=rosa.codes[0]).status_code == 200
    assert "is off" in client.text
    assert try_to_sign_in(PageClient(rosa.app), rosa.email).location == "/"
    assert db.session.scalars(select(TwoStep.secret)).all() == [None]
    assert db.session.scalars(select(RecoveryCode.id)).all() == []


def test_new_recovery_codes_take_the_place_of_the_old(rosa, clock):
    client = rosa.half_in()
    enter(client, rosa.phone.code())
    sign_in_again(client, rosa)
    clock.move(seconds=60)
    client.fill("/account/two-step/codes", follow=False, code=rosa.phone.code())
    assert "Your new recovery codes" in client.text
    thief = rosa.half_in()
    assert enter(thief, rosa.codes[0], LOST).status_code == 422


def sign_in_again(client, rosa):
    client.fill("/account/prove", action="/account/prove", password=PASSWORD)


def test_a_code_of_two_people_at_once_is_one_of_them(rosa, clock):
    code = rosa.phone.code()
    actor = make.actor(rosa.id)
    with transaction():
        use_code(actor, code=code, now=clock.now())
    with pytest.raises(RuleViolation), transaction():
        use_code(actor, code=code, now=clock.now())


def test_what_waits_too_long_is_swept(rosa, clock, app):
    rosa.half_in()
    other = browser_of(app, make.a_person("Slow"))
    other.get(SET_UP)
    other.send(SET_UP, action="/account/two-step/key")
    clock.move(days=1)
    operations.sweep(clock.now)
    assert db.session.scalars(select(HalfSignIn.id)).all() == []
    assert db.session.scalars(select(TwoStep.person_id)).all() == [rosa.id]


def test_ones_copy_says_since_when_and_holds_no_key(rosa):
    client = rosa.half_in()
    enter(client, rosa.phone.code())
    sign_in_again(client, rosa)
    client.get("/account/data")
    assert "Two-step sign-in" in client.text
    assert rosa.phone.app.secret not in client.html
