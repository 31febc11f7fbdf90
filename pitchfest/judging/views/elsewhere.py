"""Staff pages for scores that were given elsewhere: the file, what it would set, and the second person."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.judging import operations, queries
from pitchfest.judging.exports import XLSX
from pitchfest.judging.exports.elsewhere import template_workbook, waiting_csv
from pitchfest.judging.forms import ReasonForm
from pitchfest.judging.forms.elsewhere import BringForm, ProposeForm, columns_form, said_in
from pitchfest.judging.queries import OpenFile
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.cards import shown as points
from pitchfest.judging.rules.elsewhere import by_card, choices, column_problems, read
from pitchfest.judging.views.manage import Page, bp, one_round, part_of_address, shown
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import plural
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.route("/elsewhere", methods=["GET", "POST"])
@requires(Permission.BRING, of=queries.round_of)
def elsewhere(round_: Round) -> Page:
    """Choosing a file; and what is open, or came from one."""
    form = BringForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".check_scores", reference=round_.reference)) as saved:
            operations.take_file(
                the_actor(),
                reference=round_.reference,
                name=form.file.file_name,
                sha256=form.file.sha256,
                rows=form.file.data or [],
                now=now(),
            )
        if saved:
            return redirect(saved.redirect)
    return _page(round_, form)


def _page(round_: Round, form: Form) -> Page:
    file = queries.open_file(round_.id)
    return _with_problems(
        "judging/elsewhere.html",
        form,
        round=round_,
        file=file,
        mine=file is not None and file.by_id == the_actor().person_id,
        away=Form(formdata=None, data={"version": file.id if file else ""}),
        by_judge=_by_judge(round_, file),
        brought=queries.brought_cards(round_.id),
    )


def _with_problems(template: str, form: Form, **values: object) -> Page:
    wrong = bool(form.errors or form.form_errors)
    page = render_template(template, form=form, page_errors=wrong, **values)
    return (page, 422) if wrong else page


def _by_judge(round_: Round, file: OpenFile | None) -> list[tuple[str, int]]:
    """How many scorecards of each judge the file brings, by name."""
    if file is None or not file.proposed:
        return []
    names = {row.member_id: row.name for row in queries.panel(round_.id)}
    return sorted((names.get(member_id, ""), cards) for member_id, cards in file.by_judge().items())


@bp.get("/elsewhere/template.xlsx")
@requires(Permission.BRING, of=queries.round_of)
def scores_template(round_: Round) -> Response:
    """A workbook with a row for each score that can still come from a file."""
    pitches, judges = queries.pitches_in_play(round_.id, names=round_.names), queries.panel(round_.id)
    body = template_workbook(round_.title, queries.ground(round_), pitches, judges)
    return _attached(body, f"{round_.reference}-scores-to-fill-in.xlsx", XLSX)


def _attached(body: bytes, name: str, kind: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(body, content_type=kind, headers={"Content-Disposition": disposition})


@bp.route("/elsewhere/check", methods=["GET", "POST"])
@requires(Permission.BRING, of=queries.round_of)
def check_scores(round_: Round) -> Page:
    """What the columns of one's own draft are, and what each row would set."""
    file = _own_draft(round_)
    form = columns_form(file.sheet, choices(queries.ground(round_)), file.meanings, file.id)
    if form.validate_on_submit():
        then = url_for(".check_scores", reference=round_.reference, _anchor="rows")
        with saving(form, then=then) as saved:
            operations.say_columns(
                the_actor(),
                reference=round_.reference,
                meanings=said_in(form),
                file_id=form.expected_version,
                now=now(),
            )
        if saved:
            return redirect(saved.redirect)
    return _check_page(round_, file, form, ProposeForm(formdata=None, data={"version": file.id}))


def _own_draft(round_: Round) -> OpenFile:
    file = queries.open_file(round_.id)
    if file is None or file.proposed or file.by_id != the_actor().person_id:
        raise NotFound
    return file


def _check_page(round_: Round, file: OpenFile, form: Form, propose: Form) -> Page:
    ground = queries.ground(round_)
    problems = column_problems(file.meanings, ground)
    found = None if problems else read(file.sheet, file.meanings, ground)
    wrong = any(each.errors or each.form_errors for each in (form, propose))
    page = render_template(
        "judging/elsewhere_check.html",
        round=round_,
        file=file,
        form=form,
        propose=propose,
        away=Form(formdata=None, data={"version": file.id}),
        problems=problems,
        found=found,
        cards=[] if found is None else by_card(found.marks),
        judges=ground.judge_names,
        pitches=ground.pitch_names,
        criteria=ground.criterion_names,
        points=points,
        page_errors=wrong,
        columns_wrong=bool(problems or form.errors or form.form_errors),
    )
    return (page, 422) if wrong else page


