"""Dead letters that can be mended: PostgreSQL refuses tails of G-BAD until it is told otherwise."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from orchestration.verify.offsets import offsets_accounted
from streaming.broker import Broker, Message, Publisher
from streaming.dead_letters import Opening, Replayed, Replaying
from streaming.keyring import Keyring
from streaming.store import dead_letters as stored
from streaming.store.database import connect
from tests.streaming.landing.conftest import Landing, departure, landing

TOPIC = "flight.events"
TRACE = ("trace", b"\xff\x00")


@dataclass
class Desk:
    """An operator before one test's stack."""

    landing: Landing

    def send(self, topic: str, *messages: tuple[bytes | None, list[tuple[str, Any]]]) -> None:
        publisher = Publisher(self.landing.cluster)
        for value, headers in messages:
            publisher.send(Message(topic, b"one key", value, headers))
        publisher.flush()

    def send_bad(self, count: int) -> None:
        """Records that PostgreSQL refuses, with headers of their own."""
        codec = self.landing.codec()
        values = [
            codec.encode(TOPIC, departure(n).model_copy(update={"registration": f"G-BAD{n}"}))
            for n in range(count)
        ]
        self.send(TOPIC, *((value, [TRACE]) for value in values))

    def refuse(self) -> None:
        self.landing.execute(
            "alter table landed.flight_events add constraint no_bad_tails"
            " check (registration not like 'G-BAD%') not valid"
        )

    def mend(self) -> None:
        self.landing.execute("alter table landed.flight_events drop constraint no_bad_tails")

    def replay(
        self, keyring: Keyring | None = None, ids: Sequence[UUID] = (), **which: Any
    ) -> Replayed:
        filtered = stored.Filter(**{"state": "open"} | which)
        with connect(self.landing.database_url, "test", autocommit=True) as connection:
            opening = Opening(keyring, actor="test", purpose="test")
            replaying = Replaying(connection, Broker(self.landing.cluster), opening, "somebody")
            return replaying(ids or stored.chosen(connection, filtered), lambda done: None)

    def discard(self, letter: UUID) -> None:
        with connect(self.landing.database_url, "test", autocommit=True) as connection:
            assert stored.discard(connection, [letter], "somebody", "a test") == 1

    def killed_replay(self, die_at: str) -> None:
        given = {
            "database_url": self.landing.database_url,
            "bootstrap_servers": self.landing.bootstrap_servers,
            "die_at": die_at,
        }
        command = [sys.executable, "-m", "tests.streaming.dead_letters.doomed_replay"]
        done = subprocess.run([*command, json.dumps(given)], timeout=60)
        assert done.returncode == -9

    def letters(self, **which: Any) -> Sequence[stored.Letter]:
        with connect(self.landing.database_url, "test") as connection:
            return stored.letters(connection, stored.Filter(**which))

    def states(self) -> dict[UUID, str]:
        return {one.dead_letter_id: one.state for one in self.letters()}

    def tails(self) -> list[str]:
        rows = self.landing.query(
            "select registration from landed.flight_events where registration is not null"
            " order by registration"
        )
        return [row[0] for row in rows]

    def assert_accounted(self) -> None:
        with connect(self.landing.database_url, "test", autocommit=True) as connection:
            verdict = offsets_accounted(connection, Broker(self.landing.cluster))
        assert verdict.holds, verdict.broken


@pytest.fixture
def desk(landing: Landing) -> Desk:
    return Desk(landing)


__all__ = ["desk", "landing"]
