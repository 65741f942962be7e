"""The BTS days, read once for all tests of detection."""

import pytest

from domain.network_state import FlightRecord
from tests.bts import Leg, read_legs, records


@pytest.fixture(scope="session")
def bts_legs() -> list[Leg]:
    return read_legs()


@pytest.fixture(scope="session")
def bts_log(bts_legs: list[Leg]) -> list[FlightRecord]:
    return records(bts_legs)
