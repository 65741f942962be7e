"""Rows as JSON with schema, in the types that Debezium's JDBC sink writes as ours."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects import postgresql

from benchmarks.landing.bench import TABLE
from streaming.store.models import Base

EPOCH_DAY = date(1970, 1, 1)

TYPES = {
    "integer": ("int32", None),
    "bigint": ("int64", None),
    "text": ("string", None),
    "uuid": ("string", "io.debezium.data.Uuid"),
    "date": ("int32", "io.debezium.time.Date"),
    "timestamp with time zone": ("string", "io.debezium.time.ZonedTimestamp"),
}


class JsonRows:
    """Encodes rows; the schema goes along with each, which is what this converter asks for."""

    def __init__(self) -> None:
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped there
        table = Base.metadata.tables[f"landed.{TABLE.name}"]
        fields = []
        for column in table.columns:
            kind, meaning = TYPES[column.type.compile(dialect).lower()]
            field = {"field": column.name, "type": kind, "optional": bool(column.nullable)}
            fields.append(field | ({"name": meaning} if meaning else {}))
        schema = {"type": "struct", "name": "landed.Row", "optional": False, "fields": fields}
        self._head = f'{{"schema":{json.dumps(schema, separators=(",", ":"))},"payload":'

    def encode(self, row: tuple[Any, ...]) -> bytes:
        """One message."""
        payload = dict(zip(TABLE.columns, row, strict=True))
        text = json.dumps(payload, default=_plain, separators=(",", ":"))
        return f"{self._head}{text}}}".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return (value - EPOCH_DAY) // timedelta(days=1)
    return str(value)
