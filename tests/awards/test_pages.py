from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from pitchfest.audit import queries as log
from pitchfest.awards import operations, queries
from pitchfest.awards.rules import Outcome
from pitchfest.awards.views import manage_panel, panel
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.queries import by_id
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging.models import Declaration
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict
from pitchfest.pitches.models import AssistedPitch
from pitchfest.pitches.rules import PitchState
from pitchfest.pitches.rules.another_way import ToldBy
from tests.awards.ending import EXPLANATION, NAMES, a_pitch_of, an_ending, score_all
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted

WON, RESERVE, LOST = Outcome.WON, Outcome.RESERVE, Outcome.UNSUCCESSFUL


def test_the_whole_end_of_a_challenge_by_its_pages(app, now):
    builders.a_region()
    world = an_ending(now)
    chair, decider, officer, lead = (
        browser_of(app, person) for person in (world.judges[0], world.decider, world.officer, world.lead)
    )
    ids = builders.judged_criterion_ids(world.challenge)
    chair.get(f"/manage/challenges/{world.reference}/explanations")
    assert "0 of 3" in chair.text
    for entry in world.entries:
        words = {f"text_{i}": EXPLANATION.format(n=n) for n, i in enumerate(ids, start=1)}
        chair.fill(f"/judging/explanations/{entry.reference}", fields=words)
    assert "3 of 3" in chair.text
    choices: dict[str, Any] = {"confirm": "y"}
    for entry, outcome in zip(world.entries, (WON, RESERVE, LOST), strict=True):
        choices |= {
            f"outcome_{entry.reference}": outcome,
            f"reason_{entry.reference}": "The scores say it all.",
        }
    decider.fill(f"/manage/challenges/{world.reference}/decision", **choices)
    assert "Your decision is recorded" in decider.text
    here = f"/manage/challenges/{world.reference}/release"
    officer.fill(here, act="propose")
    assert "You proposed to send these letters" in officer.text
    lead.get(here)
    assert "Bryn Haldane proposed" in lead.text
    lead.send(here, act="release")
    assert "Released. 3 letters went out." in lead.text
    assert "Proposed by Bryn Haldane" in lead.text
    supplier = browser_of(app, world.entries[1].author)
    supplier.get(f"/pitches/{world.entries[1].reference}/letter")
    for part in ("Your pitch is our reserve", "came second", "Gullywatch Ltd", "4.00 of 5. Good", "80.00"):
        assert part in supplier.text
    assert "Kestrel" not in supplier.html


def test_where_nobody_pitched_no_page_speaks_of_pitches_or_letters(app, now):
    builders.a_region()
    world = an_ending(now, names=(), state=ChallengeState.ELIGIBILITY)
    decider, officer, lead = (
        browser_of(app, person) for person in (world.decider, world.officer, world.lead)
    )
    here = f"/manage/challenges/{world.reference}"
    officer.get(here)
    assert "Nobody pitched." in officer.text
    decider.get(f"{here}/decision")
    assert "Nobody pitched, so the challenge ends without a winner" in decider.text
    for words in ("everyone who pitched", "these pitches", "the results"):
        assert words not in decider.text
    decider.send(f"{here}/decision")
    assert "Say that the challenge ends without a winner" in decider.text
    decider.send(f"{here}/decision", confirm="y")
    assert "Your decision is recorded" in decider.text
    officer.get("/")
    assert "Check the letters" not in officer.text
    assert "Publish the outcome" in officer.text
    officer.fill(f"{here}/release", act="propose")
    assert "You proposed to publish the outcome" in officer.text
    lead.get("/")
    assert "Agree to publish the outcome of" in lead.text
    lead.get(f"{here}/release")
    assert "proposed to publish the outcome" in lead.text
    assert "these letters" not in lead.text
    lead.send(f"{here}/release", act="release")
    assert "Nobody pitched, so there were no letters" in lead.text


