"""Staff's side: the list of all challenges, and one challenge with what can be done with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import queries
from pitchfest.challenges.exports import staff_table
from pitchfest.challenges.forms import ApproveForm, ChangesForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import (
    CHALLENGE,
    EDITABLE,
    LABELS,
    PUBLISHED,
    RELEASED,
    WAITS_FOR,
    ChallengeState,
    Permission,
    Step,
    advice_on_dates,
    asks_much,
    effort_of,
    life_line,
    next_step,
    unpaid_work,
)
from pitchfest.challenges.views.showing import (
    challenge_page,
    list_facts,
    manage_links,
    panels,
    prose,
    say_open_briefly,
    say_takes,
)
from pitchfest.kernel.tabular import to_csv, to_xlsx
from pitchfest.kernel.text import plural, tidy_line
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form
from pitchfest.web.pagination import PAGE_SIZE, Page, asked_page
from pitchfest.web.requests import now

bp = Blueprint("manage", __name__, url_prefix="/manage")

_SORTS = {"newest": "Newest", "closing": "Closing time", "title": "Title", "waiting": "Waiting longest"}


@bp.get("/")
@requires(Permission.LIST)
def start() -> ResponseReturnValue:
    return redirect(url_for("manage.index"))


def _asked() -> dict[str, Any]:
    """The filters in the address, each one that makes no sense left out."""
    state, sort = request.args.get("state", ""), request.args.get("sort", "")
    return {
        "text": tidy_line(request.args.get("q", ""))[:100],
        "state": ChallengeState(state) if state in set(ChallengeState) else None,
        "sort": sort if sort in _SORTS else "newest",
        "practice": request.args.get("practice") == "1",
    }


@bp.get("/challenges")
@requires(Permission.LIST)
def index() -> str:
    asked, number = _asked(), asked_page()
    counts = queries.staff_counts(the_actor(), now(), text=asked["text"], practice=asked["practice"])
    total = counts.get(asked["state"], 0) if asked["state"] else sum(counts.values())
    rows = queries.staff_page(the_actor(), now(), **asked, number=number, size=PAGE_SIZE)
    return render_template(
        "challenges/manage/index.html",
        rows=rows,
        numbers=list_facts(rows),
        links=manage_links(the_actor()),
        labels=LABELS,
        waits_for=WAITS_FOR,
        states=[(s.value, LABELS[s][0], n) for s, n in counts.items()],
        sorts=_SORTS,
        asked=asked,
        total=total,
        every=sum(counts.values()),
        paging=Page(number, total),
        may_create=bool(allows(Permission.CREATE)),
        has_templates=bool(allows(Permission.TEMPLATES)),
    )


@bp.get("/challenges.csv")
@requires(Permission.LIST)
def as_csv() -> Response:
    rows = queries.staff_page(the_actor(), now(), **_asked())
    return _download(to_csv(*staff_table(rows)), "text/csv", "csv")


@bp.get("/challenges.xlsx")
@requires(Permission.LIST)
def as_excel() -> Response:
    rows = queries.staff_page(the_actor(), now(), **_asked())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _download(to_xlsx(*staff_table(rows), title="Challenges"), kind, "xlsx")


def _download(body: str | bytes, kind: str, ending: str) -> Response:
    return Response(
        body,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="challenges.{ending}"'},
    )


_STATION = {"done": "Done", "now": "Next", "": ""}

#: Page of the draft → (title, endpoint).
PAGES = {
    "brief": ("The brief", "manage.brief"),
    "route": ("The route", "manage.route"),
    "criteria": ("Criteria and weights", "manage.criteria"),
    "form": ("The pitch form", "manage.form"),
    "settings": ("Dates and people", "manage.settings"),
}


@bp.get("/challenges/<reference>")
@requires(Permission.VIEW_STAFF, of=queries.for_staff)
def challenge(found: ChallengeRow) -> ResponseReturnValue:
    return home_page(found, ChangesForm(version=found.version))


def home_page(
    found: ChallengeRow, changes: ChangesForm, approval: ApproveForm | None = None
) -> ResponseReturnValue:
    """The challenge's page for staff, with the approver's two forms, perhaps with errors."""
    approval = approval or ApproveForm(formdata=None, version=found.version)
    is_draft = found.effective in EDITABLE | {ChallengeState.IN_REVIEW}
    draft = queries.draft(found, now()) if is_draft else None
    missing = draft.missing if draft else []
    copied = queries.copied_pages(found.reference) if found.effective in EDITABLE else set()
    edits = queries.edits(found.id)
    names = accounts.person_names({found.officer_id, found.decision_maker_id})
    page = render_template(
        "challenges/manage/challenge.html",
        challenge=found,
        form=Form(version=found.version),
        changes=changes,
        approval=approval,
        **_effort(found, draft),
        page_errors=bool(changes.errors or approval.errors),
        label=LABELS[found.effective],
        waits_for=WAITS_FOR.get(found.effective, ""),
        line=[(label, _STATION[state], state) for label, state in life_line(found.effective)],
        editable=bool(allows(Permission.WRITE, found)),
        published=found.effective in PUBLISHED,
        may_cancel=bool(allows(Permission.CANCEL, found)),
        cancellation=queries.cancellation(found.id) if found.effective == ChallengeState.CANCELLED else None,
        may_delay=bool(allows(Permission.DELAY, found)),
        may_correct=bool(allows(Permission.CORRECT, found)),
        **_explaining(found),
        may_tell=bool(allows(Permission.TELL, found)),
        **_writing(found),
        open_briefly=_open_briefly(found),
        obstacles=_obstacles(found, draft),
        scheduled_late=found.held_at is not None,
        missing=[(p.message, page_url(found.reference, p.page, p.item)) for p in missing],
        tasks=_tasks(found, missing, copied),
        copied=[title.lower() for key, (title, _) in PAGES.items() if key in copied],
        steps=_steps(found),
        may_copy=bool(allows(Permission.COPY, found)),
        is_author=any(e.person_id == the_actor().person_id for e in edits),
        edits=edits,
        reviews=(reviews := queries.reviews(found.id)),
        unchanged=_is_unchanged(found, edits, reviews),
        words=prose,
        names=names,
        advice=[] if found.published_at else advice_on_dates(found),
        hand_overs=queries.hand_overs(found.id),
        may_hand_over=bool(allows(Permission.HAND_OVER, found)),
        people_links=panels("manage_people", found),
        following=_following(found),
        snapshot=queries.newest_snapshot(found.id) if found.published_at else None,
        panels=panels("manage_challenge", found),
    )
    return page, 422 if changes.errors or approval.errors else 200


def _effort(found: ChallengeRow, draft: queries.Draft | None) -> dict[str, Any]:
    """What the form asks of suppliers, for the approver to stand by."""
    if draft is None or found.effective != ChallengeState.IN_REVIEW:
        return {"much": [], "unpaid": False, "takes": ""}
    effort = effort_of(draft.questions)
    return {
        "much": asks_much(effort, found.budget_pence),
        "unpaid": unpaid_work(effort, found.payment_pence),
        "takes": say_takes(found, effort),
    }


def _explaining(found: ChallengeRow) -> dict[str, bool]:
    """Whether this person may write the Easy Read version, there is one, and it is out of date. While the
    draft is written, and once it is cancelled, only the first is asked.
    """
    may = bool(allows(Permission.EASY_READ, found))
    if found.effective in EDITABLE | {ChallengeState.CANCELLED}:
        return {"may_explain": may, "explained": False, "behind": False}
    whole = queries.easy_read(found.id)
    behind = queries.easy_read_behind_since(found.id, whole) is not None
    return {"may_explain": may, "explained": bool(whole.sentences), "behind": behind}


def _obstacles(found: ChallengeRow, draft: queries.Draft | None) -> list[tuple[str, str]]:
    """What the route still asks for before publication, and where that is done."""
    if found.effective in {ChallengeState.APPROVED, ChallengeState.SCHEDULED}:
        obstacles = queries.obstacles(found, now())
    elif draft is not None and found.effective == ChallengeState.IN_REVIEW:
        obstacles = draft.obstacles
    else:
        return []
    may = bool(allows(Permission.CONFIRM_ROUTE, found))
    where = url_for("manage.route", reference=found.reference)
    return [
        (
            o.message,
            url_for("manage.duty", reference=found.reference, key=o.duty) if o.duty and may else where,
        )
        for o in obstacles
    ]


def _following(found: ChallengeRow) -> tuple[Step, str] | None:
    """What the route asks for next once it is decided, and where this person records it ("" if not)."""
    if found.effective not in RELEASED | {ChallengeState.DECIDED, ChallengeState.CANCELLED}:
        return None
    if (step := next_step(queries.steps(found, now()))) is None:
        return None
    records = step.may_be_recorded and allows(Permission.RECORD_DUTY, found)
    return step, url_for("manage.duty", reference=found.reference, key=step.duty.key) if records else ""


def _open_briefly(found: ChallengeRow) -> str:
    """For the approver: for how short a time it will be open, and why; "" where nothing is said of that."""
    if not found.short_because or found.closes_at is None or found.effective in PUBLISHED:
        return ""
    return say_open_briefly(found.scheduled_for or now(), found.closes_at, found.short_because)


def _tasks(
    found: ChallengeRow, missing: list[queries.DraftProblem], copied: set[str]
) -> list[tuple[str, str, str, str, str]]:
    lacking = {page: sum(p.page == page for p in missing) for page in PAGES}
    return [
        (
            title,
            url_for(endpoint, reference=found.reference),
            "",
            *_progress(lacking[page], page in copied),
        )
        for page, (title, endpoint) in PAGES.items()
    ]


def _progress(lacking: int, copied: bool) -> tuple[str, str]:
    """How far a page of the draft is: words, and the colour of their tag."""
    if lacking:
        return f"{plural(lacking, 'thing')} to do", "orange"
    return ("Copied: check", "blue") if copied else ("Done", "")


def _writing(found: ChallengeRow) -> dict[str, Any]:
    """Whether this person reads what suppliers write about a published challenge, and what of it waits."""
    if found.effective not in PUBLISHED:
        return {}
    left = queries.correspondence(the_actor(), found, now())
    asked = {"to answer": left.to_answer, "to sign": left.to_sign}
    is_open = found.effective == ChallengeState.OPEN
    return {
        "may_answer": bool(allows(Permission.ANSWER, left)),
        "may_see_needs": bool(allows(Permission.NEEDS, left)),
        "needs_left": left.needs,
        "asked": ", ".join(f"{count} {words}" for words, count in asked.items() if count and is_open),
    }


def _is_unchanged(
    found: ChallengeRow, edits: list[queries.EditRow], reviews: list[queries.ReviewRow]
) -> bool:
    """Whether nobody has saved anything in a draft since an approver asked for changes."""
    wanted = found.effective == ChallengeState.CHANGES_WANTED and bool(reviews)
    return wanted and all(edit.last_at <= reviews[0].at for edit in edits)


def _steps(found: ChallengeRow) -> set[str]:
    """The actions of the life cycle that this person may take now, from its one table."""
    return {
        step.action
        for step in CHALLENGE.transitions
        if found.effective in step.sources
        and step.fired_by == "challenges"
        and step.who != "clock"
        and allows(Permission(step.who), found)
    }


def page_url(reference: str, page: str, item: int | None) -> str:
    """Where something of a draft is put right."""
    if item is not None and page == "criteria":
        return url_for("manage.criterion", reference=reference, criterion_id=item)
    if item is not None and page == "form":
        return url_for("manage.question", reference=reference, question_id=item)
    return url_for(PAGES[page][1], reference=reference)


@bp.get("/challenges/<reference>/preview")
@requires(Permission.VIEW_STAFF, of=queries.for_staff)
def preview(found: ChallengeRow) -> str:
    return challenge_page(found, preview=True)
