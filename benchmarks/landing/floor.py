"""The floor: the same table, indexes and fence; rows encoded and batched in memory beforehand.

`python -m benchmarks.landing.floor` is one of its workers: it takes the rows of its partitions
from the reference as PostgreSQL encodes them for binary COPY, claims the partitions, says that it
is ready and waits for a line; then per batch it moves the fence, COPYs and commits.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from psycopg import sql

from benchmarks.landing.bench import NAME, TABLE, identifiers
from streaming.store.database import Connection, connect
from streaming.store.landing import claim, move_ends

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

Chunk = tuple[int, int, bytes]
"""Partition, next offset after its last row, and the rows as one COPY stream."""


def main() -> None:
    """Write the partitions of this worker."""
    told: dict[str, Any] = json.loads(os.environ["KNOCKON_BENCH"])
    chunks: dict[int, list[Chunk]] = {}
    with connect(told["reference_url"], NAME) as reference:
        for partition in told["partitions"]:
            end = told["ends"][str(partition)]
            chunks[partition] = encoded(reference, partition, end, told["batch"])
    with connect(told["database_url"], "knockon-lander") as connection:
        claims = {}
        for partition in told["partitions"]:
            claims[partition] = claim(connection, told["log_id"], partition, "floor")
            connection.commit()
        Path(told["ready"]).touch()
        sys.stdin.readline()
        statement = copy_in()
        # In turns, as records of several partitions arrive.
        while any(chunks.values()):
            for partition, left in chunks.items():
                if left:
                    _, until, stream = left.pop(0)
                    mine = claims[partition]
                    assert mine is not None
                    move_ends(connection, [(mine, until)])
                    with connection.cursor() as cursor, cursor.copy(statement) as copying:
                        copying.write(stream)
                    connection.commit()
                    claims[partition] = type(mine)(mine.log_id, partition, mine.fence, until)
        sys.stdin.readline()  # stays until its CPU has been read


def copy_in() -> sql.Composed:
    """The lander's statement."""
    return sql.SQL("copy landed.{} ({}) from stdin (format binary)").format(
        sql.Identifier(TABLE.name), identifiers(TABLE.columns)
    )


def encoded(connection: Connection, partition: int, end: int, batch: int) -> list[Chunk]:
    """The partition's rows below `end` in chunks; the server sends a row per message."""
    statement = sql.SQL(
        'copy (select {} from landed.{} f where partition = {} and "offset" < {} and not exists'
        ' (select from invalid i where i.partition = f.partition and i."offset" = f."offset")'
        ' order by "offset") to stdout (format binary)'
    ).format(identifiers(TABLE.columns), sql.Identifier(TABLE.name), partition, end)
    with connection.cursor() as cursor, cursor.copy(statement) as copying:
        messages = [bytes(message) for message in copying]
    rows = [messages[0].removeprefix(HEADER), *messages[1:]]
    rows = [row for row in rows if row and row != TRAILER]
    at = TABLE.columns.index("offset")
    return [
        (partition, _offset(part[-1], at) + 1, HEADER + b"".join(part) + TRAILER)
        for part in (rows[first : first + batch] for first in range(0, len(rows), batch))
    ]


def _offset(row: bytes, column: int) -> int:
    """The value of a bigint column in an encoded row: a count, then length and bytes of each."""
    position = 2
    for _ in range(column):
        position += 4 + int.from_bytes(row[position : position + 4], signed=True)
    return int.from_bytes(row[position + 4 : position + 12], signed=True)


if __name__ == "__main__":
    main()
