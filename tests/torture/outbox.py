"""An outbox with numbered entries in it, and what the checker says of them on Kafka."""

import time
from collections.abc import Iterable
from uuid import uuid5

from domain.events import DeadLetter
from streaming.store.database import connect
from streaming.store.landing import put_in_outbox
from tests.streaming.landing.conftest import SPACE, START
from tests.torture import checker
from tests.torture.conftest import Ground

TOPIC = "dead.letter.queue"


class Outbox:
    """What was queued on a ground."""

    def __init__(self, ground: Ground) -> None:
        ground.landing.make_anew(TOPIC)
        self._url = ground.landing.database_url
        self._bootstrap_servers = ground.landing.bootstrap_servers
        self.queued: dict[str, tuple[str, int]] = {}

    def queue(self, count: int) -> None:
        """Entries of a few keys, one transaction each: their order is the order of the keys."""
        with connect(self._url, "test", autocommit=True) as connection:
            for number in range(len(self.queued), len(self.queued) + count):
                letter, key = uuid5(SPACE, f"letter {number}"), f"flight.events/{number % 6}"
                event = DeadLetter(
                    event_id=letter, key=key, kind="dead_letter", occurred_at=START,
                    produced_at=START, source="torture", correlation_id=letter,
                    dead_letter_id=letter, origin_cluster_id="c", origin_topic_id="t",
                    origin_topic="flight.events", origin_partition=number % 6,
                    origin_offset=number, payload=b"\x00", payload_sealed=False,
                    error_type="undecodable", reason="torture",
                )  # fmt: skip
                entry = (letter, key, event.model_dump_json().encode(), {})
                put_in_outbox(connection, TOPIC, [entry])
                self.queued[str(letter)] = (key, number)

    def left(self) -> int:
        with connect(self._url, "test") as connection:
            (left,) = connection.execute("select count(*) from outbox.entries").fetchone() or (0,)
        return int(left)

    def wait_until_empty(self, seconds: float = 60) -> None:
        """Until all are published and forgotten, or the time is up."""
        deadline = time.monotonic() + seconds
        while self.left() and time.monotonic() < deadline:
            time.sleep(0.05)

    def visible(self, sequences: Iterable[int]) -> int:
        """How many entries of these numbers another consumer sees."""
        messages = checker.read(self._bootstrap_servers, TOPIC)
        seen = {int(dict(message.headers())["outbox-sequence"]) for message in messages}
        return len(seen & set(sequences))

    def verdict(self) -> checker.Verdict:
        return checker.relaying(self._bootstrap_servers, TOPIC, self.queued)
