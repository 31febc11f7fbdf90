"""Documents for tests, made as real programs make them."""

from __future__ import annotations

import io

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject


def a_pdf(does: str = "", *, pages: int = 1, title: str = "") -> bytes:
    """A PDF of empty pages that `does` nothing, or one thing that we refuse."""
    writer = PdfWriter()
    if title:
        writer.add_metadata({"/Title": title})
    for _ in range(pages):
        page = writer.add_blank_page(200, 200)
    name = NameObject
    script = DictionaryObject(
        {name("/S"): name("/JavaScript"), name("/JS"): TextStringObject("app.alert(1)")}
    )
    go = DictionaryObject({name("/S"): name("/GoTo"), name("/D"): ArrayObject([page.indirect_reference])})
    launch = DictionaryObject({name("/S"): name("/Launch"), name("/F"): TextStringObject("cmd.exe")})
    root = writer._root_object
    if does == "runs a script when opened":
        root[name("/OpenAction")] = writer._add_object(script)
    if does == "opens at a page":
        root[name("/OpenAction")] = writer._add_object(go)
    if does == "runs a script on a page":
        page[name("/AA")] = DictionaryObject({name("/O"): script})
    if does in ("has a link that starts a program", "has a link that runs a script"):
        act = launch if "program" in does else script
        link = DictionaryObject(
            {name("/Type"): name("/Annot"), name("/Subtype"): name("/Link"), name("/A"): act}
        )
        page[name("/Annots")] = ArrayObject([writer._add_object(link)])
    if does == "carries a file":
        writer.add_attachment("payload.exe", b"MZ")
    _carry(writer, does)
    if does == "is locked":
        writer.encrypt("secret")
    body = io.BytesIO()
    writer.write(body)
    return body.getvalue()


def _carry(writer: PdfWriter, does: str) -> None:
    """Put in what comes along without being said to run or to be attached."""
    inside = DecodedStreamObject()
    inside.set_data(b"MZ")
    held = DictionaryObject({NameObject("/F"): writer._add_object(inside)})
    if does == "starts a program by a detour":
        act = writer._add_object(NameObject("/Launch"))
        launch = {NameObject("/S"): act, NameObject("/F"): TextStringObject("cmd.exe")}
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(launch)
    if does == "opens another machine's file":
        go = {NameObject("/S"): NameObject("/GoToR"), NameObject("/F"): TextStringObject("//elsewhere/a.pdf")}
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(go)
    note: dict[str, DictionaryObject | NameObject] = {}
    if does == "is a form with scripts":
        writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
            {NameObject("/XFA"): writer._add_object(inside)}
        )
    if does == "has a note that carries a file":
        file = DictionaryObject({NameObject("/EF"): held})
        note = {"/Subtype": NameObject("/FileAttachment"), "/FS": file}
    if does == "plays something":
        note = {"/Subtype": NameObject("/RichMedia"), "/RichMediaContent": held}
    if note:
        annotation = DictionaryObject({NameObject(key): value for key, value in note.items()})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([annotation])