def test_a_refused_decision_shows_the_form_as_typed(app, now):
    world = an_ending(now)
    decider = browser_of(app, world.decider)
    ref = world.entries[0].reference
    choices: dict[str, Any] = {f"outcome_{ref}": WON, f"reason_{ref}": "Because its plan is good & <clear>."}
    decider.fill(f"/manage/challenges/{world.reference}/decision", **choices)
    assert "Say that you have read the results and did not judge" in decider.text
    response = decider.fill(f"/manage/challenges/{world.reference}/decision", confirm="y", **choices)
    assert response.status_code == 422
    assert f"Choose an outcome for {NAMES[1]} ({world.entries[1].reference})" in decider.text
    assert decider.form()["fields"][f"reason_{ref}"].strip() == "Because its plan is good & <clear>."
    assert decider.form()["fields"][f"outcome_{ref}"] == "won"


def test_the_list_of_pitches_leads_to_the_letter_and_waits_for_no_decision(app, now):
    builders.a_region()
    world = an_ending(now)
    db.session.execute(update(Challenge).values(decision_due=now + timedelta(days=9)))
    db.session.commit()
    supplier = browser_of(app, world.entries[1].author)
    supplier.get("/pitches")
    assert "Decision due" in supplier.text
    letter = f'href="/pitches/{world.entries[1].reference}/letter"'
    assert letter not in supplier.html
    world.finish(WON, LOST, LOST)
    supplier.get("/pitches")
    assert "Decision due" not in supplier.text
    assert "Read your letter" in supplier.text
    assert letter in supplier.html


def test_letters_are_for_their_members_and_staff_only(app, now):
    world = an_ending(now)
    mine = f"/pitches/{world.entries[0].reference}/letter"
    staff = f"/manage/pitches/{world.entries[0].reference}/letter"
    admin = builders.a_person("Only Admin", Role.ADMIN)
    observer = builders.a_person("Only Observer", Role.OBSERVER)
    assert browser_of(app, world.entries[0].author).get(mine).status_code == 404, "not before the release"
    world.explain()
    world.decide(WON, LOST, LOST)
    assert browser_of(app, world.lead).get(staff).status_code == 200
    assert browser_of(app, observer).get(staff).status_code == 404, "a preview is not for observers"
    world.propose(world.officer)
    world.release(world.lead)
    assert browser_of(app, world.entries[0].author).get(mine).status_code == 200
    colleague = builders.a_person("Colleague", organisation=world.entries[0].organisation)
    for person in (world.entries[1].author, colleague, world.judges[1], admin, world.lead):
        assert browser_of(app, person).get(mine).status_code == 404
    for person in (world.entries[0].author, world.judges[1], admin):
        assert browser_of(app, person).get(staff).status_code == 404
    for person in (world.lead, observer, world.decider):
        assert browser_of(app, person).get(staff).status_code == 200
    assert browser_of(app, world.lead).get("/manage/pitches/PF-NONE/letter").status_code == 404


def test_pages_of_the_end_are_hidden_from_whoever_has_no_part_in_it(app, now):
    world = an_ending(now)
    admin = builders.a_person("Only Admin", Role.ADMIN)
    base = f"/manage/challenges/{world.reference}"
    pages = [f"{base}/explanations", f"{base}/decision", f"{base}/release"]
    pages.append(f"/judging/explanations/{world.entries[0].reference}")
    for person in (world.entries[0].author, world.judges[1], admin):
        browser = browser_of(app, person)
        for page in pages:
            assert browser.get(page).status_code == 404, (person, page)
            browser.get("/")
            token = browser.page.forms[0]["fields"] if browser.page and browser.page.forms else {}
            assert browser.post(page, data=token).status_code in {404, 405}, (person, page)
    reader = browser_of(app, world.approver)
    assert reader.get(f"{base}/decision").status_code == 200
    assert reader.page is not None
    assert not reader.page.forms[1:], "a reader is offered no form but signing out"


