"""Schema `landed`: what people decide on dead letters, and where landing was stopped for them."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from streaming.store.models.columns import Base, Big, LogId, MaybeTime, Time


class Disposition(Base):
    """What was decided; the letter itself is never changed. None is there for an open one."""

    __tablename__ = "dispositions"
    __table_args__ = (
        CheckConstraint("decision in ('replay', 'discard')", name="decision_known"),
        CheckConstraint("decision = 'replay' or reason is not null", name="discard_reasoned"),
        {"schema": "landed", "comment": "Grain: one dead letter that somebody has decided on."},
    )

    dead_letter_id: Mapped[UUID] = mapped_column(primary_key=True, comment="The dead letter.")
    decision: Mapped[str] = mapped_column(comment="replay or discard.")
    decided_at: Mapped[Time] = mapped_column(comment="When it was decided.")
    decided_by: Mapped[str] = mapped_column(comment="The user of the operating system.")
    reason: Mapped[str | None] = mapped_column(comment="Why it was discarded, in their words.")
    sent_at: Mapped[MaybeTime] = mapped_column(
        comment="When its record was on Kafka again; null until then."
    )


class Replay(Base):
    """The link between a dead letter and the record that it was replayed as."""

    __tablename__ = "replays"
    __table_args__ = (
        {"schema": "landed", "comment": "Grain: one dead letter whose replay was landed, once."},
    )

    dead_letter_id: Mapped[UUID] = mapped_column(primary_key=True, comment="The dead letter.")
    log_id: Mapped[LogId] = mapped_column(comment="The topic of the first record that carried it.")
    partition: Mapped[int] = mapped_column(comment="Partition of that record.")
    offset: Mapped[Big] = mapped_column(comment="Offset of that record.")
    landed_at: Mapped[Time] = mapped_column(comment="When that record was landed.")


class ReplayWindow(Base):
    """Where landers must look for replays: reading the headers of every record would cost."""

    __tablename__ = "replay_windows"
    __table_args__ = (
        {"schema": "landed", "comment": "Grain: one partition that replays were sent to."},
    )

    log_id: Mapped[LogId] = mapped_column(primary_key=True, comment="The topic.")
    partition: Mapped[int] = mapped_column(primary_key=True, comment="The partition.")
    until: Mapped[int | None] = mapped_column(
        BigInteger, comment="All replays lie before this offset; null while some are being sent."
    )


class Halt(Base):
    """A partition that is not landed further, or was accepted: see the dead letter budget."""

    __tablename__ = "halts"
    __table_args__ = (
        {"schema": "landed", "comment": "Grain: one partition that exceeded its topic's budget."},
    )

    log_id: Mapped[LogId] = mapped_column(primary_key=True, comment="The topic.")
    partition: Mapped[int] = mapped_column(primary_key=True, comment="The partition.")
    halted_at: Mapped[MaybeTime] = mapped_column(
        comment="Since when it is not landed; null when it goes on."
    )
    reason: Mapped[str | None] = mapped_column(comment="How many records, and what is wrong.")
    accepted_until: Mapped[int | None] = mapped_column(
        BigInteger, comment="Records before this offset are landed whatever the budget says."
    )
    accepted_by: Mapped[str | None] = mapped_column(comment="Who accepted them.")
