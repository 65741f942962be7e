"""Sends the records of dead letters once more, each to be landed once, whatever is killed.

The record goes to its topic as it was, with a header that names the letter. Before anything is
sent, PostgreSQL knows the partitions in which landers must look for that header, and the letters
that may be named there; the lander that lands a first copy links it to the letter, and a further
copy is a dead letter itself. Batches are transactions of one name: a command that starts fences the
one before it, so that nothing of a killed one can arrive later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from streaming.broker import LARGEST_BYTES, Broker, Message, TopicIdentity, TransactionalPublisher
from streaming.dead_letters.errors import DeadLetterError
from streaming.dead_letters.opening import Opened, Opening
from streaming.headers import REPLAY_OF
from streaming.store import dead_letters as stored
from streaming.store.database import Connection
from streaming.store.derive_wake import claim
from streaming.store.intervals import register_kafka_log
from streaming.topics import LANDING

DUTY = "replay dead letters"
TRANSACTIONAL_ID = "knockon-dead-letters"
MOST_LETTERS = 200
OVERHEAD_BYTES = 512


@dataclass(slots=True)
class Replayed:
    """What was done: sent letters by id, and how many could not be."""

    sent: list[UUID] = field(default_factory=list)
    erased: int = 0
    too_large: int = 0
    decided_meanwhile: int = 0


class Replaying:
    """Works as `by`; `connection` is in autocommit. `at` is called at named points, for tests."""

    def __init__(
        self,
        connection: Connection,
        broker: Broker,
        opening: Opening,
        by: str,
        *,
        at: Callable[[str], None] = lambda point: None,
    ) -> None:
        self._connection = connection
        self._broker = broker
        self._opening = opening
        self._by = by
        self._at = at

    def __call__(self, ids: Sequence[UUID], hear: Callable[[int], None]) -> Replayed:
        """Send the letters with these ids; `hear` is told how many are done.

        Raises DeadLetterError when another replay is being sent, BrokerError when Kafka refuses.
        """
        if not claim(self._connection, DUTY):
            raise DeadLetterError("another replay of dead letters is at work: wait for its end")
        topics = self._broker.identities(topic.name for topic in LANDING)
        logs = {
            name: register_kafka_log(self._connection, found.cluster_id, found.topic_id, name)
            for name, found in topics.items()
        }
        largest = self._broker.largest_bytes(topics)
        publisher = TransactionalPublisher(self._broker.cluster, TRANSACTIONAL_ID)
        done = Replayed()
        rest = iter(ids)
        while chunk := list(islice(rest, MOST_LETTERS)):
            messages = self._messages(chunk, topics, largest, done)
            for topic in {message.topic for message in messages.values()}:
                partitions = range(topics[topic].partitions)
                stored.open_windows(self._connection, logs[topic], partitions)
            begun = stored.begin_replay(self._connection, messages.keys(), self._by)
            done.decided_meanwhile += len(messages) - len(begun)
            self._at("before_send")
            if begun:
                publisher.publish(messages[letter] for letter in messages if letter in begun)
            self._at("after_send")
            stored.sent(self._connection, begun)
            done.sent += begun
            hear(len(chunk))
        # Those of killed commands too: what they had open was aborted when this one started.
        ends = self._broker.ends(topics.values(), committed=False)
        stored.close_windows(
            self._connection, {(logs[name], part): end for (name, part), end in ends.items()}
        )
        return done

    def _messages(
        self,
        ids: Sequence[UUID],
        topics: dict[str, TopicIdentity],
        largest: dict[str, int],
        done: Replayed,
    ) -> dict[UUID, Message]:
        """What is to be sent, by letter; counts what cannot be."""
        messages: dict[UUID, Message] = {}
        for one in self._opening(stored.contents(self._connection, ids)):
            if not isinstance(one, Opened):
                done.erased += 1
                continue
            message = _message(one, topics[one.topic].partitions)
            if message.size + OVERHEAD_BYTES > min(largest[one.topic], LARGEST_BYTES):
                done.too_large += 1
                continue
            messages[one.dead_letter_id] = message
        return messages


def _message(opened: Opened, partitions: int) -> Message:
    """The record as it was, to its own partition; by its key where the topic has fewer now."""
    said = [(name, value) for name, value in opened.headers if name != REPLAY_OF]
    said.append((REPLAY_OF, str(opened.dead_letter_id).encode()))
    partition = opened.partition if opened.partition < partitions else None
    return Message(opened.topic, opened.key, opened.value, said, partition)
