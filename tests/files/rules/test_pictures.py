"""Pictures that everyone sees: what is kept of them, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.files.rules.pictures import (
    LARGEST_LOGO,
    LARGEST_PICTURE,
    BadPictureError,
    clean_logo,
    clean_picture,
)
from tests.support.pictures import JPEG_END, JPEG_START, MOVES, SIGNATURE, chunk, jpeg, part, png


def test_a_png_keeps_its_picture_and_loses_the_rest():
    told = png(extra=((b"tEXt", b"Author\0Someone"), (b"eXIf", b"where it was taken")))
    clean = clean_logo(told + b"trailing")
    assert clean == png()
    assert clean_picture(told + b"trailing") == ("image/png", clean)
    assert b"Someone" not in clean


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot take SVG"),
        (b"\xff\xd8\xff\xe0 a photograph", "must be a PNG"),
        (b"", "must be a PNG"),
        (SIGNATURE, "damaged"),
        (png()[:-1], "damaged"),
        (png().replace(b"IHDR", b"IHDX", 1), "damaged"),
        (SIGNATURE + chunk(b"IHDR", b"\0" * 12) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""), "damaged"),
        (SIGNATURE + chunk(b"IHDR", b"\0" * 13) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""), "damaged"),
        (SIGNATURE + b"\xff\xff\xff\xff" + b"IHDR", "damaged"),
        (png(extra=(MOVES,)), "moves"),
        (png(2001, 1), "2,000 pixels"),
        (png(1, 2001), "2,000 pixels"),
        (png(extra=((b"tEXt", b"x" * LARGEST_LOGO),)), "500 KB"),
    ],
)
def test_a_logo_of_another_kind_is_refused_with_a_sentence(data, said):
    with pytest.raises(BadPictureError, match=said):
        clean_logo(data)


def test_a_jpeg_keeps_its_picture_and_loses_where_it_was_taken():
    told = jpeg(
        extra=(part(0xE1, b"Exif\0\0 51.5 N, 2.6 W"), part(0xFE, b"?by Someone"), part(0xE2, b"MPF\0more"))
    )
    kind, clean = clean_picture(told + b"a second picture")
    assert (kind, clean) == ("image/jpeg", jpeg())
    colours = jpeg(extra=(part(0xE2, b"ICC_PROFILE\0how colours are meant"),))
    assert clean_picture(colours) == ("image/jpeg", colours)


def test_a_jpeg_of_several_scans_keeps_them_all():
    more = part(0xC4, b"table") + part(0xDA, b"scan") + b"\x12\xff\x00\xff\xd0\x34"
    whole = jpeg()[: -len(JPEG_END)] + more + JPEG_END
    assert clean_picture(whole) == ("image/jpeg", whole)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"GIF89a", "PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG or JPEG"),
        (b"", "PNG or JPEG"),
        (JPEG_START, "damaged"),
        (JPEG_START + JPEG_END, "damaged"),
        (jpeg()[: -len(JPEG_END)], "damaged"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc4"), "damaged"),
        (jpeg(0, 9), "damaged"),
        (jpeg(2001, 1), "2,000 pixels"),
        (png(1, 2001), "2,000 pixels"),
        (png() + b"x" * LARGEST_PICTURE, "2 MB"),
    ],
)
def test_any_other_picture_is_refused_with_a_sentence(data, said):
    with pytest.raises(BadPictureError, match=said):
        clean_picture(data)


@given(st.binary(max_size=60), st.integers(2, 40))
def test_whatever_comes_is_a_picture_or_is_refused(noise, at):
    whole = jpeg()
    for data in (JPEG_START + noise, whole[:at] + noise + whole[at:]):
        try:
            kind, clean = clean_picture(data)
        except BadPictureError:
            continue
        assert kind == "image/jpeg"
        assert clean_picture(clean) == (kind, clean)
