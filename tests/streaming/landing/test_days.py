"""Records land in the part of their day, whenever they come, and are read from there alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from confluent_kafka import Producer

from domain.events import FlightEvent
from streaming.store.days import EARLIEST, LATEST, make_days, parts, recorded_between
from streaming.store.detected import flight_records
from streaming.topics import TOPICS
from tests.streaming.landing.conftest import Landing, departure

TODAY = datetime.now(UTC).date()
MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
"""The beginning of today."""
DAY = timedelta(days=1)


def at(when: datetime, number: int) -> FlightEvent:
    """The number-th departure, as known at `when`."""
    return departure(number).model_copy(
        update={"occurred_at": when, "produced_at": when, "aobt": when}
    )


class Dated:
    """Sends records to partition 0 under timestamps of our own."""

    def __init__(self, landing: Landing) -> None:
        self._producer = Producer({"bootstrap.servers": landing.bootstrap_servers})
        self._codec = landing.codec()
        self._sent = 0
        self._refused: list[object] = []

    def _heard(self, error: object, message: object) -> None:
        if error is not None:
            self._refused.append(error)

    def send(self, *times: datetime) -> None:
        for when in times:
            event = at(min(when, datetime.now(UTC)), self._sent)
            self._producer.produce(
                "flight.events", self._codec.encode("flight.events", event), event.key.encode(),
                partition=0, timestamp=int(when.timestamp() * 1000), on_delivery=self._heard,
            )  # fmt: skip
            self._sent += 1
        assert self._producer.flush(20) == 0
        assert self._refused == []


@pytest.fixture
def dated(landing: Landing) -> Dated:
    """Topic flight.events with CreateTime, as somebody else's Kafka may have it."""
    landing.let_producers_stamp("flight.events")
    return Dated(landing)


def days_of(landing: Landing, table: str = "flight_events") -> dict[date | None, int]:
    """Rows by part."""
    found = landing.query(
        f"select tableoid::regclass::text, count(*) from landed.{table} group by 1"
    )
    return {
        None if name.endswith("_rest") else date.fromisoformat(name[-8:]): count
        for name, count in found
    }


def test_records_land_in_the_part_of_their_day(landing: Landing, dated: Dated) -> None:
    dated.send(
        MIDNIGHT - 30 * DAY, MIDNIGHT - DAY, MIDNIGHT - DAY, MIDNIGHT, MIDNIGHT - 1_000 * DAY
    )
    landing.land(5)
    dated.send(MIDNIGHT - 31 * DAY, MIDNIGHT)
    landing.land(7)
    assert days_of(landing) == {
        TODAY - 31 * DAY: 1, TODAY - 30 * DAY: 1, TODAY - DAY: 2, TODAY: 2, None: 1,
    }  # fmt: skip


def test_parts_are_made_before_their_day(landing: Landing) -> None:
    landing.produce(1)
    landing.land(1)
    with psycopg.connect(landing.database_url) as connection:
        made = {(part.table, part.day) for part in parts(connection)}
    assert {
        (topic.table, TODAY + after * DAY)
        for topic in TOPICS.values()
        if topic.lands
        for after in range(3)
    } <= made


def test_rows_of_a_day_without_a_part_move_there_when_it_is_made(landing: Landing) -> None:
    landing.produce(3)
    with psycopg.connect(landing.database_url) as other:
        other.execute("lock table landed_days.flight_events_rest in access share mode")
        landing.land(3)  # no part can be made while somebody reads the rest: landing goes on
        assert days_of(landing) == {None: 3}
    with psycopg.connect(landing.database_url) as connection:
        assert make_days(connection, ["flight_events"], [TODAY])
    assert days_of(landing) == {TODAY: 3}


def test_an_interval_is_read_from_its_days_alone(landing: Landing, dated: Dated) -> None:
    for back in (9, 8, 7, 6, 5):
        dated.send(MIDNIGHT - back * DAY, MIDNIGHT - back * DAY)
        landing.land((10 - back) * 2)
    [[log_id]] = landing.query("select log_id from logs.logs where name = 'flight.events'")
    with psycopg.connect(landing.database_url) as connection:
        assert [
            recorded_between(connection, log_id, 0, *span)
            for span in ((0, 2), (2, 4), (8, 10), (0, 10), (50, 60))
        ] == [
            (MIDNIGHT - 9 * DAY, MIDNIGHT - 8 * DAY),
            (MIDNIGHT - 8 * DAY, MIDNIGHT - 7 * DAY),
            (MIDNIGHT - 5 * DAY, MIDNIGHT - 4 * DAY),
            (MIDNIGHT - 9 * DAY, MIDNIGHT - 4 * DAY),
            (MIDNIGHT - 5 * DAY, MIDNIGHT - 4 * DAY),
        ]
        assert recorded_between(connection, log_id, 1, 0, 5) == (EARLIEST, LATEST)
        assert [r.offset for r in flight_records(connection, log_id, 0, 3, 7)] == [3, 4, 5, 6]
        assert scanned(connection, log_id, (2, 4)) == 1


def scanned(connection: psycopg.Connection[Any], log_id: int, span: tuple[int, int]) -> int:
    """How many parts PostgreSQL opens to read a span."""
    bounds = recorded_between(connection, log_id, 0, *span)
    plan = connection.execute(
        "explain select * from landed.flight_events where log_id = %s and partition = 0"
        ' and "offset" >= %s and "offset" < %s and recorded_at >= %s and recorded_at < %s',
        (log_id, *span, *bounds),
    )
    return sum("on flight_events_" in row[0] for row in plan)


def test_one_stray_timestamp_does_not_widen_what_comes_after(
    landing: Landing, dated: Dated
) -> None:
    dated.send(MIDNIGHT - DAY)
    landing.land(1)
    dated.send(MIDNIGHT - 300 * DAY, MIDNIGHT - DAY)
    landing.land(3)
    dated.send(MIDNIGHT - DAY, MIDNIGHT)
    landing.land(5)
    dated.send(MIDNIGHT)
    landing.land(6)
    assert landing.query("select since, last_day - first_day from logs.days order by 1") == [
        (0, 0), (1, 299), (3, 1),
    ]  # fmt: skip


def test_a_record_that_comes_again_is_refused_across_parts(landing: Landing) -> None:
    landing.produce(10)
    landing.land(10)
    with pytest.raises(psycopg.errors.UniqueViolation):
        landing.execute("insert into landed.flight_events select * from landed.flight_events")


def test_old_days_are_detached_and_kept(landing: Landing, dated: Dated) -> None:
    dated.send(MIDNIGHT - 20 * DAY, MIDNIGHT - 8 * DAY, MIDNIGHT)
    landing.land(3)
    landing.land(2, keep_days=8)
    assert days_of(landing) == {TODAY - 8 * DAY: 1, TODAY: 1}
    with psycopg.connect(landing.database_url) as connection:
        old = [part for part in parts(connection) if not part.attached]
    assert [(part.table, part.day) for part in old] == [("flight_events", TODAY - 20 * DAY)]
    assert landing.query(f"select count(*) from landed_days.{old[0].name}") == [(1,)]
    # What comes later still for such a day lies with the rest.
    dated.send(MIDNIGHT - 20 * DAY)
    landing.land(3)
    assert days_of(landing)[None] == 1


def test_days_that_kafka_may_still_hold_are_never_detached(landing: Landing) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="8 at the least"):
        landing.execute("select landed.detach_days(7)")
