"""Looking for words among 2,000 published challenges."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench import region
from config import read_settings
from pitchfest.app import create_app
from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge, ChallengeText
from pitchfest.challenges.queries import Sought
from pitchfest.challenges.rules import ChallengeState, searchable
from pitchfest.db import db, migrations, transaction
from pitchfest.kernel.actor import Role
from tests.support import builders

CHALLENGES, SEARCHES = 2_000, 200
#: Seconds within which 95 of 100 searches are answered: the counts of the list and its first page.
LIMIT = 0.030


def run(instance: Path, **environment: str) -> list[float]:
    """The sorted seconds of each search, on a new database."""
    app = create_app(read_settings({"PITCHFEST_INSTANCE": str(instance), **environment}))
    now, dice = datetime.now(UTC).replace(microsecond=0), random.Random(region.SEED)
    words = ["".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=dice.randint(3, 9))) for _ in range(5_000)]
    with app.app_context():
        migrations.upgrade()
        _fill(now, dice, words)
        times = []
        for _ in range(SEARCHES):
            asked = Sought(text=" ".join(word[:4] for word in dice.choices(words, k=dice.randint(1, 2))))
            began = time.perf_counter()
            queries.public_counts(now, asked)
            queries.public_page(now, asked, number=1, size=25)
            times.append(time.perf_counter() - began)
            db.session.rollback()
        db.session.remove()
        db.engine.dispose()
    return sorted(times)


def _fill(now: datetime, dice: random.Random, words: list[str]) -> None:
    with transaction():
        builders.a_region()
        officer = builders.a_person("Officer", Role.OFFICER)
        for number in range(CHALLENGES):
            texts = [" ".join(dice.choices(words, k=length)) for length in (6, 12, 300)]
            challenge_id = db.session.execute(
                insert(Challenge)
                .values(
                    reference=f"CH-2025-{number + 1:04d}",
                    version=1,
                    state=ChallengeState.OPEN,
                    created_at=now,
                    state_since=now,
                    title=texts[0],
                    question=texts[1],
                    problem=texts[2],
                    officer_id=officer,
                    published_at=now - timedelta(days=number % 300 + 1),
                    closes_at=now + timedelta(days=number % 60 + 1),
                    budget_pence=100,
                )
                .returning(Challenge.id)
            ).scalar_one()
            text = ChallengeText(challenge_id=challenge_id, words=searchable(texts))
            db.session.add(text)
