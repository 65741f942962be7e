"""Reading partitions at given offsets, in batches; where to read is for the caller to know."""

from collections.abc import Iterator, Mapping
from time import monotonic
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from streaming.broker.client import Ear, make
from streaming.broker.errors import BrokerError, RecordsGone
from streaming.broker.fetched import Columns, Place, Record, columns, record
from streaming.broker.refusals import failure
from streaming.cluster import Cluster

SECONDS = 15.0


class Reader:
    """Committed records of the assigned partitions; no consumer group is used, `name` is ours."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self._ear = Ear(cluster)
        self._consumer = make(
            Consumer,
            self._ear,
            {
                "group.id": name,
                "client.id": name,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "isolation.level": "read_committed",
                # Offsets come from PostgreSQL; one that is gone is an error, never a jump.
                "auto.offset.reset": "error",
                # The default of a second caps how fast a backlog drains (librdkafka).
                "fetch.queue.backoff.ms": 10,
                "fetch.wait.max.ms": 50,
                "queued.max.messages.kbytes": 32_768,
            },
        )

    def assign(self, offsets: Mapping[Place, int]) -> None:
        """Read exactly these partitions, each from its offset."""
        self._consumer.assign(
            [TopicPartition(topic, partition, at) for (topic, partition), at in offsets.items()]
        )

    def fetch(self, most: int, seconds: float) -> list[Columns]:
        """Up to `most` records by topic, waiting `seconds` at the longest.

        Raises:
            RecordsGone: the offset to read is not there any more; names the partition.
            BrokerError: Kafka refuses for good, as AuthenticationFailed, CertificateRefused or
                NotAuthorised where it is that; passing troubles are retried by the client.
        """
        try:
            messages = self._consumer.consume(most, seconds)
        except KafkaException as error:
            raise BrokerError(str(error.args[0].str())) from error
        self._ear.raise_heard()
        if any(map(Message.error, messages)):
            messages = [message for message in messages if _fit(self._cluster, message)]
        return columns(messages)

    def position(self, topic: str, partition: int) -> int | None:
        """The offset after the last one consumed, transaction markers included; None before."""
        at = self._consumer.position([TopicPartition(topic, partition)])[0].offset
        return int(at) if at >= 0 else None

    def watermarks(self, topic: str, partition: int) -> tuple[int, int]:
        """First offset kept, and the offset after the last committed record."""
        try:
            low, high = self._consumer.get_watermark_offsets(
                TopicPartition(topic, partition), timeout=SECONDS
            )
        except KafkaException as error:
            what = f"{topic}/{partition}"
            raise failure(self._cluster, error.args[0], what, "DESCRIBE", topic) from error
        return int(low), int(high)

    def close(self) -> None:
        """Leave."""
        self._consumer.close()


def read_to_end(cluster: Cluster, topic: str, *partitions: int) -> Iterator[Record]:
    """Every committed record that the partitions keep now, by a consumer of its own.

    Records of several partitions come mixed. Raises BrokerError when the broker is silent for
    SECONDS.
    """
    ear = Ear(cluster)
    consumer = _reading_on(ear)
    try:
        consumer.assign([TopicPartition(topic, one, OFFSET_BEGINNING) for one in partitions])
        left = set(partitions)
        heard = monotonic()
        while left:
            # A short wait: the end of the partition rarely comes together with a full batch.
            messages = consumer.consume(2_000, 0.05)
            ear.raise_heard()
            if messages:
                heard = monotonic()
            elif monotonic() - heard > SECONDS:
                silent = ", ".join(map(str, sorted(left)))
                raise BrokerError(f"{topic}/{silent}: nothing heard for {SECONDS:.0f} s")
            for message in messages:
                error = message.error()
                if error is not None and error.code() == KafkaError._PARTITION_EOF:
                    left.discard(int(message.partition() or 0))
                # What is appended while others are read is not of now any more.
                elif message.partition() in left and _fit(cluster, message):
                    yield record(message)
    finally:
        consumer.close()


def _reading_on(ear: Ear) -> Consumer:
    """A consumer that hears of the end: transaction markers have offsets, and are no records."""
    return make(
        Consumer,
        ear,
        {
            "group.id": "knockon-reader",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "fetch.queue.backoff.ms": 10,
            "fetch.wait.max.ms": 20,
        },
    )


def _fit(cluster: Cluster, message: Any) -> bool:
    error = message.error()
    if error is None:
        return True
    place = f"{message.topic()}/{message.partition()}"
    if error.code() in (KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._AUTO_OFFSET_RESET):
        raise RecordsGone(
            f"{place}: the next record to land is gone from Kafka ({error.str()}); its retention"
            " was shorter than the outage. Set logs.ends to the first offset kept to go on"
        )
    if error.retriable() or error.code() in _PASSING:
        return False
    raise failure(cluster, error, place, "READ", message.topic()) from KafkaException(error)


_PASSING = {
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._TRANSPORT,
    KafkaError._RESOLVE,
    KafkaError._PARTITION_EOF,
    # We use no group, but the library asks for its coordinator all the same.
    KafkaError.GROUP_AUTHORIZATION_FAILED,
}


def last_header(cluster: Cluster, topic: str, partition: int, name: str) -> bytes | None:
    """A header of the last committed record of a partition; None when there is no record.

    The record before the end may be a transaction marker, which is not delivered: so the read
    starts a little before the end, and further back while it finds nothing.
    """
    ear = Ear(cluster)
    consumer = _reading_on(ear)
    try:
        place = TopicPartition(topic, partition)
        low, high = consumer.get_watermark_offsets(place, timeout=SECONDS)
        back = 16
        while high > low:
            start = max(low, high - back)
            found = _last(ear, consumer, TopicPartition(topic, partition, start))
            if found is not None:
                return dict(found.headers).get(name)
            if start == low:
                return None
            back *= 8
        return None
    except KafkaException as error:
        ear.raise_heard()
        what = f"{topic}/{partition}"
        raise failure(cluster, error.args[0], what, "DESCRIBE", topic) from error
    finally:
        consumer.close()


def _last(ear: Ear, consumer: Consumer, start: TopicPartition) -> Record | None:
    consumer.assign([start])
    last: Record | None = None
    while True:
        # A short wait, as above: the relay asks this of every partition before it goes on.
        messages = consumer.consume(500, 0.05)
        ear.raise_heard()
        for message in messages:
            error = message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                return last
            if _fit(ear.cluster, message):
                last = record(message)
