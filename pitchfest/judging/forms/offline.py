"""The file that a judge brings back, and the changes that its preview asks about."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import wtforms
from flask import current_app
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField

from pitchfest.files.operations import rows_in
from pitchfest.files.rules import LARGEST_FILE, BadFileError
from pitchfest.files.rules.sheets import Row
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.offline import TITLE, Change
from pitchfest.kernel.text import tidy_line
from pitchfest.web.access import the_actor
from pitchfest.web.forms import Form, Needed


class SheetFile(wtforms.FileField):
    """A spreadsheet as someone sent it: its data is the rows of the sheet, None where nothing was chosen."""

    data: list[Row] | None
    #: The sheet of a workbook that is read.
    title = TITLE
    #: What the file is called, and the SHA-256 of its bytes.
    file_name = ""
    sha256 = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        if not sent:
            return
        name = tidy_line((sent[0].filename or "").replace("\\", "/").rpartition("/")[2])[-150:]
        body = sent[0].stream.read(LARGEST_FILE + 1)
        self.file_name, self.sha256 = name, hashlib.sha256(body).hexdigest()
        scanner = current_app.config.get("CLAMD", "")
        try:
            self.data = rows_in(name, body, sheet=self.title, scanner=scanner, by=the_actor().person_id)
        except BadFileError as error:
            raise ValueError(str(error)) from error


class SheetForm(Form):
    file = SheetFile(
        "The file that you filled in",
        [Needed("Choose the file that you filled in")],
        description="The Excel or CSV file that you downloaded here, at most 10 MB.",
    )


class Kept(NamedTuple):
    """A mark to save, and the version of its card that the preview was made from."""

    card_id: int
    version: int
    criterion_id: int
    mark: Mark


class KeepForm(Form):
    """The button under a preview. It carries what was shown, under our own mark: what is saved is that."""

    # A name with `token` in it is never kept for later: the file on the judge's side is the copy.
    sheet_token = HiddenField()


def carried(changes: Iterable[Change], *, holder: str) -> str:
    """The changes as the form carries them, for this holder alone."""
    body = json.dumps([[c.line.card_id, c.line.version, c.line.criterion_id, *c.mark] for c in changes])
    return f"{_mark(body, holder)}{body}"


def brought_back(token: str, *, holder: str) -> list[Kept] | None:
    """What `carried` was given; None for anything else."""
    mark, body = token[:64], token[64:]
    if not hmac.compare_digest(mark.encode("utf-8", "replace"), _mark(body, holder).encode()):
        return None
    return [
        Kept(card, version, criterion, Mark(*mark)) for card, version, criterion, *mark in json.loads(body)
    ]


def _mark(body: str, holder: str) -> str:
    said = f"offline scorecards\n{holder}\n{body}".encode("utf-8", "surrogatepass")
    return hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), said, "sha256").hex()
