"""A file is what its bytes are: a picture of code, a page or a program under another name is refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from pitchfest.files import rules as uploads
from pitchfest.files.rules import BadFileError, media_type_of
from tests.support.documents import a_pdf

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def archive(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", compression) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return body.getvalue()


def docx(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>", **more})


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("Pitch.PDF", a_pdf(), "application/pdf"),
        ("long.pdf", a_pdf("opens at a page", pages=30), "application/pdf"),
        ("scan.png", PNG, "image/png"),
        ("scan.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("scan.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("pitch.txt", "\ufeffWe ride along.\r\nÿ is a letter.".encode(), "text/plain"),
        (
            "pitch.docx",
            docx(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("pitch.odt", archive({"mimetype": ODT_TYPE, "content.xml": b"<x/>"}), ODT_TYPE.decode()),
    ],
)
def test_each_kind_is_told_by_its_bytes(name: str, data: bytes, media_type: str) -> None:
    assert media_type_of(name, data) == media_type


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("runs a script when opened", "holds a script"),
        ("runs a script on a page", "holds a script"),
        ("has a link that runs a script", "holds a script"),
        ("has a link that starts a program", "holds a script"),
        ("carries a file", "holds a script or another file"),
        ("has a note that carries a file", "holds a script or another file"),
        ("is a form with scripts", "holds a script or another file"),
        ("starts a program by a detour", "holds a script"),
        ("opens another machine's file", "holds a script"),
        ("plays something", "holds a script or another file"),
        ("is locked", "locked with a password"),
    ],
)
def test_a_pdf_that_does_or_carries_something_is_refused(does: str, why: str) -> None:
    with pytest.raises(BadFileError, match=why):
        media_type_of("pitch.pdf", a_pdf(does))


@pytest.mark.parametrize("data", [b"%PDF-1.4\nnothing more", b"%PDF-" + bytes(5_000), b"%PDF-<html><script>"])
def test_what_only_begins_as_a_pdf_is_none(data: bytes) -> None:
    with pytest.raises(BadFileError, match="not the kind of file that its name says"):
        media_type_of("pitch.pdf", data)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"\n <!doctype html><script>alert(1)</script>"
EXE = b"MZ\x90\0\x03\0\0\0"


@pytest.mark.parametrize("data", [SVG, HTML, EXE, b"%!PS-Adobe", b"PK\x03\x04 broken"])
@pytest.mark.parametrize("name", ["pitch.pdf", "pitch.png", "pitch.docx", "pitch.odt", "pitch.jpg"])
def test_another_kind_under_that_name_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(BadFileError, match="not the kind of file that its name says"):
        media_type_of(name, data)


@pytest.mark.parametrize("data", [SVG, HTML, EXE, b"\xff\xfe\0a", b"nul \0 in it"])
def test_what_is_no_plain_text_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(BadFileError):
        media_type_of("pitch.txt", data)


@pytest.mark.parametrize(
    "name", ["pitch.svg", "pitch.html", "pitch.exe", "pitch", "pitch.pdf.exe", "pitch.zip"]
)
def test_other_names_are_refused_with_what_is_taken(name: str) -> None:
    with pytest.raises(BadFileError, match="Choose a PDF, Word"):
        media_type_of(name, b"%PDF-1.7")


def test_an_empty_and_a_large_file_are_refused() -> None:
    with pytest.raises(BadFileError, match="empty"):
        media_type_of("pitch.pdf", b"")
    with pytest.raises(BadFileError, match="10 MB"):
        media_type_of("pitch.pdf", b"%PDF-" + bytes(uploads.LARGEST_FILE))


def test_a_document_that_unpacks_to_too_much_is_refused() -> None:
    bomb = docx(bomb=bytes(uploads.LARGEST_UNPACKED + 1))
    assert len(bomb) < uploads.LARGEST_FILE
    with pytest.raises(BadFileError, match="too much when it is unpacked"):
        media_type_of("pitch.docx", bomb)


def test_a_directory_that_lies_about_sizes_is_not_believed() -> None:
    """The size that the directory claims is made small; the bytes are what counts."""
    size = uploads.LARGEST_UNPACKED + 1
    lying = docx(bomb=bytes(size)).replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(BadFileError):
        media_type_of("pitch.docx", lying)


def test_a_document_of_too_many_parts_is_refused() -> None:
    many = archive({f"part{n}": b"" for n in range(uploads.MOST_PARTS + 1)})
    with pytest.raises(BadFileError, match="too much when it is unpacked"):
        media_type_of("pitch.docx", many)


def test_macros_are_refused() -> None:
    with pytest.raises(BadFileError, match="macros"):
        media_type_of("pitch.docx", docx(**{"word/vbaProject.bin": b"x"}))
    with pytest.raises(BadFileError, match="macros"):
        media_type_of(
            "pitch.odt", archive({"mimetype": ODT_TYPE, "content.xml": b"<x/>", "Basic/a.xml": b"x"})
        )


def test_an_archive_packed_in_a_rare_way_is_not_unpacked() -> None:
    rare = archive({"[Content_Types].xml": b"x", "word/document.xml": b"y"}, compression=zipfile.ZIP_LZMA)
    with pytest.raises(BadFileError):
        media_type_of("pitch.docx", rare)
