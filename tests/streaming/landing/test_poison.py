"""No record stops those behind it: whatever it holds, it is a row or a dead letter."""

from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from typing import Any
from uuid import UUID

import pytest
from confluent_kafka import Producer
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from domain.events import DeadLetter, FlightEvent, PassengerEvent
from streaming.store.errors import LandedTwice
from tests.landing_rows import SEALED
from tests.streaming.landing.conftest import START, Landing, departure

TOPIC = "flight.events"


def send(landing: Landing, topic: str, *values: bytes | None, key: bytes = b"one key") -> None:
    """Raw records, all on one partition."""
    for value in values:
        landing.producer.send_raw(topic, key, value)
    landing.producer.flush()


def spoilt(number: int, **changes: Any) -> FlightEvent:
    """A departure with values that no model would let in."""
    return departure(number).model_copy(update=changes)


def dead(landing: Landing) -> dict[int, tuple[str, str]]:
    rows = landing.query('select "offset", error_type, reason from landed.dead_letters')
    return {offset: (error_type, reason) for offset, error_type, reason in rows}


def test_records_that_nobody_can_read_do_not_stop_those_behind_them(landing: Landing) -> None:
    codec = landing.codec()
    encoded = codec.encode(TOPIC, departure(1))
    foreign = SchemaRegistryClient({"url": str(landing.stack.settings.schema_registry_url)})
    schemas = (
        Schema('{"type": "object", "properties": {"a": {"type": "string"}}}', "JSON"),
        Schema('syntax = "proto3"; message A { string b = 1; }', "PROTOBUF"),
    )
    ids = [foreign.register_schema(f"test-{one.schema_type}", one) for one in schemas]
    now = datetime.now(UTC)
    poison = [
        codec.encode(TOPIC, spoilt(2, irregularity_cause="a\0b")),
        codec.encode(TOPIC, spoilt(3, schema_version=2**40 + 7)),
        *(encoded[:1] + number.to_bytes(4) + encoded[5:] for number in (*ids, 0, 2**32 - 1)),
        codec.encode(TOPIC, spoilt(4, occurred_at=now + timedelta(hours=25))),
        codec.encode(TOPIC, spoilt(5, occurred_at=datetime(9999, 12, 31, tzinfo=UTC))),
    ]
    early = codec.encode(TOPIC, spoilt(6, occurred_at=now + timedelta(hours=23)))
    send(landing, TOPIC, encoded, *poison, early)
    landing.land(len(poison) + 2)
    assert landing.query('select "offset" from landed.flight_events order by 1') == [(0,), (9,)]
    found = dead(landing)
    kinds = [found[offset][0] for offset in range(1, 9)]
    assert kinds == ["invalid"] * 2 + ["unknown_schema"] * 4 + ["invalid"] * 2
    assert "irregularity_cause" in found[1][1]
    assert "schema_version" in found[2][1]
    assert found[7][1] == "occurred_at: 25.0 h after the record was written, 24 h at most"
    assert "1900 to 2199" in found[8][1]


def test_exactly_the_rows_that_postgresql_refuses_are_buried(landing: Landing, capfd) -> None:
    """A constraint that the models do not know of, as somebody may add one."""
    landing.execute(
        "alter table landed.flight_events add constraint no_bad_tails"
        " check (registration not like 'G-BAD%')"
    )
    culprits = {0, 700, 701, 1_499}
    codec = landing.codec()
    for number in range(1_500):
        tail = f"G-BAD{number}" if number in culprits else f"G-{number}"
        landing.producer.send_raw(
            TOPIC, b"one key", codec.encode(TOPIC, spoilt(number, registration=tail))
        )
    landing.producer.send_raw(TOPIC, b"one key", b"not avro")
    landing.producer.flush()
    landing.land(1_501)
    found = dead(landing)
    assert set(found) == culprits | {1_500}
    for offset in culprits:
        error_type, reason = found[offset]
        assert error_type == "refused"
        assert "no_bad_tails" in reason
        assert "23514" in reason
    written = capfd.readouterr()
    assert "landing.refused" in written.out + written.err
    assert "G-BAD" not in str(found) + written.out + written.err
    server = (landing.stack.settings.state_dir / "logs" / "postgres.log").read_text()
    assert "no_bad_tails" in server
    assert "G-BAD" not in server
    letters = [
        DeadLetter.model_validate_json(row[0])
        for row in landing.query("select value from outbox.entries")
    ]
    assert {letter.origin_offset for letter in letters} == set(found)
    assert {
        codec.decode(TOPIC, one.payload).event.registration
        for one in letters
        if one.error_type == "refused"
    } == {f"G-BAD{number}" for number in culprits}
    rows = {offset for (offset,) in landing.query('select "offset" from landed.flight_events')}
    assert rows == set(range(1_500)) - culprits


