"""The thread: challenges, pitches, judging and letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import Sealed, UtcDateTime

revision = "0002_thread"
down_revision = "0001_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("who_has_it", sa.Text(), nullable=False),
        sa.Column("tried_before", sa.Text(), nullable=False),
        sa.Column("outcome_sought", sa.Text(), nullable=False),
        sa.Column("out_of_scope", sa.Text(), nullable=False),
        sa.Column("eligibility", sa.Text(), nullable=False),
        sa.Column("after_win", sa.Text(), nullable=False),
        sa.Column("timetable", sa.Text(), nullable=False),
        sa.Column("budget_pence", sa.Integer(), nullable=True),
        sa.Column("owner_name", sa.String(length=120), nullable=False),
        sa.Column("owner_organisation", sa.String(length=160), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("decision_maker_id", sa.Integer(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.Column("decision_due", UtcDateTime(), nullable=True),
        sa.Column("judging_deadline", UtcDateTime(), nullable=True),
        sa.Column("judges_per_pitch", sa.Integer(), nullable=True),
        sa.Column("minimum_cards", sa.Integer(), nullable=False),
        sa.Column("reason_words", sa.Integer(), nullable=False),
        sa.Column("minimum_total", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft','in_review','changes_wanted','approved','scheduled','withdrawn','cancelled') OR (published_at IS NOT NULL AND closes_at IS NOT NULL)",
            name=op.f("ck_challenge_published_with_dates"),
        ),
        sa.CheckConstraint(
            "\"state\" IN ('draft', 'in_review', 'changes_wanted', 'approved', 'scheduled', 'open', 'closed', 'eligibility', 'judging', 'moderation', 'shortlisted', 'pitching', 'recommended', 'decided', 'standstill', 'awarded', 'in_pilot', 'complete', 'cancelled', 'unsuccessful', 'withdrawn', 'on_hold')",
            name=op.f("ck_challenge_state_known"),
        ),
        sa.CheckConstraint(
            "budget_pence IS NULL OR budget_pence >= 0", name=op.f("ck_challenge_budget_not_negative")
        ),
        sa.CheckConstraint("minimum_cards >= 1", name=op.f("ck_challenge_minimum_cards_positive")),
        sa.CheckConstraint(
            "published_at IS NULL OR published_at < closes_at", name=op.f("ck_challenge_opens_before_closing")
        ),
        sa.CheckConstraint("reason_words BETWEEN 1 AND 200", name=op.f("ck_challenge_reason_words_sensible")),
        sa.ForeignKeyConstraint(
            ["decision_maker_id"], ["person.id"], name=op.f("fk_challenge_decision_maker_id_person")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["person.id"], name=op.f("fk_challenge_officer_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("reference", name=op.f("uq_challenge_reference")),
    )
    op.create_index(op.f("ix_challenge_decision_maker_id"), "challenge", ["decision_maker_id"], unique=False)
    op.create_index(op.f("ix_challenge_officer_id"), "challenge", ["officer_id"], unique=False)
    op.create_index("ix_challenge_state_closes", "challenge", ["state", "closes_at"], unique=False)
    op.create_table(
        "challenge_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_edit_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_challenge_edit_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_edit")),
    )
    op.create_index(op.f("ix_challenge_edit_challenge_id"), "challenge_edit", ["challenge_id"], unique=False)
    op.create_table(
        "challenge_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "\"outcome\" IN ('approved', 'changes')", name=op.f("ck_challenge_review_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_review_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["person.id"], name=op.f("fk_challenge_review_reviewer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_review")),
    )
    op.create_index(
        op.f("ix_challenge_review_challenge_id"), "challenge_review", ["challenge_id"], unique=False
    )
    op.create_table(
        "challenge_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_snapshot_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_challenge_snapshot_published_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_snapshot")),
        sa.UniqueConstraint("challenge_id", "number", name=op.f("uq_challenge_snapshot_challenge_id_number")),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.CheckConstraint("\"kind\" IN ('judged', 'price')", name=op.f("ck_criterion_kind_known")),
        sa.CheckConstraint(
            "minimum >= 0 AND maximum > minimum AND step > 0", name=op.f("ck_criterion_scale_in_order")
        ),
        sa.CheckConstraint(
            "threshold IS NULL OR (threshold >= minimum AND threshold <= maximum)",
            name=op.f("ck_criterion_threshold_on_scale"),
        ),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_criterion_weight_in_range")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_criterion_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("challenge_id", "position", name=op.f("uq_criterion_challenge_id_position")),
    )
    op.create_table(
        "decision",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id_person")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_decision_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_decision")),
    )
    op.create_table(
        "letter_release",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_letter_release_two_people")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_letter_release_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_letter_release_first_id_person")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["person.id"], name=op.f("fk_letter_release_second_id_person")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_letter_release")),
    )
    op.create_table(
        "lowest_price",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_lowest_price_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_lowest_price")),
    )
    op.create_table(
        "opening",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_opening_two_people")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_opening_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_opening_first_id_person")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_opening_second_id_person")),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_opening")),
    )
    op.create_table(
        "panel_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_chair", sa.Boolean(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)",
            name=op.f("ck_panel_member_released_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_panel_member_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["person.id"], name=op.f("fk_panel_member_invited_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_panel_member_person_id_person")),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["person.id"], name=op.f("fk_panel_member_released_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_member")),
        sa.UniqueConstraint("challenge_id", "person_id", name=op.f("uq_panel_member_challenge_id_person_id")),
    )
    op.create_index(op.f("ix_panel_member_person_id"), "panel_member", ["person_id"], unique=False)
    op.create_table(
        "pitch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("salt", Sealed(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changing_since", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("price_pence", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_pitch_withdrawn_with_time")
        ),
        sa.CheckConstraint(
            "\"state\" IN ('draft', 'submitted', 'withdrawn', 'lapsed', 'sealed', 'opened', 'eligible', 'ineligible', 'excluded', 'not_shortlisted', 'shortlisted', 'won', 'reserve', 'unsuccessful', 'contract_signed', 'declined')",
            name=op.f("ck_pitch_state_known"),
        ),
        sa.CheckConstraint(
            "price_pence IS NULL OR (price_pence > 0 AND opened_at IS NOT NULL)",
            name=op.f("ck_pitch_price_is_opened"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_pitch_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_pitch_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitch")),
        sa.UniqueConstraint("reference", name=op.f("uq_pitch_reference")),
    )
    op.create_index("ix_pitch_challenge_state", "pitch", ["challenge_id", "state"], unique=False)
    op.create_index(op.f("ix_pitch_organisation_id"), "pitch", ["organisation_id"], unique=False)
    op.create_index(
        "uq_pitch_live",
        "pitch",
        ["challenge_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "anchor",
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("meaning", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_anchor_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("criterion_id", "value", name=op.f("pk_anchor")),
    )
    op.create_table(
        "criterion_total",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("sum_hundredths", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_criterion_total_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_criterion_total_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("pitch_id", "criterion_id", name=op.f("pk_criterion_total")),
    )
    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_member_id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("interest", sa.Text(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('cleared_by_lead','recused') OR (decided_by_id IS NOT NULL AND reason <> '')",
            name=op.f("ck_declaration_decided_with_reason"),
        ),
        sa.CheckConstraint(
            "\"state\" IN ('cleared', 'interest_declared', 'cleared_by_lead', 'recused')",
            name=op.f("ck_declaration_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_declaration_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["panel_member_id"], ["panel_member.id"], name=op.f("fk_declaration_panel_member_id_panel_member")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_declaration_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint(
            "panel_member_id", "pitch_id", name=op.f("uq_declaration_panel_member_id_pitch_id")
        ),
    )
    op.create_index(op.f("ix_declaration_pitch_id"), "declaration", ["pitch_id"], unique=False)
    op.create_table(
        "eligibility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_eligibility_by_id_person")),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_eligibility_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility")),
    )
    op.create_index(op.f("ix_eligibility_pitch_id"), "eligibility", ["pitch_id"], unique=False)
    op.create_table(
        "explanation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_explanation_author_id_person")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_explanation_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_explanation_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explanation")),
    )
    op.create_index("ix_explanation_latest", "explanation", ["pitch_id", "criterion_id", "id"], unique=False)
    op.create_table(
        "explanation_deputy",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("panel_member_id", sa.Integer(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["person.id"], name=op.f("fk_explanation_deputy_named_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["panel_member_id"],
            ["panel_member.id"],
            name=op.f("fk_explanation_deputy_panel_member_id_panel_member"),
        ),
        sa.ForeignKeyConstraint(
            ["pitch_id"], ["pitch.id"], name=op.f("fk_explanation_deputy_pitch_id_pitch")
        ),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_explanation_deputy")),
    )
    op.create_table(
        "letter",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("\"kind\" IN ('assessed', 'ineligible')", name=op.f("ck_letter_kind_known")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_letter_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_letter_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_challenge_id"), "letter", ["challenge_id"], unique=False)
    op.create_table(
        "pitch_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("right", sa.String(32), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "\"right\" IN ('view', 'edit', 'submit')", name=op.f("ck_pitch_member_right_known")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pitch_member_person_id_person")),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_pitch_member_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitch_member")),
    )
    op.create_index("ix_pitch_member_person", "pitch_member", ["person_id", "pitch_id"], unique=False)
    op.create_index(op.f("ix_pitch_member_pitch_id"), "pitch_member", ["pitch_id"], unique=False)
    op.create_table(
        "pitch_outcome",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "\"outcome\" IN ('won', 'reserve', 'unsuccessful')", name=op.f("ck_pitch_outcome_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_pitch_outcome_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_pitch_outcome_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_pitch_outcome")),
    )
    op.create_index(op.f("ix_pitch_outcome_challenge_id"), "pitch_outcome", ["challenge_id"], unique=False)
    op.create_table(
        "pitch_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("random", Sealed(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pitch_submission_by_id_person")),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_pitch_submission_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitch_submission")),
        sa.UniqueConstraint("pitch_id", "number", name=op.f("uq_pitch_submission_pitch_id_number")),
    )
    op.create_table(
        "pitch_total",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("total_num", sa.BigInteger(), nullable=False),
        sa.Column("total_den", sa.BigInteger(), nullable=False),
        sa.Column("mean_num", sa.BigInteger(), nullable=False),
        sa.Column("mean_den", sa.BigInteger(), nullable=False),
        sa.Column("median_num", sa.BigInteger(), nullable=False),
        sa.Column("median_den", sa.BigInteger(), nullable=False),
        sa.Column("spread_num", sa.BigInteger(), nullable=False),
        sa.Column("spread_den", sa.BigInteger(), nullable=False),
        sa.Column("missed", sa.Text(), nullable=False),
        sa.CheckConstraint("cards >= 0", name=op.f("ck_pitch_total_cards_not_negative")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_pitch_total_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_pitch_total_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_pitch_total")),
    )
    op.create_index(op.f("ix_pitch_total_challenge_id"), "pitch_total", ["challenge_id"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ask", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("max_words", sa.Integer(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'text') = (max_words IS NOT NULL)", name=op.f("ck_question_text_has_word_limit")
        ),
        sa.CheckConstraint("\"kind\" IN ('text', 'radios', 'money')", name=op.f("ck_question_kind_known")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_question_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_question_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("challenge_id", "position", name=op.f("uq_question_challenge_id_position")),
    )
    op.create_index(op.f("ix_question_criterion_id"), "question", ["criterion_id"], unique=False)
    op.create_table(
        "scorecard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_member_id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assigned_at", UtcDateTime(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("own_num", sa.BigInteger(), nullable=True),
        sa.Column("own_den", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('signed','locked') OR signed_at IS NOT NULL",
            name=op.f("ck_scorecard_signed_with_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('voided','released') OR (ended_by_id IS NOT NULL AND end_reason <> '')",
            name=op.f("ck_scorecard_ended_with_reason"),
        ),
        sa.CheckConstraint(
            "\"state\" IN ('assigned', 'signed', 'locked', 'voided', 'released')",
            name=op.f("ck_scorecard_state_known"),
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_scorecard_ended_by_id_person")),
        sa.ForeignKeyConstraint(
            ["panel_member_id"], ["panel_member.id"], name=op.f("fk_scorecard_panel_member_id_panel_member")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_scorecard_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint(
            "panel_member_id", "pitch_id", name=op.f("uq_scorecard_panel_member_id_pitch_id")
        ),
    )
    op.create_index("ix_scorecard_pitch_state", "scorecard", ["pitch_id", "state"], unique=False)
    op.create_table(
        "answer_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", Sealed(), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_answer_version_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["answer_version.id"], name=op.f("fk_answer_version_parent_id_answer_version")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_answer_version_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_answer_version_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_version")),
    )
    op.create_index(
        "ix_answer_version_latest", "answer_version", ["pitch_id", "question_id", "id"], unique=False
    )
    op.create_table(
        "opened_answer",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_opened_answer_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_opened_answer_question_id_question")
        ),
        sa.PrimaryKeyConstraint("pitch_id", "question_id", name=op.f("pk_opened_answer")),
    )
    op.create_table(
        "score",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_score_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", "criterion_id", name=op.f("pk_score")),
    )
    op.create_table(
        "score_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_score_version_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_score_version_scorecard_id_scorecard")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_version")),
    )
    op.create_index("ix_score_version_card", "score_version", ["scorecard_id", "id"], unique=False)
    op.create_table(
        "submitted_answer",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("answer_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_version_id"],
            ["answer_version.id"],
            name=op.f("fk_submitted_answer_answer_version_id_answer_version"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_submitted_answer_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["pitch_submission.id"],
            name=op.f("fk_submitted_answer_submission_id_pitch_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "question_id", name=op.f("pk_submitted_answer")),
    )


def downgrade() -> None:
    """Take these tables away."""
    op.drop_table("submitted_answer")
    op.drop_table("score_version")
    op.drop_table("score")
    op.drop_table("opened_answer")
    op.drop_table("answer_version")
    op.drop_table("scorecard")
    op.drop_table("question")
    op.drop_table("pitch_total")
    op.drop_table("pitch_submission")
    op.drop_table("pitch_outcome")
    op.drop_table("pitch_member")
    op.drop_table("letter")
    op.drop_table("explanation_deputy")
    op.drop_table("explanation")
    op.drop_table("eligibility")
    op.drop_table("declaration")
    op.drop_table("criterion_total")
    op.drop_table("anchor")
    op.drop_table("pitch")
    op.drop_table("panel_member")
    op.drop_table("opening")
    op.drop_table("lowest_price")
    op.drop_table("letter_release")
    op.drop_table("decision")
    op.drop_table("criterion")
    op.drop_table("challenge_snapshot")
    op.drop_table("challenge_review")
    op.drop_table("challenge_edit")
    op.drop_table("challenge")
