"""The SQL of payments: instructions and how far they are, batches, and what banks told."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from domain.payments import Instruction, Movement, Rate, Sent, Status
from streaming.store.database import Connection

_FIELDS = ("instruction_id", "obligation_key", "passenger_ref", "attempt", "owed_minor",
           "owed_currency", "pay_minor", "pay_currency", "rate", "due_on", "details")  # fmt: skip
_INSTRUCTION = ", ".join(_FIELDS)


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch as it left; its file can be written again."""

    batch_id: UUID
    debtor: str
    currency: str
    due_on: date
    created_at: datetime
    created_by: str
    format: str
    file_sha256: str


@dataclass(frozen=True, slots=True)
class Due:
    """What waits to be exported: one row per day and currency."""

    due_on: date
    currency: str
    payments: int
    total_minor: int


def attempts(connection: Connection, obligation_key: UUID) -> dict[int, Status]:
    """The attempts to pay an obligation so far."""
    rows = connection.execute(
        "select attempt, status from payments.instructions where obligation_key = %s",
        (obligation_key,),
    )
    return {row[0]: row[1] for row in rows}


def write_instruction(connection: Connection, one: Instruction) -> None:
    """Keep a new instruction; a second one under way for its obligation is refused."""
    values = one.model_dump(exclude={"rate"})
    rate = None if one.rate is None else Jsonb({k: str(v) for k, v in asdict(one.rate).items()})
    values |= {"rate": rate, "status": "made"}
    connection.execute(
        f"insert into payments.instructions ({', '.join(values)})"
        f" values ({', '.join(['%s'] * len(values))})",
        list(values.values()),
    )
    _step(connection, one.instruction_id, "made", "", "")


def move_on(
    connection: Connection, instruction_id: UUID, status: Status, reference: str, reason: str = ""
) -> None:
    """What became of an instruction."""
    connection.execute(
        "update payments.instructions set status = %s where instruction_id = %s",
        (status, instruction_id),
    )
    _step(connection, instruction_id, status, reference, reason)


def _step(
    connection: Connection, instruction_id: UUID, status: str, reference: str, reason: str
) -> None:
    connection.execute(
        "insert into payments.statuses (instruction_id, status, reference, reason)"
        " values (%s, %s, %s, %s)",
        (instruction_id, status, reference, reason),
    )


def under_way(connection: Connection, obligation_key: UUID) -> Sent | None:
    """The instruction of an obligation that has not ended."""
    found = _sent(
        connection,
        "obligation_key = %s and status in ('made', 'sent', 'accepted')",
        (obligation_key,),
    )
    return found[0] if found else None


def due(connection: Connection, until: date) -> list[Due]:
    """What waits to be exported up to a day, by day and currency."""
    with connection.cursor(row_factory=class_row(Due)) as cursor:
        return cursor.execute(
            "select due_on, pay_currency as currency, count(*) as payments,"
            " sum(pay_minor)::bigint as total_minor from payments.instructions"
            " where status = 'made' and due_on <= %s group by 1, 2 order by 1, 2",
            (until,),
        ).fetchall()


def made(connection: Connection, due_on: date, currency: str, most: int) -> list[Instruction]:
    """The instructions of a day and currency that have not left."""
    found = _sent(
        connection,
        "status = 'made' and due_on = %s and pay_currency = %s order by instruction_id limit %s",
        (due_on, currency, most),
    )
    return [one.instruction for one in found]


def write_batch(
    connection: Connection, batch: StoredBatch, instructions: Collection[Instruction]
) -> None:
    """Keep a batch and put its instructions into it; each can be in one."""
    connection.execute(
        f"insert into payments.batches ({', '.join(StoredBatch.__slots__)})"
        f" values ({', '.join(['%s'] * len(StoredBatch.__slots__))})",
        [getattr(batch, name) for name in StoredBatch.__slots__],
    )
    moved = connection.execute(
        "update payments.instructions set batch_id = %s, status = 'sent'"
        " where instruction_id = any(%s) and status = 'made' and batch_id is null",
        (batch.batch_id, [one.instruction_id for one in instructions]),
    )
    assert moved.rowcount == len(instructions), "an instruction left in another batch"
    for one in instructions:
        _step(connection, one.instruction_id, "sent", batch.batch_id.hex, "")


