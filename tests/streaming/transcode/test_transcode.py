"""The compiled walk takes nothing that the model refuses, and lays out the very same rows."""

import io
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import fastavro
import numba
import pytest

from domain.events import Event
from streaming.codec import Codec
from streaming.landing.batch import Batch
from streaming.landing.sorting import MOST_AHEAD, Sort
from streaming.schemas import committed
from streaming.sources.nycflights13 import Days, bundled
from streaming.store.database import Connection, connect
from streaming.store.intervals import register_kafka_log
from streaming.topics import LANDING, TOPICS, Topic
from streaming.transcode import kernel, transcoder
from tests.fetched import fetched
from tests.streaming.store.test_landing_columns import POOL, accepted

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SCHEMA_ID = 7
EVENTS = 400
HEADER = b"\0" + SCHEMA_ID.to_bytes(4)


class OneSchema:
    """A registry that knows our own schemas, all under one id."""

    def __init__(self, topic: Topic) -> None:
        self.text = json.dumps(committed(topic))

    def register(self, subject: str, schema: str) -> int:
        return SCHEMA_ID

    def schema(self, schema_id: int) -> str | None:
        return self.text if schema_id == SCHEMA_ID else None


class NoSealing:
    def seal_dead_letters(self, payloads: Any) -> dict[Any, bytes]:
        return dict(payloads)


def offsets(batch: Batch, topic: Topic) -> set[int]:
    return {row[2] for row in batch.rows.get(topic.name, [])}


def both_ways(
    topic: Topic, values: Sequence[bytes | None], log: int = 1
) -> tuple[Batch, Batch, set[int]]:
    """As landed, all the slow way, and which offsets the compiled walk took."""
    sort = Sort(Codec(OneSchema(topic)), NoSealing())
    identity = type("Identity", (), {"cluster_id": "c", "topic_id": "t"})()
    columns, logs = fetched(topic.name, values, NOW), {topic.name: log}
    quick = sort([columns], logs, {topic.name: identity}, NOW)
    slow, _ = sort.slowly([columns], logs, {topic.name: identity}, NOW)
    left = offsets(quick, topic) | {row[2] for row in quick.dead}
    return quick, slow, set(range(len(values))) - left


def encoded(topic: Topic, fields: dict[str, Any]) -> bytes | None:
    """The fields as Avro, whatever they say; None when Avro cannot say it."""
    buffer = io.BytesIO(HEADER)
    buffer.seek(len(HEADER))
    try:
        schema = fastavro.parse_schema(committed(topic))
        fastavro.schemaless_writer(buffer, schema, fields, disable_tuple_notation=True)
    except Exception:
        return None
    return buffer.getvalue()


def made_up(topic: Topic, seed: int, wrong: float = 1 / 30) -> list[bytes]:
    """Events of which every field is right, but for a share that is anything at all."""
    drawn = random.Random(seed)
    right = {name: accepted(topic.model, name) for name in topic.model.model_fields}
    # Times all over the calendar are seldom consistent: most lie near the record's own.
    near = [NOW + timedelta(minutes=minutes) for minutes in range(-3_000, 1_600, 97)]
    found: list[bytes] = []
    while len(found) < EVENTS:
        fields = {}
        for name, values in right.items():
            if drawn.random() < wrong:
                fields[name] = drawn.choice(POOL)
            elif any(isinstance(one, datetime) for one in values) and drawn.random() < 0.9:
                fields[name] = drawn.choice(near)
            else:
                usual = [one for one in values if one is not None and str(one).isascii()]
                fields[name] = drawn.choice(usual if drawn.random() < 0.9 else values)
        if topic.model.keyed_by and drawn.random() < 0.9:
            fields["key"] = str(fields[topic.model.keyed_by])
        if value := encoded(topic, fields):
            found.append(value)
    return found


