"""Disruptions on a real database: one interval once, and the same end however it is cut."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from assets.derivations.disruptions import DISRUPTIONS
from domain.events import FlightEvent, PassengerEvent
from domain.identity import name_uuid
from streaming.derivation import (
    AlreadyDone,
    NothingPending,
    Written,
    as_text,
    from_text,
    pending_intervals,
    run,
)
from streaming.store.database import connect
from streaming.store.derive import insert
from tests.landing_rows import SEALED, find, land

DAY = datetime(2013, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def connection(migrated_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(migrated_url, "test", autocommit=True) as made:
        yield made


def leg_id(number: int) -> UUID:
    return name_uuid("leg", number)


def flight(number: int, kind: str, minutes: int, **facts: Any) -> FlightEvent:
    """An event of leg `number`, `minutes` into the day."""
    at = DAY + timedelta(minutes=minutes)
    return FlightEvent(
        event_id=name_uuid("event", number, kind, minutes),
        key=str(leg_id(number)),
        kind=kind,
        occurred_at=at,
        produced_at=at,
        source="test",
        correlation_id=name_uuid("correlation", number),
        leg_id=leg_id(number),
        **facts,
    )


def scheduled(number: int) -> FlightEvent:
    return flight(
        number,
        "leg_scheduled",
        number,
        airline="UA",
        flight_number=str(100 + number),
        departure_airport="EWR",
        arrival_airport="ORD",
        origin_date=DAY.date(),
        sobt=DAY + timedelta(hours=2 * number),
        sibt=DAY + timedelta(hours=2 * number + 1),
    )


def departed(number: int, late: int) -> FlightEvent:
    aobt = DAY + timedelta(hours=2 * number, minutes=late)
    return flight(number, "leg_departed", 120 * number + late, aobt=aobt)


def arrived(number: int, late: int) -> FlightEvent:
    aibt = DAY + timedelta(hours=2 * number + 1, minutes=late)
    return flight(number, "leg_arrived", 120 * number + 60 + late, aibt=aibt)


def told(passenger: int, kind: str, **facts: Any) -> PassengerEvent:
    return PassengerEvent(
        event_id=name_uuid("told", passenger, kind),
        key=str(name_uuid("passenger", passenger)),
        kind=kind,
        occurred_at=DAY,
        produced_at=DAY,
        source="test",
        correlation_id=name_uuid("correlation", passenger),
        passenger_ref=name_uuid("passenger", passenger),
        journey_id=name_uuid("journey", passenger),
        **facts,
    )


def booked(passenger: int, *numbers: int) -> PassengerEvent:
    legs = tuple(leg_id(number) for number in numbers)
    return told(passenger, "journey_booked", leg_ids=legs, sealed=SEALED)


def finding(first: int, second: int, minutes: int, status: str = "predicted") -> dict[str, Any]:
    return {
        "finding_id": name_uuid("finding", first, second, status),
        "detector": "aircraft_rotation",
        "detector_version": "1",
        "pattern": "aircraft_rotation",
        "scope": "N1",
        "root_leg_id": leg_id(first),
        "from_leg_id": leg_id(first),
        "to_leg_id": leg_id(second),
        "status": status,
        "knock_on_minutes": 30,
        "probability": 0.7,
        "detected_at": DAY + timedelta(minutes=minutes),
        "correlation_id": name_uuid("correlation", first),
        "evidence": ["1/0/0"],
        "statistics": psycopg.types.json.Jsonb({}),
        "code_version": "test",
    }


def stored(connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
    return connection.execute(
        "select sequence, disruption_id, revision, status, kind, severity, delay_minutes,"
        " passengers_booked, cardinality(leg_ids) from derived.disruptions order by sequence"
    ).fetchall()


def last_contents(connection: psycopg.Connection[Any]) -> dict[UUID, str]:
    """The last content hash of every disruption that still has legs."""
    rows = connection.execute(
        "select distinct on (disruption_id) disruption_id, content_hash, leg_ids"
        " from derived.disruptions order by disruption_id, revision desc"
    )
    return {row[0]: row[1] for row in rows if row[2]}


def test_a_late_leg_becomes_a_disruption_and_its_chain_joins(
    connection: psycopg.Connection[Any],
) -> None:
    land(connection, "flight.events", 0, [scheduled(1), scheduled(2), departed(1, 70)])
    assert isinstance(run(connection, DISRUPTIONS), Written)
    find(connection, [finding(1, 2, 190)])
    land(connection, "passenger.events", 0, [booked(7, 1), booked(8, 1), booked(9, 2)])
    run(connection, DISRUPTIONS)
    land(connection, "flight.events", 0, [arrived(1, 65), departed(2, 20), arrived(2, 10)])
    run(connection, DISRUPTIONS)
    shown = [row[2:] for row in stored(connection)]
    assert shown == [
        (1, "open", "delay", "S3", 70, 0, 1),  # 100 passengers assumed
        (2, "open", "rotation", "S1", 100, 3, 2),  # 2 x 70 + 1 x 30 passenger-minutes
        (3, "closed", "rotation", "S1", 75, 3, 2),
    ]
    assert [row[0] for row in stored(connection)] == [0, 1, 2]


def test_it_names_the_detectors_whose_findings_it_used(connection: psycopg.Connection[Any]) -> None:
    land(connection, "flight.events", 0, [scheduled(1), scheduled(2), departed(1, 70)])
    alone = run(connection, DISRUPTIONS)
    older = finding(1, 2, 190) | {"detector_version": "0", "finding_id": name_uuid("finding", 0)}
    find(connection, [older, finding(1, 2, 190)])
    joined = run(connection, DISRUPTIONS)
    assert isinstance(alone, Written)
    assert isinstance(joined, Written)
    assert "detector" not in alone.outcome.versions
    assert joined.outcome.versions["detector"] == "aircraft_rotation 1"


def test_a_withdrawn_link_holds_the_chain_together_no_more(
    connection: psycopg.Connection[Any],
) -> None:
    """What was said before it holds again; here nothing."""
    land(connection, "flight.events", 0, [scheduled(1), scheduled(2), departed(1, 70)])
    find(connection, [finding(1, 2, 190)])
    run(connection, DISRUPTIONS)
    withdrawn = uuid4()
    connection.execute(
        "insert into detected.restatements (restatement_id, detector, detector_version, until,"
        " offsets, findings_hash, evidence, code_version)"
        " values (%s, 'aircraft_rotation', '1', now(), '{}', '', '{}', '')",
        (withdrawn,),
    )
    correction = {"finding_id": name_uuid("finding", 1, 2, "predicted"), "action": "withdrawn"}
    insert(connection, "detected.corrections", [correction], restatement_id=withdrawn)
    assert isinstance(run(connection, DISRUPTIONS), Written)
    assert [row[4] for row in stored(connection)] == ["rotation", "delay"]


def test_evidence_names_records_that_exist(connection: psycopg.Connection[Any]) -> None:
    flights = land(connection, "flight.events", 3, [scheduled(1), scheduled(2), departed(1, 70)])
    findings = find(connection, [finding(1, 2, 190)])
    run(connection, DISRUPTIONS)
    [row] = connection.execute("select evidence from derived.disruptions").fetchall()
    assert row[0] == [f"{flights}/3/0", f"{flights}/3/2", f"{flights}/3/1", f"{findings}/0/0"]


def test_a_rerun_writes_nothing(connection: psycopg.Connection[Any]) -> None:
    land(connection, "flight.events", 0, [scheduled(1), departed(1, 70)])
    asked = pending_intervals(connection, DISRUPTIONS)
    assert isinstance(run(connection, DISRUPTIONS, asked), Written)
    before = stored(connection)
    assert isinstance(run(connection, DISRUPTIONS, asked), AlreadyDone)
    assert isinstance(run(connection, DISRUPTIONS), NothingPending)
    assert stored(connection) == before


def test_of_two_racing_callers_one_writes(
    connection: psycopg.Connection[Any], migrated_url: str
) -> None:
    land(connection, "flight.events", 0, [scheduled(n) for n in range(1, 40)])
    land(connection, "flight.events", 1, [departed(n, 30) for n in range(1, 40)])
    asked = pending_intervals(connection, DISRUPTIONS)
    barrier, results = threading.Barrier(4), []

    def race() -> None:
        with connect(migrated_url, "racer", autocommit=True) as own:
            barrier.wait()
            results.append(type(run(own, DISRUPTIONS, asked)))

    racers = [threading.Thread(target=race) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(30)
    assert sorted(r.__name__ for r in results) == ["AlreadyDone"] * 3 + ["Written"]
    assert [row[0] for row in stored(connection)] == list(range(39))


def test_a_step_that_fails_leaves_its_interval_pending(
    connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    land(connection, "flight.events", 0, [scheduled(1), departed(1, 70)])
    asked = pending_intervals(connection, DISRUPTIONS)
    with monkeypatch.context() as broken:
        broken.setattr(
            "assets.derivations.disruptions.write_disruptions",
            lambda *_: (_ for _ in ()).throw(RuntimeError("disk on fire")),
        )
        with pytest.raises(RuntimeError, match="on fire"):
            run(connection, DISRUPTIONS, asked)
    assert pending_intervals(connection, DISRUPTIONS) == asked
    assert isinstance(run(connection, DISRUPTIONS, asked), Written)


def test_nothing_beyond_the_interval_is_known(connection: psycopg.Connection[Any]) -> None:
    log = land(connection, "flight.events", 0, [scheduled(1), departed(1, 20), arrived(1, 90)])
    asked = from_text(f'[[{log},"flight.events",[[0,0,2]]]]')
    run(connection, DISRUPTIONS, asked)
    assert [row[6] for row in stored(connection)] == [20]


def test_the_text_of_intervals_reads_back(connection: psycopg.Connection[Any]) -> None:
    land(connection, "flight.events", 5, [scheduled(1)])
    find(connection, [finding(1, 2, 0)])
    asked = pending_intervals(connection, DISRUPTIONS)
    assert len(asked) == 3  # findings, versions, flights
    assert from_text(as_text(asked)) == asked
    with pytest.raises(ValueError, match="leave it empty"):
        from_text("[1]")


@pytest.mark.parametrize("seed", range(1, 5))
def test_the_end_is_the_same_however_the_log_is_cut(
    connection: psycopg.Connection[Any], seed: int
) -> None:
    """A day read in seeded cuts ends as the same day read at once, but for what was withdrawn."""
    land_a_day(connection)
    cuts = random.Random(seed)
    while asked := pending_intervals(connection, DISRUPTIONS):
        some = cuts.sample(asked, cuts.randint(1, len(asked)))
        part = [
            type(i)(i.log_id, i.log, {p: (a, cuts.randint(a + 1, b))})
            for i in some
            for p, (a, b) in cuts.sample(sorted(i.spans.items()), 1)
        ]
        assert isinstance(run(connection, DISRUPTIONS, part), Written)
    in_cuts, revisions_in_cuts = last_contents(connection), len(stored(connection))
    connection.execute("delete from derived.disruptions")
    connection.execute("delete from logs.marks")
    assert isinstance(run(connection, DISRUPTIONS), Written)
    assert len(in_cuts) >= 10
    assert revisions_in_cuts > len(stored(connection)), "the cuts showed nothing half way"
    assert in_cuts == last_contents(connection)


def land_a_day(connection: psycopg.Connection[Any]) -> None:
    day = random.Random(11)
    legs = range(1, 25)
    for partition in range(3):
        numbers = [n for n in legs if n % 3 == partition]
        events = [scheduled(n) for n in numbers]
        for n in numbers:
            late = day.choice([0, 5, 20, 70, 130, 200])
            events += [departed(n, late), arrived(n, max(0, late - 10))]
        land(connection, "flight.events", partition, events)
    journeys = [booked(p, n := day.choice(legs), *[n + 1][: p % 2]) for p in range(60)]
    rebooked = [told(p, "passenger_rebooked", leg_ids=(leg_id(24 - p),)) for p in range(0, 20, 3)]
    informed = [
        told(p, "passenger_informed", leg_id=(journeys[p].leg_ids or ())[0], informed_at=DAY)
        for p in range(0, 60, 7)
    ]
    land(connection, "passenger.events", 1, [*journeys, *informed])
    land(connection, "passenger.events", 2, rebooked)
    links = [(n, n + 1) for n in legs if n % 4]
    swapped = [(a, b) for a, b in links if a % 3 == 0]
    find(connection, [finding(a, b, 90) for a, b in links])
    find(connection, [finding(a, b, 95, "closed") for a, b in swapped])
