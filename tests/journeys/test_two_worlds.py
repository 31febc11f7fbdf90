"""Two worlds that differ only in who pitched, and in the words, look the same to everyone else.

The same challenges, people and moments are played twice. In one world Alder pitches, in the other
Birch, with other words of other lengths. Until the opening, every page that anyone else can reach,
the outbox, the log and what the application writes to its own log must not tell the two apart.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from pitchfest.accounts.queries import actor_of, forget_region
from pitchfest.db import db
from pitchfest.kernel.actor import Role
from pitchfest.pitches import queries
from tests.conftest import BEGINNING
from tests.support import builders, databases
from tests.support import thread as walk
from tests.support.addresses import NUMBERED, addresses, of_messages
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.curious import come_near, mail_that_fails
from tests.support.thread import Thread

#: Whoever looks on. Cedar pitched too, in both worlds; Dogwood is a supplier who did not.
WATCHERS = (
    "nobody",
    "officer",
    "approver",
    "lead",
    "decider",
    "observer",
    "admin",
    "judge0",
    "Cedar",
    "Dogwood",
)
SUPPLIERS = ("Alder", "Birch", "Cedar", "Dogwood")
#: Each is invited to the pitch of the one before, if that one pitches.
PARTNERS = {"Alder": "Hazel", "Birch": "Holly"}
STRANGERS = {"Alder": "mo@elsewhere.example", "Birch": "somebody.else@a-long-way-away.example"}
WORDS = {
    "Alder": ("Short.", "Alder cleans by hand.", "We know each gully by its number."),
    "Birch": (
        "A far longer answer than the other. " * 9,
        "Birch listens to drains. " * 4,
        "Sensors, sensors. " * 5,
    ),
}


@dataclass
class World:
    """What was played, and where."""

    thread: Thread
    pitcher: str
    challenges: dict[str, str] = field(default_factory=dict)
    sealed: list[str] = field(default_factory=list)
    own: str = ""
    messages: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """Random reference → what it stands for."""
        sealed = {reference: f"PF-SEALED-{n}" for n, reference in enumerate(self.sealed)}
        return sealed | {self.own: "PF-OWN"} | self.messages


#: What is random in an answer: where it may stand, what it looks like, and why it is left out.
MASKS: tuple[tuple[str, str, str], ...] = (
    (r"^", r'(?<=name="csrf_token" value=")[\w.-]+(?=")', "the session's token"),
    (r"^", r'(?<=name="form_token" value=")[\w-]{22}(?=")', "the form's token, 128 random bits"),
    (r"^", r'(?<=pf-nowrap">)[0-9a-f]{12}(?=<)', "an error page's request id"),
    (r"^/(account/messages|demo/mail)$", r"\b[0-9a-f]{32}\b", "what addresses call a message"),
    (r"^/admin/log", r"\b[0-9a-f]{64}\b", "salted hashes of sealed entries, and the chain's hashes on them"),
    (r"/assurance$", r"([0-9a-f]{8}<wbr>){8,9}", "the chain's hashes on salted hashes of sealed entries"),
    (r"^/account/messages/", r"\b[0-9a-f]{64}\b", "the copy of Cedar's own receipt, with its anchor"),
    (r"^/pitches/[^/]*/receipts/1$", r"([0-9a-f]{1,8}<wbr>){8,9}", "Cedar's own receipt, and its anchor"),
    (r"^/pitches/[^/]*/receipts/1.html$", r"\b[0-9a-f]{64}\b", "Cedar's own receipt, and its anchor"),
    (r"^/pitches/[^/]*/receipts/1.json$", r"\b([0-9a-f]{32}|[0-9a-f]{64})\b", "Cedar's own receipt"),
)


def masked(path: str, body: str) -> str:
    """The body of the answer at an address with what is random in it replaced."""
    for where, what, _why in MASKS:
        if re.search(where, path):
            body = re.sub(what, "*", body)
    return body


#: The random number of a request, as the application's log names it.
REQUEST_ID = re.compile(r"\b[0-9a-f]{12}\b")

Answer = tuple[int, list[tuple[str, str]], int, str]


def look(browser: PageClient, path: str, world: World) -> Answer:
    """Status, headers, length and masked body of an answer; random values count in the length only.

    A sealed reference that the watcher put into the address may come back, as in a link to sign in.
    """
    response = FlaskClient.open(browser, path)
    asked_for = [reference for reference in world.names if reference and reference in path]

    def named(text: str) -> str:
        for reference in asked_for:
            text = text.replace(reference, world.names[reference])
        return text.replace(world.own, "PF-OWN")

    raw = response.get_data()
    text = raw.decode("utf-8", "backslashreplace")
    body = named(masked(path, text))
    headers = [(name, named(value)) for name, value in compared(response.headers, is_random=body != text)]
    return response.status_code, headers, len(raw), body


def compared(headers: Headers, *, is_random: bool) -> Iterator[tuple[str, str]]:
    """The headers without the machine's clock, the signed value of the cookie (it holds the session's
    random id) and, of a body with something random in it, the tag, which is the body's hash.
    """
    for name, value in headers:
        if name == "Set-Cookie":
            yield name, re.sub(r"^session=[^;]+", "session=*", value)
        elif name != "Date" and not (name == "ETag" and is_random):
            yield name, value


def a_world(app: Flask, clock: MovableClock, pitcher: str) -> World:
    """People with names and addresses that are the same in both worlds, and three open challenges."""
    thread = Thread(app, clock)
    roles = {
        "officer": Role.OFFICER,
        "approver": Role.APPROVER,
        "lead": Role.LEAD,
        "decider": Role.CHAMPION,
        "observer": Role.OBSERVER,
        "admin": Role.ADMIN,
    }
    with app.app_context():
        forget_region()
        builders.a_region()
        for name, role in roles.items():
            thread.people[name] = builders.a_person(name.title(), role, email=f"{name}@region.example")
        for name in (*SUPPLIERS, *PARTNERS.values()):
            own = builders.an_organisation(f"{name} Ltd")
            for person in (name, f"{name} colleague"):
                address = f"{person.replace(' ', '.').lower()}@supplier.example"
                thread.people[person] = builders.a_person(
                    person, email=address, organisation=own, owner=person == name
                )
    world = World(thread, pitcher)
    for kind in ("sent", "drafted", "withdrawn"):
        walk.write_challenge(thread)
        ask_for_a_file(thread)
        walk.approve_and_publish(thread)
        world.challenges[kind] = thread.reference
    return world


def ask_for_a_file(thread: Thread) -> None:
    """The officer takes the challenge back, adds a question that a file answers, and sends it again."""
    officer, page = thread.browser("officer"), f"{thread.manage}/form/new"
    officer.fill(thread.manage, action="/pull-back")
    officer.fill(page, action="/form/new", ask="A drawing", kind="file", criterion_id="")
    officer.fill(thread.manage, action="/send")


def begin(world: World, name: str, kind: str, words: tuple[str, str, str]) -> tuple[PageClient, str]:
    """A supplier starts a pitch, and writes and mends its answers: the same number of saves in each world."""
    thread = world.thread
    browser = thread.browser(name)
    browser.fill(f"/challenges/{world.challenges[kind]}/start", action="/start")
    with thread.app.app_context():
        mine = queries.mine(actor_of(thread.people[name], now=thread.clock.now()), thread.clock.now())
        reference = next(p.reference for p in mine if p.challenge_reference == world.challenges[kind])
        db.session.remove()
    base = f"/pitches/{reference}"
    for number, text in ((1, words[0]), (2, words[1]), (1, words[2])):
        thread.clock.move(minutes=1)
        browser.fill(f"{base}/questions/{number}", action="/questions", answer=text)
    price = {"answer-label-1": words[0][:40], "answer-amount-1": str(1000 * len(words[1]))}
    browser.fill(f"{base}/questions/3", action="/questions", fields=price)
    page = f"{base}/questions/4"
    browser.get(page)
    file = (io.BytesIO(words[1].encode()), f"{words[2][:20]}.txt")
    browser.post(page, data={**browser.form(page)["fields"], "answer": file}, follow_redirects=True)
    browser.get(page)
    assert f"{words[2][:20]}.txt" in browser.text
    return browser, reference


def send(browser: PageClient, reference: str) -> None:
    browser.fill(f"/pitches/{reference}/check", action="/check", declared="y")
    assert "SHA-256" in browser.text, browser.text[:800]


def play(world: World) -> None:
    """Everything that happens to pitches before the closing time."""
    thread, words = world.thread, WORDS[world.pitcher]
    cedar, world.own = begin(world, "Cedar", "sent", ("By bicycle.", "In pairs.", "With a rake."))
    send(cedar, world.own)
    thread.clock.move(minutes=20)
    browser, sent = begin(world, world.pitcher, "sent", words)
    send(browser, sent)
    share = f"/pitches/{sent}/people"
    colleague = str(thread.people[f"{world.pitcher} colleague"])
    browser.fill(share, action="/people", person=colleague, right="edit")
    for text, goes_out in (
        (f"{words[1]} And more.", True),
        (f"{words[2]} Half a thought, never sent.", False),
    ):
        browser.fill(f"/pitches/{sent}", action="/change")
        browser.fill(f"/pitches/{sent}/questions/2", action="/questions", answer=text)
        if goes_out:
            send(browser, sent)
    invite(world, browser, sent)
    thread.clock.move(hours=3)
    _, drafted = begin(world, world.pitcher, "drafted", words)
    browser, withdrawn = begin(world, world.pitcher, "withdrawn", words)
    send(browser, withdrawn)
    browser.fill(f"/pitches/{withdrawn}/withdraw", action="/withdraw", sure="y")
    assert "withdrawn" in browser.text.lower()
    ask(world)
    world.sealed = [sent, drafted, withdrawn]
    thread.reference = world.challenges["sent"]
    walk.invite_panel(thread)
    with mail_that_fails(thread.app, " ".join(words)):
        thread.work()  # what could not be sent stands in the outbox, and goes out after closing


def invite(world: World, browser: PageClient, pitch: str) -> None:
    """The pitcher invites a partner, who says yes and writes, a stranger, and one too many."""
    thread, partner = world.thread, PARTNERS[world.pitcher]
    page = f"/pitches/{pitch}/people"
    stranger = STRANGERS[world.pitcher]
    for address in (f"{partner.lower()}@supplier.example", stranger, f"not.{stranger}"):
        browser.fill(f"{page}/invite", email=address, right="edit")
        assert f"We have invited {address}" in browser.text
    taken_back = re.findall(rf"{page}/invitations/\d+/take-back", browser.html)[-1]
    browser.send(page, action=taken_back)
    other = thread.browser(partner)
    other.get("/account/messages")
    message = re.findall(r"/account/messages/[0-9a-f]{32}", other.html)[0]
    other.fill(message, action=message)
    link = re.findall(r"/pitches/invitations/[\w-]{43}", other.html)[0]
    other.fill(link)
    assert "You are on the team of this pitch" in other.text
    words = WORDS[world.pitcher][1]
    other.fill(f"/pitches/{pitch}/questions/1", action="/questions", answer=f"{words} And a partner's.")


def ask(world: World) -> None:
    """The pitcher asks twice: one question is answered to everyone, one waits."""
    thread = world.thread
    browser = thread.browser(world.pitcher)
    for kind in ("sent", "drafted"):
        page = f"/challenges/{world.challenges[kind]}/questions/ask"
        browser.fill(page, question="Who signs where three firms come together?")
        assert "Your question is in" in browser.text
    page = f"/manage/challenges/{world.challenges['sent']}/questions/1"
    thread.browser("officer").fill(page, action="/questions/1", answer="One of them, for all.")
    lead = thread.browser("lead")
    lead.fill(page, action="/sign")
    assert "Published as number 1" in lead.text


def paths(world: World) -> list[tuple[str, str]]:
    """(name, address) of every page with every reference there is; a sealed one's name hides which it is."""
    app = world.thread.app
    world.messages = {found: f"MESSAGE-{n}" for n, found in enumerate(of_messages(app, most=33))}
    pitches, people = [*world.sealed[:2], world.own], world.thread.people
    values: dict[str, list[object]] = {
        **{name: [1] for name in NUMBERED},
        "reference": [*world.challenges.values()],
        "/pitches:reference": [*pitches],
        "/manage/pitches:reference": [*pitches],
        "/judging/explanations:reference": [*pitches],
        "pitch": [*pitches[:1]],
        "token": ["nonsense"],
        "what": ["link"],
        "category": ["unsent_pitches"],
        "section": ["region"],
        "role": ["judge"],
        "mark": ["none"],
        "key": ["conflicts"],
        "kind": ["csv", "xlsx"],
        "form": ["csv", "xlsx"],
        "person_id": [
            people[name] for name in ("Alder", "Birch", "Birch colleague", "Cedar", "admin", "judge0")
        ],
        "organisation_id": [*range(1, 4)],
        "public_id": list[object](world.messages),
        "/pitches:person_id": [people[name] for name in ("Hazel", "Holly")],
        "/demo:public_id": list[object](world.messages)[9:19],
    }
    plain = [address for _, address in addresses(app, values)]
    found = [*plain, *asked(world)]
    return [(_named(path, world.names), path) for path in found]