def test_a_record_that_is_landed_already_stops_the_lander(landing: Landing) -> None:
    """It would be a broken fence: buried as a dead letter it would go unseen."""
    landing.produce(50)
    landing.land(50)
    landing.execute(
        "update logs.ends set next_offset = 0 where log_id ="
        " (select log_id from logs.logs where name = 'flight.events')"
    )
    send(landing, TOPIC, landing.codec().encode(TOPIC, spoilt(1, source="a\0b")))
    with pytest.raises(LandedTwice, match=r"flight_events_\d{8}_pkey"):
        landing.here().run(Signal())
    assert landing.query("select * from landed.dead_letters") == []
    assert landing.query("select next_offset from logs.ends where next_offset > 0") == []


def test_a_passengers_plaintext_ends_sealed_wherever_it_is_kept(landing: Landing) -> None:
    plain = b'{"given_name": "Adelaide", "family_name": "Brambledon"}'
    codec, ref = landing.codec(), UUID(int=7)
    booked = PassengerEvent(
        event_id=ref, key=str(ref), kind="journey_booked", occurred_at=START, produced_at=START,
        source="test", correlation_id=ref, passenger_ref=ref, journey_id=ref, leg_ids=(ref,),
        sealed=SEALED,
    )  # fmt: skip
    spoils: list[dict[str, Any]] = [
        {"sealed": plain},
        {"key": "Adelaide"},
        {"fare_type": "Brambledon"},
    ]
    values = [codec.encode("passenger.events", booked.model_copy(update=one)) for one in spoils]
    send(landing, "passenger.events", *values, plain, key=b"Adelaide Brambledon")
    landing.land(4)
    rows = landing.query(
        "select dead_letter_id, record_key, payload, error_type, d::text"
        ' from landed.dead_letters d order by "offset"'
    )
    assert [row[3] for row in rows] == ["invalid"] * 3 + ["undecodable"]
    queued = landing.query("select value, e::text from outbox.entries e")
    letters = [DeadLetter.model_validate_json(value) for value, _ in queued]
    kept = [*(part for row in rows for part in (row[1], row[2], row[4].encode()))]
    kept += [part for value, row in queued for part in (value, row.encode())]
    kept += [part for letter in letters for part in (letter.origin_key, letter.payload)]
    hidden = [name.hex().encode() for name in (b"Adelaide", b"Brambledon")]
    for name in (b"Adelaide", b"Brambledon", *hidden):
        assert not [part for part in kept if name.lower() in part.lower()]
    door: dict[str, str] = {"actor": "test", "purpose": "see what it was"}
    opened = landing.keyring().open_dead_letters({row[0]: row[2] for row in rows}, **door)
    assert list(opened.values()) == [*values, plain]
    keys = landing.keyring().open_dead_letters({row[0]: row[1] for row in rows}, **door)
    assert set(keys.values()) == {b"Adelaide Brambledon"}


def test_a_producers_own_time_of_a_record_can_be_any_number(landing: Landing) -> None:
    """CreateTime, as on topics that others make; ours are stamped by the broker."""
    producer = Producer({"bootstrap.servers": landing.bootstrap_servers})
    value = landing.codec().encode(TOPIC, departure(1))
    producer.produce(TOPIC, value, partition=0, timestamp=1)
    producer.flush(10)
    landing.let_producers_stamp(TOPIC)
    for stamp in (-(2**62), -1, 1):
        producer.produce(TOPIC, value, partition=0, timestamp=stamp)
    producer.flush(10)
    landing.land(4)
    rows = landing.query("select recorded_at from landed.flight_events")
    assert len(rows) == 1  # stamped by the broker, whatever the producer said
    assert abs((datetime.now(UTC) - rows[0][0]).total_seconds()) < 120
    assert {why for why, _ in dead(landing).values()} == {"invalid"}
