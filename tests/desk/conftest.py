"""Passengers who are owed EUR 250 each, and what an agent, a bank and time do with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.claims import Claim, ClaimEvent
from domain.ledger import obligation_key
from domain.ledger.position import Position
from domain.payments import BankDetails, Rate
from orchestration.stack import Stack
from streaming.desk import payments
from streaming.desk.answers import ReadIn, read
from streaming.desk.claims import standing, tell
from streaming.keyring import Keyring, MasterKey
from streaming.store import payments as stored
from streaming.store.audit import unbalanced
from streaming.store.database import connect
from streaming.store.derive_ledger import already_booked
from tests.assets.test_response import DAY, booked, flown, respond, scheduled
from tests.domain.payments.bank import DEBTOR, DUE, PAYEE
from tests.landing_rows import land
from tests.streaming.landing.conftest import MASTER_KEY

LATER = DAY + timedelta(days=30)
PASSENGERS = 4


@dataclass
class Desk:
    """One database with four claims, and what is done to them."""

    url: str
    connection: psycopg.Connection[Any]
    keyring: Keyring

    def key(self, passenger: int = 0) -> UUID:
        return _key(passenger)

    def tell(self, kind: str, passenger: int = 0, **facts: Any) -> Claim:
        facts = {"actor": "agent-1", "role": "agent", "occurred_at": LATER} | facts
        event = ClaimEvent(
            event_id=facts.pop("event_id", uuid4()), obligation_key=_key(passenger), kind=kind,
            **facts,
        )  # fmt: skip
        return tell(self.connection, event)

    def claim(self, passenger: int = 0) -> None:
        self.tell("claim", passenger, actor="p", role="passenger")

    def approve(self, passenger: int = 0, minor: int = 25_000) -> None:
        self.claim(passenger)
        self.tell("approve", passenger, amount_minor=minor, currency="EUR")

    def schedule(
        self, passenger: int = 0, details: BankDetails = PAYEE, rate: Rate | None = None
    ) -> Claim:
        payout = payments.Payout(details, DUE, rate)
        key = _key(passenger)
        return payments.schedule(self.connection, self.keyring, key, payout, "agent-1", LATER)[0]

    def export(self, form: str = "pain.001", currency: str = "EUR") -> payments.Exported | None:
        [due] = [one for one in stored.due(self.connection, DUE) if one.currency == currency]
        return payments.export(self.connection, self.keyring, DEBTOR, due, form, "agent-2", LATER)

    def read(self, content: bytes) -> ReadIn:
        return read(self.connection, content, "agent-2", LATER + timedelta(days=2))

    def state(self, passenger: int = 0) -> str:
        return standing(self.connection, _key(passenger)).claim.state

    def balances(self, passenger: int = 0) -> dict[str, int]:
        carried = already_booked(self.connection, [_key(passenger)])[_key(passenger)]
        position = Position.of(carried)
        assert position.contradictions() == []
        assert unbalanced(self.connection) == []
        return {name: minor for (name, _), minor in position.balances.items()}

    def status(self, passenger: int = 0) -> list[str]:
        rows = self.connection.execute(
            "select status from payments.instructions where obligation_key = %s order by attempt",
            (_key(passenger),),
        )
        return [row[0] for row in rows]

    def count(self, table: str) -> int:
        row = self.connection.execute(f"select count(*) from {table}").fetchone()
        assert row is not None
        return int(row[0])


def _key(passenger: int) -> UUID:
    told = booked(passenger, "late")
    assert told.passenger_ref is not None
    assert told.journey_id is not None
    return obligation_key(told.passenger_ref, told.journey_id)


@pytest.fixture(scope="package")
def owed_template(stack: Stack, migrated_template: str) -> Iterator[str]:
    """Four passengers who are owed, once for all tests."""
    url = stack.create_database(template=migrated_template.rpartition("/")[2])
    with connect(url, "test", autocommit=True) as connection:
        land(connection, "passenger.events", 0, [booked(p, "late") for p in range(PASSENGERS)])
        land(connection, "flight.events", 0, [scheduled("late", "AMS", "LHR", DAY)])
        land(connection, "flight.events", 0, flown("late", DAY, 200))
        respond(connection)
    yield url
    stack.drop_database(url)


@pytest.fixture
def desk(stack: Stack, owed_template: str) -> Iterator[Desk]:
    url = stack.create_database(template=owed_template.rpartition("/")[2])
    with connect(url, "test", autocommit=True) as connection:
        yield Desk(url, connection, Keyring(lambda: connect(url, "keys"), MasterKey(MASTER_KEY)))
    stack.drop_database(url)
