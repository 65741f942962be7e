"""Fresh topics and a database for each landing test, and landers as processes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any
from uuid import UUID, uuid5

import pytest

from domain.events import FlightEvent
from orchestration.stack import Stack
from streaming.broker import Broker, BrokerError, Publisher, TopicAdmin, read_to_end
from streaming.broker.registry import Registry
from streaming.cluster import Cluster
from streaming.codec import Codec
from streaming.keyring import Keyring, MasterKey
from streaming.landing import Lander, Sort
from streaming.producers import Producers
from streaming.store.audit import accounted_offsets
from streaming.store.database import connect
from streaming.topics import LANDING, TOPICS

START = datetime(2026, 6, 15, 6, tzinfo=UTC)
SPACE = UUID("11111111-2222-5333-8444-555555555555")
MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def departure(number: int) -> FlightEvent:
    """The `number`-th made-up departure."""
    when = START + timedelta(seconds=number)
    leg = uuid5(SPACE, str(number))
    return FlightEvent(
        event_id=uuid5(leg, "departed"), key=str(leg), kind="leg_departed", occurred_at=when,
        produced_at=when, source="test", correlation_id=leg, leg_id=leg, aobt=when,
    )  # fmt: skip


@dataclass
class Landing:
    """One test's topics, database and landers."""

    stack: Stack
    database_url: str
    producer: Producers = field(init=False)
    produced: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def cluster(self) -> Cluster:
        return self.stack.settings.cluster()

    @property
    def bootstrap_servers(self) -> str:
        return self.cluster.bootstrap_servers

    def produce(self, count: int, unreadable: int = 0) -> None:
        """Departures spread over the partitions by key, then unreadable records."""
        for number in range(self.produced, self.produced + count):
            self.producer.send(departure(number))
        for number in range(unreadable):
            self.producer.send_raw("flight.events", str(number).encode(), b"not avro")
        self.produced += count
        self.producer.flush()

    def lander(self, **given: object) -> subprocess.Popen[bytes]:
        """Start a lander; `kind` and `share` as in doomed_lander."""
        settings = {
            "database_url": self.database_url,
            "bootstrap_servers": self.bootstrap_servers,
            "registry_url": self.stack.settings.schema_registry_url,
            "master_key": MASTER_KEY,
            **given,
        }
        command = [sys.executable, "-m", "tests.streaming.landing.doomed_lander"]
        process = subprocess.Popen([*command, json.dumps(settings)], stdout=subprocess.PIPE)
        self.processes.append(process)
        return process

    def codec(self) -> Codec:
        return Codec(Registry(str(self.stack.settings.schema_registry_url)))

    def keyring(self) -> Keyring:
        return Keyring(lambda: connect(self.database_url, "keys"), MasterKey(MASTER_KEY))

    def here(self, **given: Any) -> Lander:
        """A lander in this process."""
        return Lander(
            lambda: connect(self.database_url, "lander"), Broker(self.cluster),
            Sort(self.codec(), self.keyring()), LANDING, "test", **given,
        )  # fmt: skip

    def land(self, records: int, **given: Any) -> None:
        """Land in this process until so many records are accounted for in all."""
        stop = Signal()
        thread = Thread(target=self.here(**given).run, args=(stop,))
        thread.start()
        deadline = time.monotonic() + 30
        while self.accounted() != records and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        stop.set()
        thread.join()
        assert self.accounted() == records

    def accounted(self) -> int:
        """Rows and dead letters of all topics."""
        tables = [topic.table for topic in LANDING] + ["dead_letters"]
        return sum(self.query(f"select count(*) from landed.{table}")[0][0] for table in tables)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with connect(self.database_url, "test") as connection:
            return connection.execute(statement, values).fetchall()

    def make_anew(self, *topics: str) -> None:
        """Delete the topics and make them again, each under another id; with another producer."""
        broker = Broker(self.cluster)
        for topic in topics:
            broker.delete_topic(topic)
        deadline = time.monotonic() + 20
        while True:
            with suppress(BrokerError):  # the old ones are still being removed
                broker.ensure_topics(TOPICS.values())
                # Until the old logs are gone, a broker takes records for them by the same name.
                if not any(broker.ends(broker.identities(topics).values()).values()):
                    break
            assert time.monotonic() < deadline, "the old topics are still there"
            time.sleep(0.02)
        # librdkafka's producer takes a topic made anew for the old one (its issue 4898).
        self.producer = Producers(Publisher(self.cluster), self.codec())

    def let_producers_stamp(self, topic: str) -> None:
        """CreateTime, as on topics that others make; and no record is too old to be kept."""
        TopicAdmin(self.cluster).set(
            topic, {"message.timestamp.type": "CreateTime", "retention.ms": "-1"}
        )
        time.sleep(0.5)  # told of is not in force: the log takes it over a moment later

    def on_kafka(self) -> dict[int, set[int]]:
        """Offsets per partition of flight.events that an independent consumer sees."""
        partitions = range(TOPICS["flight.events"].partitions)
        found: dict[int, set[int]] = {partition: set() for partition in partitions}
        for record in read_to_end(self.cluster, "flight.events", *partitions):
            found[record.partition].add(record.offset)
        return found

    def landed(self) -> dict[int, list[int]]:
        """Offsets per partition in PostgreSQL, rows and dead letters, duplicates kept."""
        with connect(self.database_url, "test") as connection:
            rows = connection.execute(
                'select partition, "offset" from landed.flight_events union all'
                ' select partition, "offset" from landed.dead_letters'
            ).fetchall()
        found: dict[int, list[int]] = {p: [] for p in range(TOPICS["flight.events"].partitions)}
        for partition, offset in rows:
            found[partition].append(offset)
        return found

    def execute(self, statement: str) -> None:
        with connect(self.database_url, "test") as connection:
            connection.execute(statement)

    def drop_the_primary_key(self) -> None:
        self.execute("alter table landed.flight_events drop constraint pk_flight_events")

    def wait_until_landed(self, seconds: float = 60) -> None:
        """Until each record produced is there, rows and dead letters, or the time is up."""
        deadline = time.monotonic() + seconds
        expected = sum(map(len, self.on_kafka().values()))
        while sum(map(len, self.landed().values())) < expected and time.monotonic() < deadline:
            time.sleep(0.2)

    def wait_until_accounted(self, records: int, seconds: float = 30) -> None:
        """Until so many records of all logs are there, or the time is up."""
        deadline = time.monotonic() + seconds
        while self.accounted() < records and time.monotonic() < deadline:
            time.sleep(0.1)

    def assert_exactly_once(self) -> None:
        """Every offset on Kafka is in PostgreSQL, once."""
        landed = self.landed()
        for partition, offsets in self.on_kafka().items():
            assert sorted(landed[partition]) == sorted(offsets), f"partition {partition}"

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


@pytest.fixture
def landing(stack: Stack, migrated_url: str) -> Iterator[Landing]:
    """Empty topics (made anew, so another topic id) and an empty database."""
    one = Landing(stack, migrated_url)
    one.make_anew(*(topic.name for topic in LANDING))
    yield one
    one.close()


__all__ = ["Landing", "accounted_offsets", "departure", "landing"]
