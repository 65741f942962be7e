"""Schema `detected`: findings of the detectors and the snapshots of their folds."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, Json, Texts, Time


class Finding(Base):
    """One finding; its id is computed from evidence and version. Log `detected.findings`."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("sequence"),
        CheckConstraint("status in ('predicted', 'confirmed', 'closed')", name="status_known"),
        CheckConstraint("probability between 0 and 1", name="probability_unit"),
        Index("ix_findings_to_leg_id", "to_leg_id"),
        Index("ix_findings_from_leg_id", "from_leg_id"),
        {"schema": "detected", "comment": "Grain: one finding of one detector version."},
    )

    finding_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[Big] = mapped_column(comment="Dense, given under the detector's fence.")
    detector: Mapped[str]
    detector_version: Mapped[str]
    pattern: Mapped[str]
    scope: Mapped[str] = mapped_column(comment="The detector's key: here the registration.")
    root_leg_id: Mapped[UUID]
    from_leg_id: Mapped[UUID]
    to_leg_id: Mapped[UUID]
    status: Mapped[str]
    knock_on_minutes: Mapped[int]
    probability: Mapped[float]
    detected_at: Mapped[Time] = mapped_column(comment="Event time at which it was knowable.")
    correlation_id: Mapped[UUID]
    evidence: Mapped[Texts] = mapped_column(comment="Records it rests on: log_id/partition/offset.")
    statistics: Mapped[Json]
    code_version: Mapped[str]
    found_at: Mapped[Time] = mapped_column(server_default=text("clock_timestamp()"))


class Snapshot(Base):
    """The state of a fold at its reader's mark; written in the same transaction as the mark."""

    __tablename__ = "snapshots"
    __table_args__ = (
        {"schema": "detected", "comment": "Grain: one fold (detector or feature fold)."},
    )

    reader: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str]
    state: Mapped[bytes] = mapped_column(LargeBinary)
    state_hash: Mapped[str]
    late_events: Mapped[Big] = mapped_column(server_default=text("0"))
    updated_at: Mapped[Time] = mapped_column(server_default=text("now()"))
