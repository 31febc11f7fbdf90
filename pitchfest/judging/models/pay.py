"""What judges are paid for their time."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.db import Base, UtcDateTime, enum_column, one_of
from pitchfest.judging.rules.pay import PayBasis, PayState


class JudgePay(Base):
    """The fee that was agreed with one judge, what they claim, and its payment. No bank details, ever.

    `pence` is for an hour or in all, as `basis` says; `quarters` and `claimed` are quarters of an hour.
    """

    __tablename__ = "judge_pay"
    __table_args__ = (
        one_of("state", PayState),
        one_of("basis", PayBasis),
        CheckConstraint("pence > 0 AND quarters > 0", name="something_agreed"),
        CheckConstraint("claimed IS NULL OR (claimed > 0 AND claimed <= quarters)", name="within_agreement"),
        CheckConstraint("state = 'agreed' OR claimed_at IS NOT NULL", name="claimed_first"),
        CheckConstraint("state <> 'sent_back' OR reason <> ''", name="sent_back_with_reason"),
        CheckConstraint(
            "state NOT IN ('accepted', 'paid') OR decided_by_id IS NOT NULL", name="accepted_first"
        ),
        CheckConstraint("state <> 'paid' OR (paid_on IS NOT NULL AND paid_reference <> '')", name="paid_how"),
        CheckConstraint("paid_by_id IS NULL OR paid_by_id <> decided_by_id", name="accepter_is_not_payer"),
    )

    member_id: Mapped[int] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[PayState] = mapped_column(enum_column(PayState), default=PayState.AGREED)
    basis: Mapped[PayBasis] = mapped_column(enum_column(PayBasis))
    pence: Mapped[int]
    quarters: Mapped[int]
    agreed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Who accepted the claim or sent it back, and why where they sent it back.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    paid_on: Mapped[date | None] = mapped_column(Date)
    paid_reference: Mapped[str] = mapped_column(String(60), default="")
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
