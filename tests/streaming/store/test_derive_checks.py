"""What the asset checks ask of the database finds what is wrong, wherever it lies."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streaming.schemas import examples
from streaming.store.database import Connection, connect
from streaming.store.derive_checks import beyond_the_mark
from streaming.store.intervals import register_kafka_log
from streaming.topics import TOPICS
from tests.landing_rows import land

PLACES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6)), max_size=12, unique=True
)  # partition and offset
MARKS = st.dictionaries(st.integers(0, 4), st.integers(0, 6), max_size=4)


@pytest.fixture
def connection(migrated_url: str) -> Iterator[Connection]:
    with connect(migrated_url, "test") as made:
        yield made


@given(PLACES, MARKS)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_dead_letters_beyond_the_mark_are_counted(
    connection: Connection, places: list[tuple[int, int]], marks: dict[int, int]
) -> None:
    with connection.transaction(force_rollback=True):
        logs = [register_kafka_log(connection, "c", name, "flight.events") for name in "ab"]
        other = register_kafka_log(connection, "c", "x", "external.data")
        for partition, offset in places:
            for log in (*logs, other):
                connection.execute(
                    'insert into landed.dead_letters (log_id, partition, "offset", dead_letter_id,'
                    " recorded_at, landed_at, payload_sealed, error_type, reason)"
                    " values (%s, %s, %s, gen_random_uuid(), now(), now(), false, 'invalid', '')",
                    (log, partition, offset),
                )
        for partition, mark in marks.items():
            connection.execute(
                "insert into logs.ends (log_id, partition, next_offset) values (%s, %s, %s)",
                (logs[0], partition, mark),
            )
        beyond = [offset for partition, offset in places if offset >= marks.get(partition, 0)]
        assert beyond_the_mark(connection, "flight.events") == len(beyond) + len(places)


def test_rows_beyond_the_mark_are_counted(connection: Connection) -> None:
    with connection.transaction(force_rollback=True):
        event = next(iter(examples(TOPICS["flight.events"]).values()))
        log = land(connection, "flight.events", 2, [event] * 5)
        assert beyond_the_mark(connection, "flight.events") == 0
        moved = "update logs.ends set next_offset = 2 where log_id = %s and partition = 2"
        connection.execute(moved, (log,))
        assert beyond_the_mark(connection, "flight.events") == 3
        connection.execute("delete from logs.ends where log_id = %s", (log,))
        assert beyond_the_mark(connection, "flight.events") == 5
