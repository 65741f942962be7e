"""A small day in a migrated database, and dbt as role knockon_dbt on it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from assets import marts_project
from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from domain.events import FlightEvent, PassengerEvent
from domain.identity import name_uuid
from orchestration.stack import Stack
from streaming.derivation import NothingPending, run
from streaming.settings import Settings
from streaming.store.database import connect
from streaming.store.migration import migrate
from tests.landing_rows import SEALED, land

SOBT = datetime(2026, 6, 15, 8, tzinfo=UTC)
LATE = timedelta(minutes=200)
PASSWORDS = {"knockon_dbt": "dbt's own", "knockon_analyst": "analyst's own"}

Dbt = Callable[..., subprocess.CompletedProcess[str]]


def leg_id(number: int) -> UUID:
    return name_uuid("leg", number)


def flight(number: int, kind: str, at: datetime, **facts: Any) -> FlightEvent:
    return FlightEvent(
        event_id=name_uuid("event", number, kind), key=str(number), kind=kind, occurred_at=at,
        produced_at=at, source="test", correlation_id=name_uuid("correlation", number),
        leg_id=leg_id(number), **facts,
    )  # fmt: skip


def day() -> list[FlightEvent]:
    """Leg 0 on time, leg 1 late by 200 minutes, leg 2 cancelled; Amsterdam to Rome."""
    legs = [
        flight(
            number, "leg_scheduled", SOBT - timedelta(days=20), airline="KL",
            flight_number=f"10{number}", departure_airport="AMS", arrival_airport="FCO",
            origin_date=SOBT.date(), sobt=SOBT, sibt=SOBT + timedelta(hours=2),
            operating_licence="eu",
        )
        for number in range(3)
    ]  # fmt: skip
    for number, late in ((0, timedelta()), (1, LATE)):
        aibt = SOBT + timedelta(hours=2) + late
        legs.append(flight(number, "leg_departed", SOBT + late, aobt=SOBT + late))
        legs.append(flight(number, "leg_arrived", aibt, aibt=aibt, doors_open_at=aibt))
    legs.append(flight(2, "leg_cancelled", SOBT, irregularity_cause="technical_routine"))
    return legs


def booked(number: int) -> PassengerEvent:
    """A passenger on the late leg."""
    at = SOBT - timedelta(days=10)
    return PassengerEvent(
        event_id=name_uuid("booked", number), key=str(name_uuid("passenger", number)),
        kind="journey_booked", occurred_at=at, produced_at=at, source="test",
        correlation_id=name_uuid("correlation", "passenger", number),
        passenger_ref=name_uuid("passenger", number), journey_id=name_uuid("journey", number),
        leg_ids=(leg_id(1),), sealed=SEALED, fare_type="public", passenger_type="adult",
        checked_in=True,
    )  # fmt: skip


def call_dbt(url: str, directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = Settings(state_dir=directory, database_url=url, role_passwords=PASSWORDS)
    return subprocess.run(
        [str(marts_project.DBT), *words],
        env={**os.environ, **marts_project.environment(settings)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def dbt_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for the session, so that the project is parsed once."""
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="session")
def built(
    stack: Stack, migrated_template: str, dbt_directory: Path
) -> Iterator[tuple[str, subprocess.CompletedProcess[str]]]:
    """A database to copy from, landed, answered and built once; and what dbt said."""
    url = stack.create_database(template=migrated_template.rpartition("/")[2])
    migrate(url, PASSWORDS)
    with connect(url, "test", autocommit=True) as connection:
        land(connection, "passenger.events", 0, [booked(number) for number in range(2)])
        land(connection, "flight.events", 0, day())
        for derivation in (DISRUPTIONS, PASSENGER_IMPACTS, ASSESSMENTS, LEDGER):
            while not isinstance(run(connection, derivation), NothingPending):
                pass
    yield url, call_dbt(url, dbt_directory, "build")
    stack.drop_database(url)


@pytest.fixture
def url(stack: Stack, built: tuple[str, subprocess.CompletedProcess[str]]) -> Iterator[str]:
    """A copy of the built database for one test; the URL is the owner's."""
    copy = stack.create_database(template=built[0].rpartition("/")[2])
    yield copy
    stack.drop_database(copy)


@pytest.fixture
def owner(url: str) -> Iterator[psycopg.Connection[Any]]:
    """The owner's session with the copy."""
    with connect(url, "test", autocommit=True) as connection:
        yield connection


@pytest.fixture
def dbt(url: str, dbt_directory: Path) -> Dbt:
    """Runs dbt with these words on the test's database; output and all."""
    return partial(call_dbt, url, dbt_directory)
