"""The conflicts assessment: a page that prints, and the same as files."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from pitchfest.judging import exports, queries
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.judging.views.manage import bp
from pitchfest.kernel.tabular import to_csv, to_xlsx
from pitchfest.web.access import allows, requires, the_actor

S = DeclarationState


def _assessment(round_: Round) -> queries.Assessment:
    return queries.assessment(round_.id, the_actor().person_id)


@bp.get("/conflicts/assessment")
@requires(Permission.ASSESSMENT, of=queries.round_of)
def assessment(round_: Round) -> str:
    found = _assessment(round_)
    return render_template(
        "judging/assessment.html",
        round=round_,
        found=found,
        facts=[
            ("Nothing declared", found.count(S.CLEARED)),
            ("Interest declared, not decided yet", found.count(S.INTEREST, S.ASKED)),
            ("Cleared after an interest", found.count(S.CLEARED_BY_LEAD)),
            ("Cleared with conditions", found.count(S.CLEARED_WITH_CONDITIONS)),
            ("Does not judge that pitch", found.count(S.RECUSED)),
        ],
        may_list=bool(allows(Permission.CONFLICTS, round_)),
    )


@bp.get("/conflicts/assessment.csv")
@requires(Permission.ASSESSMENT, of=queries.round_of)
def assessment_csv(round_: Round) -> Response:
    body = to_csv(*exports.conflicts_table(_assessment(round_)))
    return _file(body.encode(), f"{round_.reference}-conflicts.csv", "text/csv; charset=utf-8")


@bp.get("/conflicts/assessment.xlsx")
@requires(Permission.ASSESSMENT, of=queries.round_of)
def assessment_xlsx(round_: Round) -> Response:
    title = f"{round_.reference} conflicts"
    body = to_xlsx(*exports.conflicts_table(_assessment(round_)), title=title)
    return _file(body, f"{round_.reference}-conflicts.xlsx", exports.XLSX)


def _file(body: bytes, name: str, kind: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