def asked(world: World) -> Iterator[str]:
    """Pages with questions in their addresses: searches, filters and later pages of lists."""
    yield from (f"/admin/log?page={n}" for n in range(2, 9))
    yield "/admin/log?check=1"
    yield from (
        f"/admin/log?action={a}" for a in ("pitch.start", "pitch.submit", "pitch.share", "pitches.seal")
    )
    yield from (f"/admin/log?object=challenge:{reference}" for reference in world.challenges.values())
    yield from (f"/admin/people?search={name}" for name in ("Alder", "Birch"))
    yield from ("/admin/outbox?page=2", "/challenges?page=2", "/manage/challenges?page=2")


def _named(path: str, names: dict[str, str]) -> str:
    for reference, name in names.items():
        path = path.replace(reference, name)
    return path


def watched(
    world: World, moment: str, watchers: Sequence[str] = WATCHERS
) -> dict[tuple[str, str, str], Answer]:
    """Everything that every watcher sees now."""
    seen: dict[tuple[str, str, str], Answer] = {}
    found = paths(world)
    for watcher in watchers:
        thread = world.thread
        browser = PageClient(thread.app) if watcher == "nobody" else thread.browser(watcher)
        for name, path in found:
            seen[moment, watcher, name] = look(browser, path, world)
    return seen


