"""Whatever an event model accepts, its column gives back: every landing topic, every column."""

from collections.abc import Iterator
from datetime import UTC, datetime
from string import ascii_uppercase, digits
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

import pytest
from psycopg import sql
from pydantic import ConfigDict, TypeAdapter, ValidationError

from domain.events import Event
from streaming.landing.batch import IDENTITY
from streaming.store.database import Connection, connect
from streaming.store.intervals import register_kafka_log
from streaming.store.landing import Table
from streaming.topics import LANDING, Topic
from tests.landing_rows import SEALED

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
POWERS = [2**bit + near for bit in range(71) for near in (-1, 0, 1)]
YEARS = (1, 99, 1582, 1899, 1900, 1970, 2000, 2199, 2200, 9999)
TIMES = [
    *(datetime(year, 1, 1, tzinfo=UTC) for year in YEARS),
    *(datetime(year, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) for year in YEARS),
]
POOL: list[Any] = [
    *POWERS, *(-power for power in POWERS), True, False,
    *(float(power) for power in POWERS), 0.0, 5e-324, 0.1, -1e9, 1e9, 1e308, -1e308,
    float("nan"), float("inf"), float("-inf"),
    *TIMES, *(time.date() for time in TIMES),
    UUID(int=0), UUID(int=2**128 - 1), (), (UUID(int=1),), tuple(map(UUID, ["f" * 32] * 300)),
    b"", b"\0", SEALED, SEALED + bytes(range(256)) * 1_000, b"\xff" * 64,
    "", "\0", "a\0b", "\ud800", "\U0010ffff", "\n", "'\"\\",
    *(letter * times for letter in "xé中" for times in range(1, 300, 7)),
    *digits, *ascii_uppercase, "00", "9Q", "LHR", "\N{ARABIC-INDIC DIGIT ONE}", "1234",
]  # fmt: skip


def accepted(model: type[Event], name: str) -> list[Any]:
    """The values of the pool, and of its Literals, that the field takes as they are; None too."""
    field = model.model_fields[name]
    kind = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    check = TypeAdapter(kind, config=ConfigDict(**model.model_config, strict=True))
    found = []
    for value in (*POOL, None, *literals(field.annotation)):
        try:
            found.append(check.validate_python(value))
        except ValidationError:
            continue
    return found


def literals(kind: Any) -> list[Any]:
    if get_origin(kind) is Literal:
        return list(get_args(kind))
    return [value for part in get_args(kind) for value in literals(part)]


@pytest.fixture
def owner(migrated_url: str) -> Iterator[tuple[Connection, int]]:
    with connect(migrated_url, "test") as connection:
        log_id = register_kafka_log(connection, "c", "t", "any")
        connection.commit()
        yield connection, log_id


@pytest.mark.parametrize("topic", LANDING, ids=lambda topic: topic.name)
def test_what_the_model_accepts_its_column_gives_back(owner, topic: Topic) -> None:
    connection, log_id = owner
    table = Table(topic.table)
    facts = table.columns[len(IDENTITY) :]
    assert set(facts) == set(topic.model.model_fields)
    values = {name: accepted(topic.model, name) for name in facts}
    assert all(any(value is not None for value in found) for found in values.values())
    rows = [
        [found[number % len(found)] for found in values.values()]
        for number in range(max(map(len, values.values())))
    ]
    rows = [[list(v) if isinstance(v, tuple) else v for v in row] for row in rows]
    table.copy(connection, [(log_id, 0, at, NOW, NOW, 1, *row) for at, row in enumerate(rows)])
    select = sql.SQL('select {} from {} order by "offset"').format(
        sql.SQL(", ").join(map(sql.Identifier, facts)), sql.Identifier("landed", topic.table)
    )
    for sent, kept in zip(rows, connection.execute(select), strict=True):
        assert [(type(v), v) for v in kept] == [(type(v), v) for v in sent]


def test_the_columns_of_a_records_identity_hold_what_kafka_and_registry_give(owner) -> None:
    connection, log_id = owner
    table = Table("flight_events")
    event = dict.fromkeys(table.columns[len(IDENTITY) :]) | {
        "event_id": UUID(int=1), "key": "k", "kind": "clock", "occurred_at": NOW,
        "produced_at": NOW, "source": "s", "schema_version": 1, "correlation_id": UUID(int=1),
    }  # fmt: skip
    largest = (log_id, 2**31 - 1, 2**63 - 1, NOW, NOW, 2**31 - 1)
    table.copy(connection, [(*largest, *event.values())])
    kept = connection.execute(
        'select log_id, partition, "offset", recorded_at, landed_at, schema_id'
        " from landed.flight_events"
    ).fetchone()
    assert kept == largest
