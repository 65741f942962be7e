"""`make bench-endurance`: 24 hours of event time and 20 million events in an hour of ours.

The streaming layer as it is started by `knockon up`, in a directory of its own: does memory grow,
or handles, connections, latency, the cost of an event? `--quick` is five minutes of the same.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.endurance.day import laid_over
from benchmarks.endurance.load import Load
from benchmarks.endurance.report import found_in, show
from benchmarks.endurance.watching import Watch
from benchmarks.machine import machine
from orchestration.stack import Stack, start
from streaming.broker import Broker, Publisher
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.store.database import connect
from streaming.store.progress import behind
from streaming.topics import TOPICS

COMPONENTS = ("postgres", "kafka", "registry", "lander", "detector", "relay")
DRAIN_SECONDS = 600
TELL_SECONDS = 10.0


def main() -> int:
    """Run, print, and return 1 when an event was lost, doubled or left unread."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--seconds", type=int, default=3_660, help="of wall clock")
    parser.add_argument("--days", type=int, default=33, help="real days laid over each other")
    parser.add_argument("--landers", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="five minutes at the same rate")
    asked = parser.parse_args()
    if asked.quick:
        asked.events, asked.seconds = asked.events * 300 // asked.seconds, 300
    console = Console(stderr=True)
    directory = Path(tempfile.mkdtemp(prefix="knockon-endurance-"))
    try:
        with start(directory, COMPONENTS, landers=asked.landers) as stack:
            found = measure(stack, asked, console)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    show(Console(), found)
    print(json.dumps(found))
    return 0 if found["right"] else 1


def measure(stack: Stack, asked: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Play the day, wait until everybody has read it, and take the figures."""
    cluster = stack.settings.cluster()
    Broker(cluster).ensure_topics(TOPICS.values())
    codec = Codec(Registry(str(stack.settings.schema_registry_url)))
    console.print(f"laying {asked.days} days over each other")
    day = laid_over(asked.days)
    load = Load(day, codec, Publisher(cluster), asked.events, asked.seconds)
    told = 0.0

    def progress(sent: int, now: Any) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            console.print(f"{now:%H:%M} {sent:>12,} events")

    began = time.monotonic()
    with Watch(stack, list(stack.components)) as watch:
        load.run(progress)
        took = time.monotonic() - began
        url = stack.settings.owner_database_url()
        with connect(url, "knockon-endurance", autocommit=True) as connection:
            left = drained(connection, load.sent)
    with connect(url, "knockon-endurance", autocommit=True) as connection:
        connection.execute("analyze landed.flight_events")
        found = found_in(connection, watch, load.sent, load.spoiled)
    return {
        "benchmark": "endurance",
        "events": load.sent,
        "legs": len(day.legs),
        "seconds": round(took),
        "events_per_s": round(load.sent / took),
        "producer_late_max_s": round(load.late_seconds, 2),
        "unread": left,
        **found,
        "right": found["right"] and not any(left.values()),
        "machine": machine(),
    }


def drained(connection: Any, sent: int) -> dict[str, int]:
    """Wait until all is landed and read; what each reader still lacks."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while True:
        row = connection.execute(
            "select coalesce(sum(next_offset), 0)::bigint from logs.ends join logs.logs"
            " using (log_id) where kind = 'kafka' and name = 'flight.events'"
        ).fetchone()
        left = {"landing": sent - row[0], **behind(connection)}
        if not any(left.values()) or time.monotonic() > deadline:
            return left
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
