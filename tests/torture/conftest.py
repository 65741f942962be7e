"""Fresh topics, a database and a ledger of what was produced; and the table at the end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid5

import pytest

from domain.events import FlightEvent
from domain.network_state import FlightRecord
from orchestration.stack import Stack
from streaming.broker import Broker
from streaming.store.database import Unavailable
from streaming.store.errors import StoreError
from tests.streaming.detect.conftest import Store, airline_log, store
from tests.streaming.landing.conftest import MASTER_KEY, SPACE, START, Landing, landing
from tests.torture import checker, doomed, table
from tests.torture.detecting import Watch
from tests.torture.killing import Child

KEYS = 24


@dataclass
class Ground:
    """One test's topics and database, what was produced there, and the children at work."""

    landing: Landing
    produced: dict[str, tuple[str, int]] = field(default_factory=dict)
    unreadable: int = 0
    children: list[Child] = field(default_factory=list)

    @property
    def topic_id(self) -> str:
        """Of flight.events as it is now."""
        found = Broker(self.landing.cluster).identities(["flight.events"])
        return found["flight.events"].topic_id

    def produce(self, count: int, unreadable: int = 0) -> None:
        """Numbered events of a few keys, acknowledged when this returns."""
        for number in range(len(self.produced), len(self.produced) + count):
            self.send(number)
        for _ in range(unreadable):
            self.unreadable += 1
            key = str(self.unreadable).encode()
            self.landing.producer.send_raw("flight.events", key, b"not avro")
        self.landing.producer.flush()

    def send(self, number: int) -> None:
        """Hand over the event of this number."""
        event = numbered(number)
        self.produced[str(event.event_id)] = (event.key, number)
        self.landing.producer.send(event)

    def start(self, work: Callable[..., None], **given: Any) -> Child:
        """A doomed worker on this ground."""
        child = Child(
            work,
            doomed.Given(
                **{
                    "database_url": self.landing.database_url,
                    "bootstrap_servers": self.landing.bootstrap_servers,
                    "registry_url": str(self.landing.stack.settings.schema_registry_url),
                    "master_key": MASTER_KEY,
                    **given,
                }
            ),
        )
        self.children.append(child)
        return child

    def landed(self) -> int:
        """Rows and dead letters; -1 while PostgreSQL does not answer."""
        try:
            return self.landing.accounted()
        except (StoreError, Unavailable):
            return -1

    def recovers(self, since: float, landed: int, seconds: float = 60) -> float:
        """Seconds from `since` until more than `landed` are there."""
        deadline = time.monotonic() + seconds
        while self.landed() <= landed:
            assert time.monotonic() < deadline, "nothing is landed any more"
            time.sleep(0.01)
        return time.monotonic() - since

    def verdict(self) -> checker.Verdict:
        """What the checker says of everything up to now."""
        return checker.landing(
            self.landing.bootstrap_servers,
            self.landing.database_url,
            self.topic_id,
            self.produced,
            self.unreadable,
        )

    def drain(self, seconds: float = 60, **given: Any) -> checker.Verdict:
        """Let one more lander finish, then ask the checker."""
        last = self.start(doomed.land, **given)
        self.wait_until_landed(seconds)
        last.kill()
        return self.verdict()

    def wait_until_landed(self, seconds: float = 60) -> None:
        """Until as many are landed as were produced, or the time is up."""
        deadline = time.monotonic() + seconds
        expected = len(self.produced) + self.unreadable
        while self.landed() < expected and time.monotonic() < deadline:
            time.sleep(0.05)


def numbered(number: int) -> FlightEvent:
    """The `number`-th event; its number can be read off `aobt`."""
    leg, when = uuid5(SPACE, f"leg {number % KEYS}"), START + timedelta(seconds=number)
    return FlightEvent(
        event_id=uuid5(leg, str(number)), key=str(leg), kind="leg_departed", occurred_at=when,
        produced_at=when, source="torture", correlation_id=leg, leg_id=leg, aobt=when,
    )  # fmt: skip


@pytest.fixture
def ground(landing: Landing) -> Iterator[Ground]:
    """Empty topics and an empty database."""
    one = Ground(landing)
    yield one
    for child in one.children:
        child.kill()


@pytest.fixture
def watch(store: Store, airline_log: list[FlightRecord]) -> Iterator[Watch]:
    """A detector's empty database, and a log to land in it."""
    one = Watch(store, airline_log)
    yield one
    one.close()


@pytest.fixture
def undisturbed_url(stack: Stack, migrated_template: str) -> Iterator[str]:
    """A second database, for a run that nothing disturbs."""
    url = stack.create_database(template=migrated_template.rpartition("/")[2])
    yield url
    stack.drop_database(url)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if table.SCENARIOS and terminalreporter.config.option.markexpr == "torture":
        terminalreporter.write_line(table.page())
        table.keep()


__all__ = ["airline_log", "landing", "store"]