def test_a_recused_member_of_staff_sees_nothing_before_the_release(app, now):
    world = an_ending(now)
    member = builders.a_panel_member(
        challenge=world.challenge, person=world.approver, invited_by=world.lead, now=now
    )
    db.session.add(
        Declaration(
            panel_member_id=member,
            pitch_id=world.entries[0].id,
            state=DeclarationState.RECUSED,
            declared_at=now,
            decided_by_id=world.lead,
            reason="Works there at weekends.",
        )
    )
    db.session.commit()
    base = f"/manage/challenges/{world.reference}"
    world.explain()
    world.decide(WON, LOST, LOST)
    browser = browser_of(app, world.approver)
    for page in (f"{base}/explanations", f"{base}/decision", f"{base}/release"):
        assert browser.get(page).status_code == 404
    assert browser.get(f"/manage/pitches/{world.entries[0].reference}/letter").status_code == 404
    challenge = by_id(world.challenge, now)
    shown = manage_panel(challenge, world.actor(world.approver), now)
    assert shown is not None
    assert shown[1]["steps"] == []
    world.propose(world.officer)
    world.release(world.lead)
    assert browser.get(f"{base}/decision").status_code == 200


def test_the_public_hears_of_winners_only_after_the_release(app, now):
    world = an_ending(now)
    world.explain()
    world.decide(WON, LOST, LOST)
    assert panel(by_id(world.challenge, now), None, now) is None
    world.propose(world.officer)
    world.release(world.lead)
    found = panel(by_id(world.challenge, now), None, now)
    assert found is not None
    outcome = found[1]["outcome"]
    assert (outcome.winners, outcome.received) == (("Gullywatch Ltd",), 3)


def test_explaining_keeps_short_drafts_and_says_how_much_is_missing(app, now):
    world = an_ending(now)
    first, *_ = builders.judged_criterion_ids(world.challenge)
    chair = browser_of(app, world.judges[0])
    page = f"/judging/explanations/{world.entries[0].reference}"
    words: dict[str, Any] = {f"text_{first}": "You begin well."}
    chair.fill(page, **words)
    assert "still under 20 words" in chair.text
    assert "3 words. 17 more needed." in chair.text
    assert chair.form()["fields"][f"text_{first}"].strip() == "You begin well."