def play_and_watch(app: Flask, clock: MovableClock, pitcher: str) -> dict[tuple[str, str, str], Answer]:
    """One world: everything seen while open, after closing, and when the first opener has proposed."""
    world = a_world(app, clock, pitcher)
    play(world)
    seen = watched(world, "open")
    write_too_late(world)
    seen |= watched(world, "closed")
    world.thread.work()
    manage = f"/manage/challenges/{world.challenges['sent']}"
    world.thread.browser("lead").fill(f"{manage}/opening/act", action="opening/act")
    seen |= watched(world, "proposed", ("approver", "lead", "admin", "judge0", "Cedar"))
    for what, page in come_near(world.thread, pitcher, WORDS).items():
        seen["near", *what] = (0, [], 0, masked("", REQUEST_ID.sub("*", page)))
    return seen | probed(world)


def write_too_late(world: World) -> None:
    """The pitcher has a page open while the challenge closes, and saves it: the words go back to it."""
    clock, page = world.thread.clock, f"/pitches/{world.sealed[1]}/questions/1"
    clock.move(days=6)
    browser = world.thread.browser(world.pitcher)
    browser.get(page)
    form = browser.form(page)["fields"]
    clock.move(days=2)
    browser = world.thread.browser(world.pitcher)
    browser.get("/account")
    assert browser.page is not None
    tokens = next(f["fields"] for f in browser.page.forms if f["method"] == "post")
    browser.post(page, data={**form, **tokens, "answer": WORDS[world.pitcher][0]})
    assert "have sent you a copy" in browser.text


