"""Schema `logs`: which logs exist, how far each is written, and how far each reader has read."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, LogId, Time


class Log(Base):
    """A log: a Kafka topic of one cluster, or a table whose single writer numbers its rows.

    A recreated topic has another topic id and is therefore another log, as is the same name on
    another cluster: neither is ever skipped for having been "seen".
    """

    __tablename__ = "logs"
    __table_args__ = (
        UniqueConstraint("cluster_id", "topic_id"),
        CheckConstraint("kind in ('kafka', 'table')", name="kind_known"),
        CheckConstraint(
            "(kind = 'kafka') = (cluster_id is not null and topic_id is not null)",
            name="kafka_identified",
        ),
        Index("uq_logs_table_name", "name", unique=True, postgresql_where=text("kind = 'table'")),
        {"schema": "logs", "comment": "One row a log; its id stands in every record's identity."},
    )

    log_id: Mapped[int] = mapped_column(
        Identity(always=True),
        primary_key=True,
        comment="Number of the log; the first part of a record's identity.",
    )
    kind: Mapped[str] = mapped_column(
        comment="kafka: a topic; table: a table of ours that is read as a log."
    )
    name: Mapped[str] = mapped_column(comment="Topic name, or schema.table.")
    cluster_id: Mapped[str | None] = mapped_column(comment="Kafka cluster id.")
    topic_id: Mapped[str | None] = mapped_column(comment="Kafka topic id (KIP-516).")
    first_seen_at: Mapped[Time] = mapped_column(
        server_default=text("now()"), comment="When the log was registered."
    )


class End(Base):
    """How far a log's partition is written here, and the fence of whoever may write on."""

    __tablename__ = "ends"
    __table_args__ = (
        CheckConstraint("next_offset >= 0", name="offset_natural"),
        {"schema": "logs", "comment": "Next offset to be written per log and partition."},
    )

    log_id: Mapped[LogId] = mapped_column(primary_key=True, comment="The log.")
    partition: Mapped[int] = mapped_column(
        primary_key=True, comment="Partition of the log; a table has 0 alone."
    )
    next_offset: Mapped[Big] = mapped_column(comment="Offset of the next record to be written.")
    fence: Mapped[int] = mapped_column(
        BigInteger, server_default=text("0"), comment="Grows with each new owner; old owners fail."
    )
    owner: Mapped[str | None] = mapped_column(comment="Who claimed the partition last.")
    updated_at: Mapped[Time] = mapped_column(
        server_default=text("now()"), comment="When the end last moved."
    )


class Mark(Base):
    """How far a reader (a detector or an asset) has read; advanced by compare-and-set only."""

    __tablename__ = "marks"
    __table_args__ = (
        CheckConstraint("next_offset >= 0", name="offset_natural"),
        {"schema": "logs", "comment": "A reader's mark: a vector of next offsets per partition."},
    )

    reader: Mapped[str] = mapped_column(
        primary_key=True, comment="Name of the reader: a detector or an asset."
    )
    log_id: Mapped[LogId] = mapped_column(primary_key=True, comment="The log that it reads.")
    partition: Mapped[int] = mapped_column(
        primary_key=True, comment="Partition of the log; a table has 0 alone."
    )
    next_offset: Mapped[Big] = mapped_column(
        comment="Offset of the next record to be read; all before it are."
    )
    updated_at: Mapped[Time] = mapped_column(
        server_default=text("now()"), comment="When the mark last moved."
    )


class Days(Base):
    """Of which days the landed records from an offset on are, until the next row's offset.

    Landed tables are parted by day: whoever reads offsets finds here which parts to open. A row is
    written when a batch goes beyond the days of the row before it, so about one a day.
    """

    __tablename__ = "days"
    __table_args__ = (
        {
            "schema": "logs",
            "comment": "Of which days the landed records of an offset range are:"
            " where to look for them.",
        },
    )

    log_id: Mapped[LogId] = mapped_column(primary_key=True, comment="The log.")
    partition: Mapped[int] = mapped_column(primary_key=True, comment="Partition of the log.")
    since: Mapped[Big] = mapped_column(
        primary_key=True, comment="The first offset that this holds for, until the next row's."
    )
    first_day: Mapped[date] = mapped_column(comment="No record is of a day before, in UTC.")
    last_day: Mapped[date] = mapped_column(comment="No record is of a day after, in UTC.")
