"""A landed log of one airline's two days, a database for it, and the detector's own role."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.detection import Finding, Fold
from domain.detection.rotation import AircraftRotation
from domain.network_state import FlightRecord
from orchestration.stack import Stack
from streaming.settings import role_password
from streaming.store.database import Connection, connect
from streaming.store.derive import copy_rows
from streaming.store.intervals import register_kafka_log
from streaming.store.roles import create_roles
from tests.bts import PARTITIONS, read_legs, records

ROLE, SECRET = "knockon_detector", "secret of the test"


@pytest.fixture(scope="session")
def airline_log() -> list[FlightRecord]:
    """JetBlue, 1 and 2 January 2015: 1,500 legs, 6,000 records in six partitions."""
    return records([leg for leg in read_legs() if leg.airline == "B6"])


@pytest.fixture(scope="session")
def found_in_memory(airline_log: list[FlightRecord]) -> list[Finding]:
    """What the fold finds when it is given the log in one piece, in memory."""
    return Fold(AircraftRotation(PARTITIONS)).feed(airline_log)


@pytest.fixture
def expected(store: "Store", found_in_memory: list[Finding]) -> list[Finding]:
    """The same, with the id that this test's database gave to the log."""
    return [
        replace(f, evidence=tuple(f"{store.log_id}/{e.partition('/')[2]}" for e in f.evidence))
        for f in found_in_memory
    ]


@dataclass
class Store:
    """One test's database: `owner` lands in it, `connect()` is a session of the detector's role."""

    owner: Connection
    detector_url: str
    log_id: int

    def connect(self) -> Connection:
        return connect(self.detector_url, "test-detector", autocommit=True)

    def land(self, log: Sequence[FlightRecord], log_id: int | None = None) -> None:
        """Rows and ends in one transaction, as the lander does; records in offset order."""
        log_id = self.log_id if log_id is None else log_id
        ends: dict[int, int] = defaultdict(int)
        rows = []
        for record in log:
            ends[record.partition] = max(ends[record.partition], record.offset + 1)
            rows.append({**_ENVELOPE, **record._asdict(), "log_id": log_id})
        with self.owner.transaction():
            copy_rows(self.owner, "landed.flight_events", rows)
            for partition, next_offset in ends.items():
                self.owner.execute(
                    "insert into logs.ends (log_id, partition, next_offset) values (%s, %s, %s)"
                    " on conflict (log_id, partition) do update"
                    " set next_offset = excluded.next_offset",
                    (log_id, partition, next_offset),
                )
            self.owner.execute("select pg_notify('landed', 'flight.events')")

    def one(self, query: str, *parameters: Any) -> Any:
        row = self.owner.execute(query, parameters).fetchone()
        return None if row is None else row[0]


_ENVELOPE = {
    "recorded_at": datetime(2015, 1, 3, tzinfo=UTC),
    "landed_at": datetime(2015, 1, 3, tzinfo=UTC),
    "produced_at": datetime(2015, 1, 3, tzinfo=UTC),
    "schema_id": 1,
    "schema_version": 1,
    "key": "a leg",
    "source": "test",
    "causation_id": None,
}


@pytest.fixture
def store(stack: Stack, migrated_url: str) -> Iterator[Store]:
    password = role_password(SECRET, ROLE)
    _, _, address = migrated_url.partition("://")[2].rpartition("@")
    with connect(migrated_url, "test-owner", autocommit=True) as owner:
        create_roles(owner, {ROLE: password})
        log_id = register_kafka_log(owner, "test cluster", "test topic", "flight.events")
        yield Store(owner, f"postgresql://{ROLE}:{password}@{address}", log_id)
