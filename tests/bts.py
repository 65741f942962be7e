"""The two BTS days of tests/data/bts as flight records, with the reported truth beside them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd

from domain.identity import name_uuid
from domain.network_state import FlightRecord

BTS = Path(__file__).parent / "data" / "bts"
PARTITIONS = 6
REFERENCE_AIRPORT, REFERENCE_UTC_MINUTES = "ATL", -300
TAIL_KNOWN_BEFORE = timedelta(hours=6)


@dataclass(frozen=True)
class Leg:
    """One reported leg: `late_aircraft` is LateAircraftDelay in minutes, None when not filled."""

    leg_id: UUID
    day: int
    airline: str
    number: str
    tail: str | None
    origin: str
    destination: str
    sobt: datetime
    sibt: datetime
    aobt: datetime | None
    aibt: datetime | None
    cancelled: bool
    late_aircraft: int | None


def utc_minutes(flights: pd.DataFrame) -> dict[str, int]:
    """Each airport's offset from UTC, from the file itself.

    Scheduled arrival minus departure (local) minus scheduled block time is the difference of two
    offsets; the network hangs together, so one known airport fixes them all.
    """
    local = _minutes(flights.SCHEDULED_ARRIVAL) - _minutes(flights.SCHEDULED_DEPARTURE)
    east = (local - flights.SCHEDULED_TIME.astype(int) + 720) % 1440 - 720
    votes: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for origin, destination, minutes in zip(
        flights.ORIGIN_AIRPORT, flights.DESTINATION_AIRPORT, (east / 30).round() * 30, strict=True
    ):
        votes[origin, destination][int(minutes)] += 1
    steps: dict[str, dict[str, int]] = defaultdict(dict)
    for (origin, destination), vote in votes.items():
        minutes = vote.most_common(1)[0][0]
        steps[origin][destination], steps[destination][origin] = minutes, -minutes
    known, todo = {REFERENCE_AIRPORT: REFERENCE_UTC_MINUTES}, [REFERENCE_AIRPORT]
    while todo:
        origin = todo.pop()
        for destination, minutes in steps[origin].items():
            if destination not in known:
                offset = known[origin] + minutes
                known[destination] = offset + 1440 if offset < -720 else offset
                todo.append(destination)
    return known


def _minutes(hhmm: "pd.Series[Any]") -> "pd.Series[int]":
    return hhmm.str[:2].astype(int) * 60 + hhmm.str[2:].astype(int)


def read_legs() -> list[Leg]:
    flights = pd.concat(pd.read_parquet(path) for path in sorted(BTS.glob("*.parquet")))
    flights = flights[flights.SCHEDULED_TIME.notna()].reset_index(drop=True)
    offsets = utc_minutes(flights)
    flights["local"] = _minutes(flights.SCHEDULED_DEPARTURE)
    legs = []
    for row in flights.itertuples():
        sobt = datetime(2015, 1, int(row.DAY), tzinfo=UTC) + timedelta(
            minutes=int(row.local) - offsets[row.ORIGIN_AIRPORT]
        )
        sibt = sobt + timedelta(minutes=int(row.SCHEDULED_TIME))
        legs.append(
            Leg(
                name_uuid("test.leg", row.DAY, row.AIRLINE, row.FLIGHT_NUMBER, row.ORIGIN_AIRPORT),
                int(row.DAY), row.AIRLINE, str(row.FLIGHT_NUMBER),
                None if pd.isna(row.TAIL_NUMBER) else row.TAIL_NUMBER,
                row.ORIGIN_AIRPORT, row.DESTINATION_AIRPORT, sobt, sibt,
                _late(sobt, row.DEPARTURE_DELAY), _late(sibt, row.ARRIVAL_DELAY),
                bool(row.CANCELLED),
                None if pd.isna(row.LATE_AIRCRAFT_DELAY) else int(row.LATE_AIRCRAFT_DELAY),
            )
        )  # fmt: skip
    return legs


def _late(scheduled: datetime, minutes: Any) -> datetime | None:
    return None if pd.isna(minutes) else scheduled + timedelta(minutes=int(minutes))


def records(legs: list[Leg], tail_of: dict[UUID, str] | None = None) -> list[FlightRecord]:
    """The legs as one log of events in the order in which each fact became known.

    The schedule was published the day before. BTS gives the *operated* tail: it counts as known
    six hours before schedule. A cancellation has no time in the file: known at schedule. All
    records of a leg lie in one partition, and clock events end every partition.
    """
    facts: list[tuple[datetime, str, Leg | None, dict[str, Any]]] = []
    for leg in legs:
        tail = leg.tail if tail_of is None else tail_of.get(leg.leg_id)
        schedule = {
            "airline": leg.airline, "flight_number": leg.number,
            "departure_airport": leg.origin, "arrival_airport": leg.destination,
            "origin_date": date(2015, 1, leg.day), "sobt": leg.sobt, "sibt": leg.sibt,
        }  # fmt: skip
        facts.append((leg.sobt - timedelta(hours=24), "leg_scheduled", leg, schedule))
        if tail is not None:
            facts.append(
                (leg.sobt - TAIL_KNOWN_BEFORE, "aircraft_assigned", leg, {"registration": tail})
            )
        if leg.cancelled:
            facts.append((leg.sobt, "leg_cancelled", leg, {}))
            continue
        if leg.aobt is not None:
            facts.append((leg.aobt, "leg_departed", leg, {"aobt": leg.aobt}))
        if leg.aibt is not None:
            facts.append((leg.aibt, "leg_arrived", leg, {"aibt": leg.aibt}))
    end = max(fact[0] for fact in facts) + timedelta(hours=1)
    facts += [(end, "clock", None, {"lane": lane}) for lane in range(PARTITIONS)]
    facts.sort(key=lambda fact: fact[0])
    offsets: Counter[int] = Counter()
    log = []
    for occurred_at, kind, about, told in facts:
        partition = told.pop("lane") if about is None else about.leg_id.int % PARTITIONS
        leg_id = None if about is None else about.leg_id
        event_id = name_uuid("test.event", leg_id, kind, partition)
        cause = name_uuid("test.cause", leg_id)
        log.append(
            FlightRecord(
                1, partition, offsets[partition], event_id, kind, occurred_at, cause, leg_id, **told
            )
        )
        offsets[partition] += 1
    return log