def spoilt(values: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Each value with a byte changed, cut off, or something after it."""
    drawn = random.Random(seed)
    for value in values:
        at = drawn.randrange(len(value))
        yield drawn.choice(
            [
                value[:at] + bytes([drawn.randrange(256)]) + value[at + 1 :],
                value[:at],
                value + bytes(drawn.randrange(1, 4)),
                value[:at] + value[at + 1 :],
            ]
        )


@pytest.fixture
def connection(migrated_url: str) -> Iterator[Connection]:
    with connect(migrated_url, "test", autocommit=True) as made:
        yield made


@pytest.mark.parametrize("topic", LANDING, ids=lambda topic: topic.name)
@pytest.mark.parametrize("seed", range(2))
def test_what_the_model_refuses_is_never_taken(topic: Topic, seed: int) -> None:
    right = made_up(topic, seed)
    for values in (right, list(spoilt(right, seed))):
        _, slow, taken = both_ways(topic, values)
        assert taken <= offsets(slow, topic)
    _, slow, taken = both_ways(topic, right)
    assert len(slow.dead) > EVENTS / 20, "nothing was wrong in what was made up"
    assert len(taken) > EVENTS / 20, "nothing was right in what was made up"


@pytest.mark.parametrize("topic", LANDING, ids=lambda topic: topic.name)
def test_rows_are_the_same_either_way(topic: Topic, connection: Connection) -> None:
    log, other = (register_kafka_log(connection, "c", name, topic.name) for name in ("a", "b"))
    values = made_up(topic, 11, wrong=0)
    sort = Sort(Codec(OneSchema(topic)), NoSealing())
    quick, _, taken = both_ways(topic, values, log)
    _, slow, _ = both_ways(topic, values, other)
    table = sort.tables[topic.name]
    table.copy_stream(connection, quick.laid_out[topic.name].copy)
    table.copy(connection, [row for row in slow.rows[topic.name] if row[2] in taken])
    columns = ", ".join(f'"{name}"' for name in table.columns if name != "log_id")
    either = f"select {columns} from landed.{topic.table} where log_id = %s"
    differing = connection.execute(
        f"({either} except all {either}) union all ({either} except all {either})",
        (log, other, other, log),
    ).fetchall()
    assert differing == []
    [(count,)] = connection.execute(
        f"select count(*) from landed.{topic.table} where log_id = %s", (log,)
    ).fetchall()
    assert count == len(taken) > 50


def test_real_flights_and_weather_go_the_quick_way() -> None:
    day = datetime(2013, 7, 1, tzinfo=UTC).date()
    with Days(bundled()) as days:
        events: list[Event] = list(days.events(day, day, lambda: NOW))
    for name in ("flight.events", "external.data"):
        topic = TOPICS[name]
        codec = Codec(OneSchema(topic))
        values = [codec.encode(name, one) for one in events if isinstance(one, topic.model)]
        assert values
        _, _, taken = both_ways(topic, values)
        assert taken == set(range(len(values)))


def test_a_time_beyond_the_lead_is_not_taken() -> None:
    topic = TOPICS["external.data"]
    fields = {
        "event_id": "00000000-0000-0000-0000-000000000001", "key": "LHR", "kind": "clock",
        "produced_at": NOW, "source": "test", "schema_version": 1,
        "correlation_id": "00000000-0000-0000-0000-000000000001",
    }  # fmt: skip
    at_most = NOW + MOST_AHEAD
    values = [
        encoded(topic, {**fields, "occurred_at": at_most + timedelta(microseconds=beyond)})
        for beyond in (0, 1)
    ]
    quick, slow, taken = both_ways(topic, values)
    assert taken == {0}
    assert [row[2] for row in quick.dead] == [row[2] for row in slow.dead] == [1]


def test_other_formats_and_nothing_at_all_are_decided_by_the_codec() -> None:
    topic = TOPICS["flight.events"]
    values = [None, b"", b"\0", b"{}", HEADER, b"\0" + (9).to_bytes(4) + b"xx",
              b"\0" + b"\xff" * 4 + b"xx", b"\1" * 40]  # fmt: skip
    quick, slow, taken = both_ways(topic, values)
    assert taken == set()
    assert [row[9] for row in quick.dead] == [row[9] for row in slow.dead]
    assert len(quick.dead) == len(values)


def test_what_is_compiled_beforehand_is_what_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Any, ...]] = []

    def spy(*given: Any) -> Any:
        calls.append(tuple(map(numba.typeof, given)))
        return kernel.transcode(*given)

    monkeypatch.setattr(transcoder, "transcode", spy)
    for number, topic in enumerate(LANDING):
        sort = Sort(Codec(OneSchema(topic)), NoSealing())
        assert len(calls) == 2 * number + 1, "nothing is compiled before records come"
        identity = type("Identity", (), {"cluster_id": "c", "topic_id": "t"})()
        columns = fetched(topic.name, made_up(topic, 3), NOW)
        sort([columns], {topic.name: 1}, {topic.name: identity}, NOW)
    assert len(set(calls)) == 1
