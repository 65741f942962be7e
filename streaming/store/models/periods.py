"""Schema `ledger`, accounting periods: which days they are, and which of them are closed."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, Time


class PeriodRow(Base):
    """One stretch of days, both ends in it; views `ledger.spans` and `ledger.placements` say what
    is in it."""

    __tablename__ = "periods"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="not_empty"),
        ExcludeConstraint(
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            name="ex_periods_no_overlap",
            using="gist",
        ),
        {"schema": "ledger", "comment": "Grain: one accounting period. No update, no delete."},
    )

    name: Mapped[str] = mapped_column(primary_key=True, comment="Its name, e.g. 2026-11.")
    first_day: Mapped[date] = mapped_column(comment="First day in it, UTC.")
    last_day: Mapped[date] = mapped_column(comment="Last day in it, UTC.")


class ClosingRow(Base):
    """That a period was closed: what is booked from then on is in a later one."""

    __tablename__ = "closings"
    __table_args__ = (
        CheckConstraint("closed_by <> ''", name="by_somebody"),
        {"schema": "ledger", "comment": "Grain: one closed period. No update, no delete."},
    )

    period: Mapped[str] = mapped_column(
        ForeignKey("ledger.periods.name"), primary_key=True, comment="The period that was closed."
    )
    closed_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"), comment="When, by PostgreSQL's clock."
    )
    closed_by: Mapped[str] = mapped_column(comment="Who closed it, by their own id.")
    following: Mapped[Big] = mapped_column(
        comment="The sequence of the first transaction booked after it; set by PostgreSQL."
    )
    head: Mapped[str | None] = mapped_column(comment="Head of the newest seal; null without one.")
