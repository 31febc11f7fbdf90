"""Sealed columns are defined in `db` and read in two features only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "pitchfest"
#: Who may name the type, and why.
MAY_NAME = {
    "db/types.py": "defines it",
    "db/__init__.py": "exports it",
    "pitches/models.py": "answers, salts, receipts, invited addresses, and what came another way",
    "accounts/models/people.py": "parked forms",
    "judging/models/lot.py": "the lot, until the scores stand",
    "accounts/models/two_step.py": "the key that an authenticator app shares with us",
}
SEALED_MODELS = {
    "AnswerVersion",
    "Submission",
    "SubmittedAnswer",
    "ParkedForm",
    "TwoStep",
    "AssistedPitch",
    "BroughtPitch",
    "UnlockedQuestion",
    "PitchInvitation",
    "answer_version",
    "pitch_submission",
    "assisted_pitch",
    "brought_pitch",
    "unlocked_question",
    "pitch_invitation",
}


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    return found


def test_only_these_modules_name_the_sealed_type() -> None:
    naming = {str(p.relative_to(PACKAGE)) for p in PACKAGE.rglob("*.py") if "Sealed" in names_in(p)}
    assert naming == MAY_NAME.keys()


@pytest.mark.parametrize(
    "feature", ["challenges", "judging", "awards", "home", "admin", "privacy", "mail", "jobs", "cli"]
)
def test_other_features_never_read_a_sealed_table(feature: str) -> None:
    for path in (PACKAGE / feature).rglob("*.py"):
        assert not names_in(path) & SEALED_MODELS, path
