"""Latency of our lander under an offered load: from `produced_at` to a row that others can see.

`landed_at` is written before the commit, and a commit timestamp (track_commit_timestamp, off by
default) is taken before the commit is flushed and visible: both would flatter. So another session
asks every 10 ms for the newest offset of each partition, and notes the time after the answer; an
event counts as landed at the first answer that shows its offset. What is reported is therefore up
to 10 ms too long, never too short. Producers and sampler read the same clock. What has not landed
in time counts with the least that it has waited, and is told as `not_landed`.
"""

import json
import math
import subprocess
import sys
import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.landing.bench import NAME, PARTITIONS, TOPIC, Bench, columns_with_types, newest
from benchmarks.landing.contenders import Ground, lander
from benchmarks.landing.processes import complaint, end, spawn
from streaming.store.database import Connection, connect

SAMPLE_SECONDS = 0.01
DISTINCT = 20_000
READY_SECONDS = 120
RATE_PER_PRODUCER = 25_000
WARM_UP = 2_000


@dataclass
class Samples:
    """What could be seen when: per partition the next offset after the newest row."""

    times: "array[float]" = field(default_factory=lambda: array("d"))
    offsets: "dict[int, array[int]]" = field(
        default_factory=lambda: {partition: array("q") for partition in range(PARTITIONS)}
    )

    def take(self, connection: Connection, log_id: int) -> int:
        """One more; returns how many records are visible in all."""
        seen = newest(connection, log_id)
        self.times.append(time.time())
        for partition, until in seen.items():
            self.offsets[partition].append(until)
        return sum(seen.values())


def offered(
    bench: Bench, rate: int, seconds: int, workers: int, drain_seconds: float
) -> dict[str, Any]:
    """Offer `rate` events a second for so long, into empty topics and a fresh database."""
    bench.topics_anew()
    log = bench.directory / f"offered-{rate}.log"
    with bench.database() as url:
        bench.settle()
        with connect(url, NAME, autocommit=True) as connection:
            _, types = columns_with_types(connection)
            log_id = bench.log_id(connection)
            ground = Ground(bench, url, log_id, types, TOPIC, log)
            producers: Producers | None = None
            try:
                lander(workers).start(ground)
                warm_up(ground, connection)
                warm = newest(connection, log_id)
                producers = Producers(bench, rate, seconds, log)
                samples = load(ground, connection, producers, seconds, drain_seconds)
            finally:
                end([*ground.processes, *(producers.processes if producers else [])])
            taken = latencies(connection, log_id, warm, samples)
            reports = producers.reports()
    sent = sum(report["sent"] for report in reports)
    missing = sent - len(taken)
    if missing:
        # Produced before the producers ended, and not seen by the last look.
        waited = samples.times[-1] - max(report["ended_at"] for report in reports)
        taken = sorted([*taken, *[1e3 * waited] * missing])
    figures = {
        "p50": quantile(taken, 0.5),
        "p99": quantile(taken, 0.99),
        "max": quantile(taken, 1.0),
    }
    return {
        **figures,
        "offered_per_s": round(sent / max(report["seconds"] for report in reports)),
        "producers_behind_max_ms": round(1e3 * max(one["behind_max_s"] for one in reports), 1),
        "seconds": seconds,
        "events": sent,
        "not_landed": missing,
    }


