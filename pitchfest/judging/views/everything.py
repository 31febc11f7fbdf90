"""Everything of a round in one file, once scoring is closed."""

from __future__ import annotations

from werkzeug.wrappers import Response

from pitchfest.judging import queries
from pitchfest.judging.exports import XLSX
from pitchfest.judging.exports.everything import everything_workbook, everything_zip
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.views.manage import bp
from pitchfest.web.access import allows, requires


@bp.get("/results/everything.xlsx")
@requires(Permission.EVERYTHING, of=queries.round_of)
def everything_xlsx(round_: Round) -> Response:
    words = bool(allows(Permission.CONFLICT_WORDS, round_))
    return _file(everything_workbook(round_, words=words), f"{round_.reference}-everything.xlsx", XLSX)


@bp.get("/results/everything.zip")
@requires(Permission.EVERYTHING, of=queries.round_of)
def everything_as_csv(round_: Round) -> Response:
    words = bool(allows(Permission.CONFLICT_WORDS, round_))
    body = everything_zip(round_, words=words)
    return _file(body, f"{round_.reference}-everything.zip", "application/zip")


def _file(body: bytes, name: str, kind: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(body, content_type=kind, headers={"Content-Disposition": disposition})
