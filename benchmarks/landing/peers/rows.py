"""What all the peers share: where things are, and a record's value decoded into a table's row."""

import io
import json
import os
import struct
import urllib.request
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import fastavro

TOLD: dict[str, Any] = json.loads(os.environ["KNOCKON_BENCH"])
"""bootstrap, registry, topic, group, log_id, schema, table, columns, types, and the database."""

COLUMNS: list[str] = TOLD["columns"]
TYPES: list[str] = TOLD["types"]
PLACE = 6
"""Columns that come from the record and not from its value: log_id ... schema_id."""

_header = struct.Struct(">bI")
_facts = itemgetter(*COLUMNS[PLACE:])
_schemas: dict[int, Any] = {}


def conninfo() -> str:
    """The database for psycopg."""
    return str(TOLD["database_url"])


def copy_statement() -> str:
    """COPY of all columns, binary."""
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    return f"copy {TOLD['schema']}.{TOLD['table']} ({columns}) from stdin (format binary)"


def insert_statement() -> str:
    """INSERT of one row with all columns."""
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    values = ", ".join(["%s"] * len(COLUMNS))
    return f"insert into {TOLD['schema']}.{TOLD['table']} ({columns}) values ({values})"  # noqa: S608


def row_of(
    value: bytes | None, partition: int, offset: int, timestamp_ms: int
) -> tuple[Any, ...] | None:
    """The row of a record in the order of COLUMNS; None for what cannot be decoded."""
    if value is None or len(value) <= _header.size or value[0] != 0:
        return None
    schema_id = _header.unpack_from(value)[1]
    buffer = io.BytesIO(value)
    buffer.seek(_header.size)
    try:
        fields = fastavro.schemaless_reader(buffer, _schema(schema_id), None)
    except Exception:
        return None
    return (
        TOLD["log_id"], partition, offset, datetime.fromtimestamp(timestamp_ms / 1000, UTC),
        datetime.now(UTC), schema_id, *_facts(fields),
    )  # fmt: skip


def _schema(schema_id: int) -> Any:
    if schema_id not in _schemas:
        with urllib.request.urlopen(f"{TOLD['registry']}/schemas/ids/{schema_id}") as answer:  # noqa: S310
            _schemas[schema_id] = fastavro.parse_schema(json.loads(json.load(answer)["schema"]))
    return _schemas[schema_id]