def batch_named(connection: Connection, prefix: str) -> StoredBatch | None:
    """The one batch whose id begins so."""
    with connection.cursor(row_factory=class_row(StoredBatch)) as cursor:
        found = cursor.execute(
            "select * from payments.batches where replace(batch_id::text, '-', '') like %s limit 2",
            (prefix.lower().replace("-", "").replace("%", "").replace("_", "") + "%",),
        ).fetchall()
    return found[0] if len(found) == 1 else None


def batches(connection: Connection, ids: Collection[UUID]) -> list[StoredBatch]:
    """Those of the batches that are ours."""
    with connection.cursor(row_factory=class_row(StoredBatch)) as cursor:
        return cursor.execute(
            "select * from payments.batches where batch_id = any(%s)", (list(ids),)
        ).fetchall()


def in_batches(connection: Connection, ids: Collection[UUID]) -> list[tuple[UUID, Sent]]:
    """(batch, instruction) of everything that left in these batches."""
    return _with_batch(connection, "batch_id = any(%s)", (list(ids),))


def by_id(connection: Connection, ids: Collection[UUID]) -> list[Sent]:
    """Those of the instructions that are ours."""
    return _sent(connection, "instruction_id = any(%s)", (list(ids),))


def _sent(connection: Connection, where: str, values: Sequence[Any]) -> list[Sent]:
    return [one for _, one in _with_batch(connection, where, values)]


def _with_batch(
    connection: Connection, where: str, values: Sequence[Any]
) -> list[tuple[UUID, Sent]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            f"select {_INSTRUCTION}, status, batch_id from payments.instructions where {where}",
            values,
        ).fetchall()
    return [(row.pop("batch_id"), Sent(_read(row), row.pop("status"))) for row in rows]


def _read(row: dict[str, Any]) -> Instruction:
    rate = row["rate"]
    if rate is not None:
        on = date.fromisoformat(rate["on"])
        rate = Rate(**{**rate, "value": Decimal(rate["value"]), "on": on})
    return Instruction(**{**{name: row[name] for name in _FIELDS}, "rate": rate})


def read_before(connection: Connection, sha256: str) -> bool:
    """Whether this very file was read."""
    row = connection.execute(
        "select exists (select from payments.bank_files where sha256 = %s)", (sha256,)
    ).fetchone()
    return bool(row and row[0])


def write_file(connection: Connection, sha256: str, kind: str, read_by: str) -> None:
    """Keep that a file of a bank was read; raises UniqueViolation for one that was."""
    connection.execute(
        "insert into payments.bank_files (sha256, kind, read_by) values (%s, %s, %s)",
        (sha256, kind, read_by),
    )


def seen(connection: Connection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the movements that were placed before."""
    rows = connection.execute(
        "select movement_id from payments.movements where movement_id = any(%s)", (list(ids),)
    )
    return frozenset(row[0] for row in rows)


def write_movements(connection: Connection, sha256: str, movements: Collection[Movement]) -> None:
    """Keep movements that were placed."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into payments.movements (movement_id, sha256, outgoing, minor, currency,"
            " booked_on) values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            [
                (one.movement_id, sha256, one.outgoing, one.minor, one.currency, one.booked_on)
                for one in movements
            ],
        )


def write_unmatched(
    connection: Connection, unmatched_id: UUID, sha256: str, told: dict[str, Any], why: str
) -> None:
    """Keep what a person must look at, once."""
    connection.execute(
        "insert into payments.unmatched (unmatched_id, sha256, told, why) values (%s, %s, %s, %s)"
        " on conflict do nothing",
        (unmatched_id, sha256, Jsonb(told), why),
    )


def unmatched(connection: Connection, *, all_of_them: bool = False) -> list[dict[str, Any]]:
    """What a person must look at; with what was looked at when asked."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select unmatched_id, told, why, seen_by, seen_note from payments.unmatched"
            " where %s or seen_by is null order by unmatched_id",
            (all_of_them,),
        ).fetchall()


def mark_seen(connection: Connection, prefix: str, by: str, note: str) -> int:
    """Somebody has looked at it; returns how many that was: 1, or 0 where it is not one."""
    found = connection.execute(
        "select unmatched_id from payments.unmatched where unmatched_id::text like %s limit 2",
        (prefix.lower().replace("%", "").replace("_", "") + "%",),
    ).fetchall()
    if len(found) != 1:
        return 0
    return connection.execute(
        "update payments.unmatched set seen_by = %s, seen_note = %s where unmatched_id = %s",
        (by, note, found[0][0]),
    ).rowcount