@pytest.mark.parametrize("page", ["explanations", "decision", "release"])
def test_the_number_of_statements_does_not_grow_with_the_pitches(app, now, page):
    builders.a_region()
    counts = []
    for names in (NAMES[:1], NAMES[:3]):
        world = an_ending(now, names=names)
        world.explain()
        person = world.lead
        if page == "release":
            world.decide(*[WON, LOST, LOST][: len(names)])
        browser = browser_of(app, person)
        browser.get("/cookies")
        with counted() as statements:
            assert browser.get(f"/manage/challenges/{world.reference}/{page}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12, counts


def test_the_letter_and_its_writing_take_few_statements(app, now):
    builders.a_region()
    world = an_ending(now)
    chair = browser_of(app, world.judges[0])
    chair.get("/cookies")
    with counted() as statements:
        chair.get(f"/judging/explanations/{world.entries[0].reference}")
    assert len(statements) <= 12, len(statements)
    world.finish(WON, LOST, LOST)
    supplier = browser_of(app, world.entries[0].author)
    supplier.get("/cookies")
    with counted() as statements:
        supplier.get(f"/pitches/{world.entries[0].reference}/letter")
    assert len(statements) <= 12, len(statements)


def test_late_eligible_pitch_without_cards_stops_the_release_with_words(app, now):
    world = an_ending(now)
    late = a_pitch_of(world, "Late Finding Ltd", PitchState.ELIGIBLE)
    world.entries.append(late)
    world.explain(pitches=world.entries[:3])
    world.decide(WON, LOST, LOST, LOST)
    assert world.preview().problems == (f"{late.reference}: no scorecard was signed.",)
    score_all(world, late, 100)
    world.explain(pitches=[late])
    assert not world.preview().problems
    assert by_id(world.challenge, now).state == ChallengeState.DECIDED


def test_a_recused_chair_meets_only_the_pitches_that_are_theirs_and_no_scores(app, now):
    world = an_ending(now)
    mine, other = world.entries[0], world.entries[1]
    db.session.query(Declaration).filter_by(panel_member_id=world.members[0], pitch_id=other.id).update(
        {
            "state": DeclarationState.RECUSED,
            "decided_by_id": world.lead,
            "reason": "A close friend works there.",
        }
    )
    db.session.commit()
    chair = browser_of(app, world.judges[0])
    chair.get(f"/manage/challenges/{world.reference}/explanations")
    assert mine.name in chair.html
    assert other.name not in chair.html
    assert other.reference not in chair.html
    chair.get(f"/judging/explanations/{mine.reference}")
    assert "In this answer you say plainly" in chair.text
    assert "5 of 5" not in chair.text
    assert chair.get(f"/judging/explanations/{other.reference}").status_code == 404
    assert chair.get(f"/manage/challenges/{world.reference}/decision").status_code == 404


def test_letters_keep_paragraphs_and_never_run_what_was_written(app, now):
    world = an_ending(now)
    world.explain(text="<b>First</b> line of answer {n}.\nSecond line, with " + "more words " * 10)
    world.decide(WON, LOST, LOST)
    world.propose(world.officer)
    world.release(world.lead)
    supplier = browser_of(app, world.entries[0].author)
    supplier.get(f"/pitches/{world.entries[0].reference}/letter")
    assert "&lt;b&gt;First&lt;/b&gt; line of answer 1.</p>" in supplier.html


def test_a_letter_by_hand_waits_until_someone_says_that_it_was_sent(app, now):
    builders.a_region()
    world = an_ending(now)
    first, second = world.entries[0], world.entries[1]
    db.session.add(
        AssistedPitch(
            pitch_id=second.id,
            by_id=world.officer,
            told_by=ToldBy.PHONE,
            contact="12 Kingfisher Row",
        )
    )
    db.session.commit()
    world.explain()
    world.decide(WON, LOST, LOST)
    world.propose(world.officer)
    lead = browser_of(app, world.lead)
    lead.get(f"/manage/challenges/{world.reference}/release")
    assert "1 of them you send by hand" in lead.text
    lead.send(f"/manage/challenges/{world.reference}/release", act="release")
    assert "2 letters went out by email, and 1 is to be sent by hand." in lead.text.replace("\u00a0", " ")
    approver = world.actor(world.approver)
    [task] = [t for t in queries.waiting(approver, now) if t.button == "See where to"]
    assert "Send 1 letter about" in task.text.replace("\u00a0", " ")
    assert queries.waiting(world.actor(world.judges[1]), now) == []
    lead.get(f"/manage/challenges/{world.reference}/assurance")
    assert "Send 1 letter by hand" in lead.text.replace("\u00a0", " ")
    lead.fill(f"/manage/challenges/{world.reference}/release", action=f"/{second.reference}/posted")
    assert "by Ines Marlow" in lead.text
    assert f"/{second.reference}/posted" not in lead.html
    assert [t for t in queries.waiting(approver, now) if t.button == "See where to"] == []
    entries, _ = log.page(number=1, size=1, action="awards.post_letter", object=f"pitch:{second.reference}")
    assert entries[0]["actor"] == f"person:{world.lead}"
    lead.get(f"/manage/challenges/{world.reference}/assurance")
    assert "Nothing is due here" in lead.text
    for pitch in (first, second):
        with pytest.raises(Conflict), transaction():
            operations.mark_posted(
                approver, reference=world.reference, pitch_reference=pitch.reference, now=now
            )
