"""A judge's scorecards away from the screen: download, print, fill in, look at what it changes, save."""

from __future__ import annotations

from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pitchfest.judging import operations, queries
from pitchfest.judging.exports import XLSX
from pitchfest.judging.exports.offline import offline_csv, offline_workbook
from pitchfest.judging.forms.offline import KeepForm, SheetForm, brought_back, carried
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.cards import CANNOT, Mark, picked, scale, shown
from pitchfest.judging.rules.offline import Line, NotTheSheet, Outcome, compare
from pitchfest.judging.rules.scoring import points_text
from pitchfest.judging.views.desk import Page, bp
from pitchfest.kernel.text import count_words, plural
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/judging/<reference>/offline", methods=["GET", "POST"])
@requires(Permission.OFFLINE, of=queries.round_of)
def offline(round_: Round) -> Page:
    form = SheetForm()
    if form.validate_on_submit():
        lines = {(line.card_id, line.criterion_id): line for line in queries.sheet_lines(round_)}
        try:
            return _preview(round_, compare(form.file.data or [], lines))
        except NotTheSheet as error:
            form.file.errors = [str(error)]
    return _page(round_, form)


def _page(round_: Round, form: SheetForm) -> Page:
    cards = {line.card_id for line in _open_lines(round_)}
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "judging/offline.html", round=round_, form=form, cards=len(cards), page_errors=wrong
    )
    return (page, 422) if wrong else page


def _preview(round_: Round, outcome: Outcome) -> str:
    holder = f"{the_actor().person_id} {round_.reference}"
    form = KeepForm(formdata=None, data={"sheet_token": carried(outcome.changes, holder=holder)})
    return render_template(
        "judging/offline_check.html", round=round_, outcome=outcome, form=form, shown=shown, words=count_words
    )


@bp.post("/judging/<reference>/offline/save")
@requires(Permission.OFFLINE, of=queries.round_of)
def save_offline(round_: Round) -> Page:
    form, again = KeepForm(), SheetForm(formdata=None)
    kept = brought_back(form.sheet_token.data or "", holder=f"{the_actor().person_id} {round_.reference}")
    if not form.validate_on_submit() or not kept:
        again.file.errors = ["Choose the file once more: what was to be saved did not arrive"]
        return _page(round_, again)
    cards: dict[tuple[int, int], dict[int, Mark]] = {}
    for card_id, version, criterion_id, mark in kept:
        cards.setdefault((card_id, version), {})[criterion_id] = mark
    with saving(again, then=url_for("judging.desk")) as saved:
        operations.save_sheet(the_actor(), reference=round_.reference, cards=cards, now=now())
    if not saved:
        return _page(round_, again)
    said = plural(len(kept), "score and reason is saved as a draft", "scores and reasons are saved as drafts")
    flash(f"{said}.", "success")
    return redirect(saved.redirect)


@bp.get("/judging/<reference>/offline.xlsx")
@requires(Permission.OFFLINE, of=queries.round_of)
def offline_xlsx(round_: Round) -> Response:
    """The judge's own open cards, as a workbook to fill in."""
    body = offline_workbook(_open_lines(round_), round_.title)
    return _file(body, f"{round_.reference}-scorecards.xlsx", XLSX)


@bp.get("/judging/<reference>/offline.csv")
@requires(Permission.OFFLINE, of=queries.round_of)
def offline_as_csv(round_: Round) -> Response:
    """The same as CSV."""
    body = offline_csv(_open_lines(round_)).encode()
    return _file(body, f"{round_.reference}-scorecards.csv", "text/csv; charset=utf-8")


def _file(body: bytes, name: str, kind: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(body, content_type=kind, headers={"Content-Disposition": disposition})


def _open_lines(round_: Round) -> list[Line]:
    return [line for line in queries.sheet_lines(round_) if not line.closed]


@bp.get("/judging/<reference>/offline/paper")
@requires(Permission.OFFLINE, of=queries.round_of)
def paper(round_: Round) -> str:
    """The judge's own open cards as pages to print and write on."""
    lines = _open_lines(round_)
    cards = [
        [
            (line, [points_text(v) for v in reversed(scale(line.limits))] if picked(line.limits) else [])
            for line in card
        ]
        for _, card in groupby(lines, key=lambda line: line.card_id)
    ]
    large = request.args.get("type") == "large"
    return render_template(
        "judging/offline_paper.html", round=round_, cards=cards, large=large, cannot=CANNOT
    )