def probed(world: World) -> dict[tuple[str, str, str], Answer]:
    """What curious staff learn by doing something to either supplier: the answer is always the same."""
    seen: dict[tuple[str, str, str], Answer] = {}
    officer, admin = world.thread.browser("officer"), world.thread.browser("admin")
    for name in ("Alder", "Birch", "Hazel", "Holly"):
        for kind, reference in world.challenges.items():
            officer.fill(
                f"/manage/challenges/{reference}/panel",
                action="/panel",
                name=name,
                email=f"{name.lower()}@supplier.example",
            )
            seen["probe", f"panel of {kind}", name] = (0, [], 0, masked("", officer.html))
        person = f"/admin/people/{world.thread.people[name]}"
        admin.fill(person, action="/grant", role="observer")
        seen["probe", "grant", name] = (0, [], 0, masked("", admin.html))
        admin.fill(person, action="/disable")
        seen["probe", "disable", name] = (0, [], 0, masked("", admin.html))
    return seen


@pytest.mark.timeout(900)  # two worlds, thousands of pages each
def test_who_pitched_and_what_shows_nowhere(
    engine: str, tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    worlds, logs = [], []
    for pitcher in ("Alder", "Birch"):
        clock = MovableClock(BEGINNING)
        caplog.clear()
        with (
            caplog.at_level(logging.DEBUG, logger="pitchfest"),
            databases.application(engine, clock, tmp_path_factory) as app,
        ):
            worlds.append(play_and_watch(app, clock, pitcher))
        whole = logging.Formatter("%(name)s %(levelname)s %(message)s")  # with what an error says of itself
        logs.append([REQUEST_ID.sub("*", whole.format(record)) for record in caplog.records])
    first, second = worlds
    assert first.keys() == second.keys()
    differing = {key: (first[key], second[key]) for key in first if first[key] != second[key]}
    assert not differing, told(differing)
    assert logs[0] == logs[1]
    assert_worth_it(first)


def told(differing: dict[tuple[str, str, str], tuple[Answer, Answer]]) -> str:
    """What tells the worlds apart, for whoever has to mend it."""
    lines = []
    for (moment, watcher, path), (first, second) in differing.items():
        lines.append(f"{moment}: {watcher} at {path}: {first[0]}/{second[0]}, {first[2]}/{second[2]} bytes")
        lines += [f"   {a} / {b}" for a, b in zip(first[1], second[1], strict=False) if a != b]
        lines += [
            f"   {line}"
            for line in unified_diff(first[3].splitlines(), second[3].splitlines(), lineterm="", n=0)
        ][:6]
    return "\n".join([f"{len(differing)} answers differ", *lines[:60]])


def assert_worth_it(seen: dict[tuple[str, str, str], Answer]) -> None:
    """The comparison was over real pages: everyone got in somewhere, and the sealed acts stand in the log."""
    for watcher in WATCHERS:
        statuses = [answer[0] for (_, who, _), answer in seen.items() if who == watcher]
        assert statuses.count(200) > 30, watcher
        assert not [status for status in statuses if status >= 500]
    log = "".join(
        answer[3] for (moment, _, path), answer in seen.items() if moment == "open" and "admin/log" in path
    )
    assert all(
        act in log for act in ("pitch.start", "pitch.change", "pitch.submit", "pitch.share", "pitch.withdraw")
    )
