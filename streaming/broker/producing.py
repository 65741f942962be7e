"""Producing: idempotent, acknowledged by all, bounded, and in order also while a topic grows."""

from collections import Counter
from collections.abc import Callable, Set
from functools import partial
from operator import attrgetter
from time import monotonic, sleep
from types import TracebackType
from typing import Any, NamedTuple, Self

from confluent_kafka import KafkaError, KafkaException, Producer

from streaming.broker.client import Ear, make
from streaming.broker.errors import BrokerError, DeliveryFailed
from streaming.broker.messages import SECONDS, SETTINGS, Message, produce
from streaming.broker.refusals import failure
from streaming.broker.topic_admin import TopicAdmin
from streaming.cluster import Cluster

SEALED_SECONDS = 300.0
"""How long it is waited for a topic that is being grown."""
LOOK_SECONDS = 0.5
_REFUSED_WHILE_SEALED = {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError._PURGE_QUEUE}


class _Refused(NamedTuple):
    """A message that was not taken; `again`: it was sent again to a topic that was open.

    `number` is its place among all: what is taken back is told of before what was under way.
    """

    number: int
    message: Message
    again: bool
    error: KafkaError


class Publisher:
    """Sends at once and keeps count; what could not be delivered is raised, never forgotten.

    What waits to be acknowledged is bounded by number and bytes: when the broker is slow or away,
    the caller of `send` waits too. The client sends again by itself, in order and without doubles,
    until a message has waited for five minutes. As a context manager it flushes at the end.

    A topic that is sealed, because it is being grown (`streaming.provisioning.growing`), refuses
    messages: those are kept in their order and sent again when it is open, and the caller waits.
    """

    def __init__(
        self,
        cluster: Cluster,
        name: str = "knockon-publisher",
        *,
        most_messages: int = 100_000,
        most_kbytes: int = 65_536,
    ) -> None:
        self._cluster = cluster
        self._ear = Ear(cluster)
        bounds = {
            "queue.buffering.max.messages": most_messages,
            "queue.buffering.max.kbytes": most_kbytes,
        }
        self._settings = {**SETTINGS, **bounds, "client.id": name}
        self._producer = make(Producer, self._ear, self._settings)
        self._refused: list[_Refused] = []
        self._unsaid = Counter[str]()
        self._first: tuple[str, KafkaError] | None = None
        self._taken = 0
        self.delivered = 0
        self.failed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()

    @property
    def waiting(self) -> int:
        """How many messages are handed over and not acknowledged."""
        return self._taken - self.delivered - self.failed

    def send(self, message: Message) -> None:
        """Hand over one message; waits while the buffer is full.

        What it raises is told before the message is taken. Raises DeliveryFailed or NotAuthorised
        when earlier messages were given up; AuthenticationFailed or CertificateRefused while the
        cluster does not let us in: what was handed over stays, and goes out when it does again.
        """
        self._hear(0)
        self._hand_over(message, partial(self._heard, self._taken, message, False))
        self._taken += 1

    def _hand_over(self, message: Message, heard: Callable[..., None]) -> None:
        while True:
            try:
                return produce(self._producer, message, heard)
            except BufferError:
                self._hear(0.1)
            except KafkaException as error:
                topic = message.topic
                raise failure(self._cluster, error.args[0], topic, "WRITE", topic) from error

    def flush(self) -> None:
        """Wait until all is acknowledged. Raises as `send` does."""
        deadline = monotonic() + SECONDS
        while self.waiting:
            self._hear(0.1)
            if monotonic() > deadline:
                raise DeliveryFailed(
                    f"{self.waiting} messages were not acknowledged in {SECONDS:g} s"
                )
        self._hear(0)

    def _hear(self, seconds: float) -> None:
        """Be told what became of messages, and raise what has to be said."""
        try:
            self._producer.poll(seconds)
        except KafkaException as error:  # fatal: this producer sends nothing any more
            what = "nothing can be produced"
            raise failure(self._cluster, error.args[0], what, "IDEMPOTENT_WRITE", "") from error
        if self._refused:
            self._send_again()
        if self._first is not None:
            (topic, first), self._first = self._first, None
            said, self._unsaid = self._unsaid, Counter()
            counts = ", ".join(f"{count} to {name}" for name, count in sorted(said.items()))
            what = f"messages not delivered: {counts}; first"
            found = failure(self._cluster, first, what, "WRITE", topic)
            raise DeliveryFailed(str(found)) if type(found) is BrokerError else found
        self._ear.raise_heard()

    def _heard(
        self, number: int, sent: Message, again: bool, error: KafkaError | None, _: Any
    ) -> None:
        if error is None:
            self.delivered += 1
        elif error.code() in _REFUSED_WHILE_SEALED:
            self._refused.append(_Refused(number, sent, again, error))
        else:
            self._fail(sent.topic, error)

    def _fail(self, topic: str, error: KafkaError) -> None:
        self.failed += 1
        self._unsaid[topic] += 1
        if self._first is None:
            self._first = (topic, error)

    def _send_again(self) -> None:
        """Send what a sealed topic has refused, in its order, before anything newer goes out.

        What still waits in the client is taken back behind it, and what is under way is waited
        for: it is acknowledged, or refused too. A new client then, since the old one may not know
        how many partitions there are now. What an open topic refuses again is simply too large.
        """
        self._producer.purge(in_queue=True, in_flight=False)
        while self.waiting > len(self._refused):
            self._producer.poll(0.1)
        sealed = self._wait_until_open({one.message.topic for one in self._refused})
        self._producer = make(Producer, self._ear, self._settings)
        refused, self._refused = sorted(self._refused, key=attrgetter("number")), []
        for number, message, again, error in refused:
            was_open = message.topic not in sealed
            if again and was_open:
                self._fail(message.topic, error)
            else:
                self._hand_over(message, partial(self._heard, number, message, was_open))

    def _wait_until_open(self, topics: Set[str]) -> set[str]:
        """Which of the topics were sealed when first asked. Raises DeliveryFailed after a while."""
        admin, deadline = TopicAdmin(self._cluster), monotonic() + SEALED_SECONDS
        ever: set[str] = set()
        while sealed := {name for name, one in admin.existing(topics).items() if one.sealed}:
            ever |= sealed
            if monotonic() > deadline:
                raise DeliveryFailed(
                    f"{', '.join(sorted(sealed))} took no records for {SEALED_SECONDS:g} s: a"
                    " `knockon topics migrate` was cut off; run it again, and then this"
                )
            sleep(LOOK_SECONDS)
        return ever
