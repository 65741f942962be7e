"""A producer of offered load: `python -m benchmarks.landing.producing`, told by KNOCKON_BENCH.

Events are encoded beforehand and repeat. Only `produced_at`, which must be the moment of sending,
is written into the bytes each time: a timestamp in microseconds is a varint of eight bytes until
the year 2255, so it has a fixed place in each value.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from benchmarks.landing.backlog import flights, partition_of
from benchmarks.landing.bench import TOPIC
from streaming.broker.registry import Registry
from streaming.codec import Codec

MARK = datetime(2101, 3, 4, 5, 6, 7, 89012, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK_SECONDS = 0.005
FLUSH_SECONDS = 60

Prepared = tuple[bytes, int, bytes, bytes]
"""Key, partition, and the value before and after `produced_at`."""


def varint(microseconds: int) -> bytes:
    """A positive long as Avro writes it: zigzag, seven bits a byte, lowest first."""
    left, found = microseconds << 1, bytearray()
    while left > 0x7F:
        found.append(left & 0x7F | 0x80)
        left >>= 7
    found.append(left)
    return bytes(found)


def prepared(codec: Codec, skip: int, count: int) -> list[Prepared]:
    """Encoded events, cut where `produced_at` goes."""
    mark = varint((MARK - EPOCH) // timedelta(microseconds=1))
    found = []
    for event in islice(flights(), skip, skip + count):
        marked = event.model_copy(update={"produced_at": MARK})
        before, _, after = codec.encode(TOPIC, marked).partition(mark)
        found.append((event.key.encode(), partition_of(event), before, after))
    return found


def main() -> None:
    """Prepare, wait for a line with the time to start, produce at the rate, report."""
    told: dict[str, Any] = json.loads(os.environ["KNOCKON_BENCH"])
    events = prepared(Codec(Registry(told["registry"])), told["skip"], told["distinct"])
    failed: list[str] = []
    producer = Producer(
        {
            "bootstrap.servers": told["bootstrap"],
            "enable.idempotence": True,
            "acks": "all",
            "linger.ms": 5,
            "compression.type": "lz4",
            "queue.buffering.max.messages": 1_000_000,
            "delivery.report.only.error": True,
            "on_delivery": lambda error, message: failed.append(error.str()) if error else None,
        }
    )
    producer.list_topics(TOPIC, timeout=30)
    Path(told["ready"]).touch()
    began = float(sys.stdin.readline())
    time.sleep(max(0.0, began - time.time()))
    sent, behind = send(producer, events, told["rate"], told["seconds"], began)
    ended = time.time()
    left = producer.flush(FLUSH_SECONDS)
    if left or failed:
        sys.exit(f"{left} messages left, {len(failed)} failed {failed[:1]}")
    Path(told["report"]).write_text(
        json.dumps(
            {"sent": sent, "seconds": ended - began, "behind_max_s": behind, "ended_at": ended}
        )
    )


def send(
    producer: Producer, events: list[Prepared], rate: float, seconds: float, began: float
) -> tuple[int, float]:
    """What is due at each tick; how many were sent, and how late the latest tick was."""
    total, sent, behind = int(rate * seconds), 0, 0.0
    while sent < total:
        now = time.time()
        due = min(total, int((now - began) * rate))
        behind = max(behind, now - began - sent / rate)
        for number in range(sent, due):
            key, partition, before, after = events[number % len(events)]
            value = before + varint(time.time_ns() // 1000) + after
            while True:
                try:
                    producer.produce(TOPIC, value, key, partition)
                    break
                except BufferError:
                    producer.poll(0.05)
        sent = due
        producer.poll(0)
        time.sleep(TICK_SECONDS)
    return sent, behind


if __name__ == "__main__":
    main()
