"""Schema `detected`: findings of the detectors, which stand, and the snapshots of their folds."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, Json, LogId, Texts, Time


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

    finding_id: Mapped[UUID] = mapped_column(
        primary_key=True,
        comment="UUIDv5 of what was found, when, by which version, on which events.",
    )
    sequence: Mapped[Big] = mapped_column(comment="Dense, given under the detector's fence.")
    detector: Mapped[str] = mapped_column(comment="Name of the detector.")
    detector_version: Mapped[str] = mapped_column(comment="Version of the detector.")
    pattern: Mapped[str] = mapped_column(comment="What the detector looks for: aircraft_rotation.")
    scope: Mapped[str] = mapped_column(comment="The detector's key: here the registration.")
    root_leg_id: Mapped[UUID] = mapped_column(
        comment="The leg where the delay began, by landed.flight_events.leg_id."
    )
    from_leg_id: Mapped[UUID] = mapped_column(comment="The leg that hands the delay on.")
    to_leg_id: Mapped[UUID] = mapped_column(comment="The leg that takes the delay over.")
    status: Mapped[str] = mapped_column(
        comment="predicted, confirmed by what happened, or closed: taken back."
    )
    knock_on_minutes: Mapped[int] = mapped_column(
        comment="Delay handed on, whole minutes; 0 when closed."
    )
    probability: Mapped[float] = mapped_column(
        comment="Probability of a reactionary delay of 15 minutes or more, 0 to 1."
    )
    detected_at: Mapped[Time] = mapped_column(comment="Event time at which it was knowable.")
    correlation_id: Mapped[UUID] = mapped_column(comment="That of the root leg's events.")
    evidence: Mapped[Texts] = mapped_column(comment="Records it rests on: log_id/partition/offset.")
    statistics: Mapped[Json] = mapped_column(comment="The reasoning in numbers, by name.")
    code_version: Mapped[str] = mapped_column(comment="Version of our code that found it.")
    found_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When the row was written, by PostgreSQL's clock.",
    )
    restatement_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("detected.restatements.restatement_id"),
        comment="The restatement that added it; null when it was found live.",
    )


class LateRecord(Base):
    """A record that was counted instead of folded. Log `detected.late_records`."""

    __tablename__ = "late_records"
    __table_args__ = (
        UniqueConstraint("sequence"),
        {
            "schema": "detected",
            "comment": "Grain: one landed record that came too late for one version of a detector.",
        },
    )

    detector: Mapped[str] = mapped_column(primary_key=True, comment="Name of the detector.")
    detector_version: Mapped[str] = mapped_column(
        primary_key=True, comment="Version of the detector."
    )
    log_id: Mapped[LogId] = mapped_column(
        primary_key=True, comment="The topic of one cluster, by logs.logs."
    )
    partition: Mapped[int] = mapped_column(primary_key=True, comment="Partition of the record.")
    offset: Mapped[Big] = mapped_column(primary_key=True, comment="Offset of the record.")
    sequence: Mapped[Big] = mapped_column(comment="Dense, given under the detector's fence.")
    behind_seconds: Mapped[Big] = mapped_column(
        comment="How far behind the newest record of its partition it lay, in event time."
    )
    noticed_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When the row was written, by PostgreSQL's clock.",
    )


class Restatement(Base):
    """The log folded once more with the late records in their places, where that differed."""

    __tablename__ = "restatements"
    __table_args__ = (
        {"schema": "detected", "comment": "Grain: one restatement that had something to correct."},
    )

    restatement_id: Mapped[UUID] = mapped_column(
        primary_key=True, comment="UUIDv5 of version, offsets and what was found."
    )
    detector: Mapped[str] = mapped_column(comment="Name of the detector.")
    detector_version: Mapped[str] = mapped_column(comment="Version of the detector.")
    until: Mapped[Time] = mapped_column(comment="Event time up to which (included) it was folded.")
    offsets: Mapped[Json] = mapped_column(
        comment="Records it was folded from: log id to partition to next offset."
    )
    findings_hash: Mapped[str] = mapped_column(
        comment="SHA-256 over what all findings up to then say."
    )
    evidence: Mapped[Texts] = mapped_column(
        comment="The late records that led to it: log_id/partition/offset."
    )
    code_version: Mapped[str] = mapped_column(comment="Version of our code that did it.")
    booked_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When the row was written, by PostgreSQL's clock.",
    )


class Correction(Base):
    """One difference that a restatement made; what is withdrawn stays so. Log
    `detected.corrections`."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("sequence"),
        CheckConstraint("action in ('added', 'withdrawn')", name="action_known"),
        {"schema": "detected", "comment": "Grain: one correction of one finding."},
    )

    finding_id: Mapped[UUID] = mapped_column(
        ForeignKey("detected.findings.finding_id"),
        primary_key=True,
        comment="The finding, by detected.findings.finding_id.",
    )
    action: Mapped[str] = mapped_column(
        primary_key=True,
        comment="added: it would have been there; withdrawn: it rests on what was not so.",
    )
    sequence: Mapped[Big] = mapped_column(comment="Dense, in the order of booking.")
    restatement_id: Mapped[UUID] = mapped_column(
        ForeignKey("detected.restatements.restatement_id"),
        comment="The restatement that booked it.",
    )
    booked_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When the row was written, by PostgreSQL's clock.",
    )


class Version(Base):
    """A version of a detector that took over from the one before. Log `detected.versions`."""

    __tablename__ = "versions"
    __table_args__ = (
        {
            "schema": "detected",
            "comment": "Grain: one taking over of a detector by one of its versions.",
        },
    )

    sequence: Mapped[Big] = mapped_column(
        primary_key=True, autoincrement=False, comment="Dense, given under the detector's fence."
    )
    detector: Mapped[str] = mapped_column(comment="Name of the detector.")
    version: Mapped[str] = mapped_column(
        comment="The version whose findings stand from here on; those of others are superseded."
    )
    code_version: Mapped[str] = mapped_column(comment="Version of our code that took over.")
    taken_over_at: Mapped[Time] = mapped_column(
        server_default=text("clock_timestamp()"),
        comment="When the row was written, by PostgreSQL's clock.",
    )


class Snapshot(Base):
    """The state of a fold at its reader's mark; written in the same transaction as the mark."""

    __tablename__ = "snapshots"
    __table_args__ = (
        {"schema": "detected", "comment": "Grain: one fold (detector or feature fold)."},
    )

    reader: Mapped[str] = mapped_column(
        primary_key=True, comment="The reader whose fold it is, as in logs.marks."
    )
    version: Mapped[str] = mapped_column(comment="Version of the fold; another one starts over.")
    state: Mapped[bytes] = mapped_column(LargeBinary, comment="The fold's state, serialised.")
    state_hash: Mapped[str] = mapped_column(comment="SHA-256 of the state, hexadecimal.")
    late_events: Mapped[Big] = mapped_column(
        server_default=text("0"), comment="Events that came too late to be folded, so far."
    )
    updated_at: Mapped[Time] = mapped_column(
        server_default=text("now()"), comment="When the row was last written."
    )
