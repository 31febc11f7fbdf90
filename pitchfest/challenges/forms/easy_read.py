"""One sentence of an Easy Read version, and the yes to all of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import wtforms
from flask import current_app
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, HiddenField

from pitchfest.files.operations import inspected
from pitchfest.files.rules import BadFileError
from pitchfest.files.rules.pictures import LARGEST_PICTURE, BadPictureError, clean_picture
from pitchfest.web.access import the_actor
from pitchfest.web.forms import AtMost, Form, LineField

#: What a browser offers to choose, and how the names of pictures end.
PICTURES = (".png", ".jpg", ".jpeg")
_LONGEST = 300


class PictureField(wtforms.FileField):
    """A PNG or JPEG: its data is the picture without what is not needed to show it."""

    data: bytes | None
    media_type = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        if not sent:
            return
        ending = PurePath(sent[0].filename or "").suffix.lower()
        if ending not in PICTURES:
            raise ValueError("Choose a PNG or JPEG picture")
        data = sent[0].stream.read(LARGEST_PICTURE + 1)
        scanner = current_app.config.get("CLAMD", "")
        try:
            media_type, clean = clean_picture(data)
            inspected(f"picture{ending}", data, scanner=scanner, by=the_actor().person_id)
        except (BadPictureError, BadFileError) as error:
            raise ValueError(str(error)) from error
        self.media_type, self.data = media_type, clean


class SentenceForm(Form):
    text = LineField(
        "Sentence", [AtMost(_LONGEST)], description="One idea, in at most 15 words. Say who does what."
    )
    picture = PictureField(
        "Picture (not needed)",
        description="A PNG or JPEG of at most 2 MB and 2,000 pixels a side. Where and when a photograph "
        "was taken is removed from it.",
    )
    alt = LineField("What the picture shows", [AtMost(_LONGEST)], description="For people who do not see it.")


class ChangeSentenceForm(SentenceForm):
    remove_picture = BooleanField("Take the picture away")


class ConfirmForm(Form):
    record = HiddenField()

    @property
    def told(self) -> int:
        """The number of the record that the person read; 0, which is none, where it is no number."""
        text = self.record.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