@bp.post("/elsewhere/check/propose")
@requires(Permission.BRING, of=queries.round_of)
def propose_scores(round_: Round) -> Page:
    accounts.require_proof(the_actor(), now())
    file, form = _own_draft(round_), ProposeForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".elsewhere", reference=round_.reference)) as saved:
            cards = operations.propose_scores(
                the_actor(),
                reference=round_.reference,
                leave_out=bool(form.leave_out.data),
                file_id=form.expected_version,
                now=now(),
            )
        if saved:
            flash(
                f"{plural(cards, 'scorecard')} proposed. None counts until a second person confirms.",
                "success",
            )
            return redirect(saved.redirect)
    columns = columns_form(file.sheet, choices(queries.ground(round_)), file.meanings, file.id)
    return _check_page(round_, file, columns, form)


@bp.post("/elsewhere/throw-away")
@requires(Permission.BRING, of=queries.round_of)
def throw_scores_away(round_: Round) -> Page:
    form, then = Form(), url_for(".elsewhere", reference=round_.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.throw_file_away(
                the_actor(), reference=round_.reference, file_id=form.expected_version, now=now()
            )
        if saved:
            flash("The file is thrown away. Nothing was scored by it.", "success")
            return redirect(saved.redirect)
    return _page(round_, BringForm(formdata=None))


@bp.route("/elsewhere/confirm", methods=["GET", "POST"])
@requires(Permission.CONFIRM_BROUGHT, of=queries.round_of)
def confirm_scores(round_: Round) -> Page:
    """What the second person reads, and agrees to."""
    actor, form = the_actor(), Form()
    accounts.require_proof(actor, now())
    if form.validate_on_submit():
        with saving(form, then=url_for(".board", reference=round_.reference)) as saved:
            cards = operations.confirm_scores(
                actor, reference=round_.reference, expected_act=form.expected_version or 0, now=now()
            )
        if saved:
            flash(
                f"{plural(cards, 'scorecard is', 'scorecards are')} signed. Each judge is being told.",
                "success",
            )
            return redirect(saved.redirect)
    file = queries.open_file(round_.id)
    act = people.open_act(ActKind.BRING_SCORES, f"challenge:{round_.reference}")
    waits = file is not None and act is not None and act.object_version == file.id
    return _with_problems(
        "judging/elsewhere_confirm.html",
        form,
        round=round_,
        file=file if waits else None,
        act=act,
        agree=Form(formdata=None, data={"version": act.id if act else ""}),
        mine=act is not None and act.proposer_id == actor.person_id,
        by_judge=_by_judge(round_, file),
        may_read=file is not None and not queries.still_scores(round_, file),
    )


@bp.get("/elsewhere/rows.csv")
@requires(Permission.CONFIRM_BROUGHT, of=queries.round_of)
def scores_to_confirm(round_: Round) -> Response:
    """The scores and reasons that wait, for the second person; not for a chair who has still to score."""
    file = queries.open_file(round_.id)
    if file is None or not file.proposed or queries.still_scores(round_, file):
        raise NotFound
    body = waiting_csv(file, queries.ground(round_)).encode()
    return _attached(body, f"{round_.reference}-scores-to-confirm.csv", "text/csv; charset=utf-8")


@bp.route("/elsewhere/cards/<int:card_id>/take-back", methods=["GET", "POST"])
@requires(Permission.BRING, of=one_round)
def take_card_back(round_: Round) -> Page:
    """Taking the scores of one scorecard, which came from a file, off it again."""
    card_id, form = int(part_of_address("card_id")), ReasonForm()
    card = queries.brought_card(round_.id, card_id)
    if form.validate_on_submit():
        with saving(form, then=url_for(".elsewhere", reference=round_.reference)) as saved:
            operations.take_card_back(
                the_actor(),
                reference=round_.reference,
                card_id=card_id,
                reason=form.reason.data or "",
                now=now(),
            )
        if saved:
            flash(f"Taken back. The scores no longer count, and {card.judge} is told.", "success")
            return redirect(saved.redirect)
    return shown("judging/elsewhere_take_back.html", form, round=round_, card=card)