class Producers:
    """Producer processes that have prepared and wait for the start."""

    def __init__(self, bench: Bench, rate: float, seconds: float, log: Path) -> None:
        self.many = max(1, math.ceil(rate / RATE_PER_PRODUCER))
        self.log = log
        self.processes: list[subprocess.Popen[str]] = []
        self._files = [
            (bench.directory / f"producer-{one}.ready", bench.directory / f"producer-{one}.report")
            for one in range(self.many)
        ]
        for number, (ready, report) in enumerate(self._files):
            ready.unlink(missing_ok=True)
            report.unlink(missing_ok=True)
            told = {
                "bootstrap": bench.bootstrap,
                "registry": bench.registry,
                "rate": rate / self.many,
                "seconds": seconds,
                "skip": number * DISTINCT,
                "distinct": max(1, min(DISTINCT, int(rate * seconds))),
                "ready": str(ready),
                "report": str(report),
            }
            command = [sys.executable, "-m", "benchmarks.landing.producing"]
            self.processes.append(spawn(command, {"KNOCKON_BENCH": json.dumps(told)}, log))

    def go(self) -> None:
        """Wait until all are ready, and let them start at the same moment."""
        deadline = time.monotonic() + READY_SECONDS
        while not all(ready.exists() for ready, _ in self._files):
            self._complain()
            if time.monotonic() > deadline:
                raise RuntimeError("the producers are not ready")
            time.sleep(0.05)
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(f"{time.time() + 0.5}\n")
            process.stdin.flush()

    def done(self) -> bool:
        """Whether all have sent everything. Raises RuntimeError when one has failed."""
        self._complain()
        return all(process.poll() == 0 for process in self.processes)

    def reports(self) -> list[dict[str, Any]]:
        """What each says of its sending."""
        return [json.loads(report.read_text()) for _, report in self._files]

    def _complain(self) -> None:
        if any(process.poll() for process in self.processes):
            raise RuntimeError(f"a producer failed{complaint(self.log)}")


def warm_up(ground: Ground, connection: Connection) -> None:
    """A few records first, so that the lander has started and met the schema."""
    producers = Producers(ground.bench, WARM_UP, 1, ground.log)
    try:
        producers.go()
        deadline = time.monotonic() + READY_SECONDS
        while not producers.done() or sum(newest(connection, ground.log_id).values()) < WARM_UP:
            if time.monotonic() > deadline or all(
                one.poll() is not None for one in ground.processes
            ):
                raise RuntimeError(f"the lander does not land{complaint(ground.log)}")
            time.sleep(0.05)
    finally:
        end(producers.processes)


def load(
    ground: Ground,
    connection: Connection,
    producers: Producers,
    seconds: int,
    drain_seconds: float,
) -> Samples:
    """Let them produce, look every few milliseconds, and go on until all is landed or time is up.

    Time is up `drain_seconds` after the load should have ended.
    """
    samples = Samples()
    producers.go()
    deadline = time.monotonic() + seconds + drain_seconds
    due = time.monotonic()
    wanted: int | None = None
    while time.monotonic() < deadline:
        seen = samples.take(connection, ground.log_id)
        if wanted is None and producers.done():
            wanted = WARM_UP + sum(one["sent"] for one in producers.reports())
        if wanted is not None and seen >= wanted:
            break
        if ground.ended():
            break
        due = max(due + SAMPLE_SECONDS, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
    if wanted is None:
        raise RuntimeError("the producers did not come to an end")
    return samples


def latencies(
    connection: Connection, log_id: int, warm: dict[int, int], samples: Samples
) -> list[float]:
    """Milliseconds from `produced_at` to visible, of all events after the warm-up, in order."""
    found = array("d")
    for partition, seen in samples.offsets.items():
        at = 0
        with connection.transaction(), connection.cursor(name="latencies") as cursor:
            cursor.itersize = 20_000
            cursor.execute(
                'select "offset", extract(epoch from produced_at)::float8'
                ' from landed.flight_events where log_id = %s and partition = %s and "offset" >= %s'
                ' order by "offset"',
                (log_id, partition, warm[partition]),
            )
            for offset, produced_at in cursor:
                while at < len(seen) and seen[at] <= offset:
                    at += 1
                if at == len(seen):
                    break
                found.append(1e3 * (samples.times[at] - produced_at))
    return sorted(found)


def quantile(values: list[float], share: float) -> float | None:
    """The nearest rank, of values in order."""
    if not values:
        return None
    return round(values[min(len(values) - 1, math.ceil(share * len(values)) - 1)], 1)
