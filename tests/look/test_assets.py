"""The built files: colours one can read, our own face, nothing of the state's, and small."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

import pytest

from tests.look.rendering import DIST, ROOT, ours

MANIFEST: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
TOKENS = dict(
    re.findall(r"--pf-([a-z0-9-]+):\s*(#[0-9a-f]{6})", (ROOT / "assets/scss/_tokens.scss").read_text())
)
STYLE = (DIST / MANIFEST["pitchfest.css"]).read_text()

TAGS = ("grey", "green", "amber", "purple", "teal", "blue", "red")
TEXT = 4.5  # WCAG 2.2, 1.4.3: text against its ground
SHAPE = 3.0  # WCAG 2.2, 1.4.11: edges and marks that carry meaning


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` from 0 to 1, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 to 21, whichever of the two is the lighter."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour(name: str) -> str:
    """A token's value, or white."""
    return "#ffffff" if name == "white" else TOKENS[name]


@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        ("ink", "white", TEXT),
        ("ink", "stone", TEXT),
        ("ink", "brand-tint", TEXT),
        ("ink", "focus", TEXT),
        ("ink", "accent", TEXT),
        ("ink-2", "white", TEXT),
        ("ink-2", "stone", TEXT),
        ("brand", "white", TEXT),
        ("brand", "stone", TEXT),
        ("white", "brand", TEXT),
        ("white", "brand-deep", TEXT),
        ("accent", "brand-deep", TEXT),
        ("accent-ink", "white", TEXT),
        ("accent-ink", "stone", TEXT),
        ("error", "white", TEXT),
        ("error", "stone", TEXT),
        ("white", "error", TEXT),
        ("white", "success", TEXT),
        ("line-strong", "white", SHAPE),
        ("line-strong", "stone", SHAPE),
        ("chart-1", "white", SHAPE),
        ("chart-2", "white", SHAPE),
        ("chart-3", "white", SHAPE),
        ("success", "white", SHAPE),
        *((f"tag-{name}", f"tag-{name}-bg", TEXT) for name in TAGS),
    ],
)
def test_contrast(front: str, ground: str, least: float) -> None:
    assert contrast(colour(front), colour(ground)) >= least


@pytest.mark.parametrize(
    ("name", "ratio"), [("brand", 10.9), ("ink-2", 7.5), ("error", 6.5), ("line-strong", 3.7)]
)
def test_the_measure_itself_agrees_with_the_figures_beside_the_tokens(name: str, ratio: float) -> None:
    assert contrast(TOKENS[name], "#ffffff") == pytest.approx(ratio, abs=0.06)


@pytest.mark.parametrize("word", ["GDS Transport", "crest", "crown", "govuk-header", "govuk-footer"])
def test_nothing_of_the_state_is_in_the_style_sheet(word: str) -> None:
    assert word.lower() not in STYLE.lower()


def test_the_style_sheet_names_only_files_that_are_there_and_ours() -> None:
    named = re.findall(r"url\(\"?([^\")]+)", STYLE)
    assert named
    assert all((DIST / name).is_file() for name in named)
    assert "@import" not in STYLE


def test_a_name_changes_with_its_content_so_that_a_copy_may_be_kept_for_a_year() -> None:
    for plain, hashed in MANIFEST.items():
        content = (DIST / hashed).read_bytes()
        stem, _, extension = plain.rpartition(".")
        assert hashed == f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{extension}"


def test_text_files_are_compressed_beforehand() -> None:
    for hashed in MANIFEST.values():
        if not hashed.endswith((".woff2", ".webp")):
            assert gzip.decompress((DIST / f"{hashed}.gz").read_bytes()) == (DIST / hashed).read_bytes()


def test_the_scripts_fetch_one_another_by_their_hashed_names() -> None:
    start = (DIST / MANIFEST["init.js"]).read_text()
    assert MANIFEST["govuk-frontend.min.js"] in start
    assert "sourceMappingURL" not in (DIST / MANIFEST["govuk-frontend.min.js"]).read_text()


def test_first_view_is_at_most_100_kilobytes() -> None:
    page = len(gzip.compress(ours.get_template("pages/accessibility.html").render().encode()))
    font = (DIST / MANIFEST["source-sans-3-latin-wght-normal.woff2"]).stat().st_size
    text = ("pitchfest.css", "early.js", "init.js", "govuk-frontend.min.js", "favicon.svg")
    sizes = [(DIST / f"{MANIFEST[name]}.gz").stat().st_size for name in text]
    assert page + font + sum(sizes) <= 100_000


def test_the_lock_file_names_no_address_to_fetch_from() -> None:
    lock = json.loads((ROOT / "assets/package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
