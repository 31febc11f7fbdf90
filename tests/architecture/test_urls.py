"""The addresses people know. Taking one away is a decision: change the list with the reason."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

LIST = Path(__file__).with_name("urls.txt")


def addresses(app: Flask) -> list[str]:
    reading = {"HEAD", "OPTIONS"}
    return sorted(
        f"{rule.rule} {','.join(sorted((rule.methods or set()) - reading))} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
    )


def test_the_url_map_is_the_one_that_was_agreed(bare_app: Flask) -> None:
    assert addresses(bare_app) == LIST.read_text().splitlines()
