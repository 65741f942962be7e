"""Does an event cost more when there are many before it? `make bench-history`.

Fills `landed.flight_events` with made-up rows, ten million into one day and on with ten million a
day, and at each size lands 100,000 more as the lander does (fence, binary COPY, commit, batches of
5,000): into today, and late ones into the oldest day. Beside it what reading costs: an interval of
5,000 offsets, old and new, and all records of a hundred legs. CPU is the session's own.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table as Shown

from benchmarks.machine import machine
from orchestration.stack import start
from streaming.store.database import Connection, connect
from streaming.store.days import DAY, Days, make_days, note_days
from streaming.store.detected import flight_records
from streaming.store.intervals import register_kafka_log
from streaming.store.landing import Claim, Table, claim, move_ends
from streaming.store.migration import migrate

NAME = "knockon-bench"
PER_DAY = 10_000_000
BATCH, BATCHES = 5_000, 20
CHUNK = 500_000
LEGS = 100
REPEATS = 20
TABLE = Table("flight_events")
MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

ROWS = """
    select %(log)s, 0, n, %(at)s::timestamptz + n %% 86400 * interval '1 second', now(), 1,
        gen_random_uuid(), leg::text, 'leg_estimated',
        %(at)s::timestamptz, %(at)s::timestamptz, 'bench', 1, leg, null::uuid, leg
    from generate_series(%(since)s::bigint, %(until)s::bigint - 1) n,
        lateral (select md5((n / 6 + %(log)s::bigint * 1000000000)::text)::uuid as leg) legs
"""
COLUMNS = (
    'log_id, partition, "offset", recorded_at, landed_at, schema_id, event_id, key, kind,'
    " occurred_at, produced_at, source, schema_version, correlation_id, causation_id, leg_id"
)

TYPES = (
    'log_id int, partition int, "offset" bigint, recorded_at timestamptz, landed_at timestamptz,'
    " schema_id int, event_id uuid, key text, kind text, occurred_at timestamptz,"
    " produced_at timestamptz, source text, schema_version int, correlation_id uuid,"
    " causation_id uuid, leg_id uuid"
)


@dataclass
class History:
    """The table as it grows; log 1 is what is there, log 2 is today, log 3 comes late."""

    connection: Connection
    logs: list[int]
    rows: int = 0

    def fill(self, rows: int) -> None:
        """Up to `rows` rows, ten million a day, the oldest day first."""
        while self.rows < rows:
            more = min(CHUNK, rows - self.rows)
            at = MIDNIGHT - (1 + self.rows // PER_DAY) * DAY
            self._made(at)
            span = {"log": self.logs[0], "since": self.rows, "until": self.rows + more, "at": at}
            self.connection.execute(f"insert into landed.flight_events ({COLUMNS}) {ROWS}", span)
            if self.rows % PER_DAY == 0:
                note_days(self.connection, [Days(self.logs[0], 0, self.rows, at.date(), at.date())])
            self.connection.commit()
            self.rows += more

    def land(self, log: int, at: datetime) -> tuple[float, float]:
        """(CPU, wall) in microseconds an event of landing 100,000 rows of a day."""
        self._made(at)
        mine = claim(self.connection, log, 0, NAME, by_force=True)
        assert mine is not None
        first = mine.next_offset
        span = {"log": log, "since": first, "until": first + BATCH * BATCHES, "at": at}
        self.connection.execute(f"create temp table made ({TYPES}) on commit drop")
        self.connection.execute(f"insert into made {ROWS}", span)
        streams = []
        for number in range(BATCHES):
            low = first + number * BATCH
            those = f'"offset" >= {low} and "offset" < {low + BATCH} order by "offset"'
            copying = f"copy (select * from made where {those}) to stdout"  # noqa: S608 (numbers)
            with self.connection.cursor().copy(f"{copying} (format binary)") as copy:
                streams.append(b"".join(bytes(block) for block in copy))
        self.connection.commit()

        def work() -> None:
            held = mine
            for stream in streams:
                until = held.next_offset + BATCH
                move_ends(self.connection, [(held, until)])
                with self.connection.cursor().copy(
                    f"copy landed.flight_events ({COLUMNS}) from stdin (format binary)"
                ) as copy:
                    copy.write(stream)
                self.connection.commit()
                held = Claim(held.log_id, 0, held.fence, until)

        return self._timed(work, BATCH * BATCHES)

    def read(self, since: int) -> tuple[float, float]:
        """(CPU, wall) in microseconds an event of reading an interval as the detector does."""

        def work() -> None:
            for _ in range(REPEATS):
                assert flight_records(self.connection, self.logs[0], 0, since, since + BATCH)
                self.connection.commit()

        work()
        return self._timed(work, REPEATS * BATCH)

    def legs(self) -> tuple[float, float]:
        """(CPU, wall) in microseconds a leg of reading all records of a hundred legs."""

        legs = self.connection.execute(
            "select md5((n + %s::bigint * 1000000000)::text)::uuid"
            " from generate_series(1000, 1000 + %s - 1) n",
            (self.logs[0], LEGS),
        ).fetchall()

        def work() -> None:
            for _ in range(REPEATS):
                found = self.connection.execute(
                    "select * from landed.flight_events where leg_id = any(%s)",
                    ([leg for (leg,) in legs],),
                ).fetchall()
                assert len(found) >= LEGS
                self.connection.commit()

        work()
        return self._timed(work, REPEATS * LEGS)

    def _made(self, at: datetime) -> None:
        make_days(self.connection, [TABLE.name], [at.date()])

    def _timed(self, work: Callable[[], None], events: int) -> tuple[float, float]:
        backend = psutil.Process(self.connection.info.backend_pid)
        before, began = backend.cpu_times(), time.perf_counter()
        work()
        wall, after = time.perf_counter() - began, backend.cpu_times()
        cpu = after.user + after.system - before.user - before.system
        return cpu / events * 1e6, wall / events * 1e6


def main() -> int:
    """Fill, measure at each size, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", default="1,10,30,100", help="sizes to measure at")
    parser.add_argument("--quick", action="store_true", help="one and three millions")
    asked = parser.parse_args()
    sizes = [1, 3] if asked.quick else [int(one) for one in asked.millions.split(",")]
    console = Console(stderr=True)
    directory = Path(tempfile.mkdtemp(prefix="knockon-history-"))
    found: list[dict[str, Any]] = []
    try:
        with start(directory, ("postgres",)) as stack:
            url = stack.settings.owner_database_url()
            migrate(url)
            with connect(url, NAME) as connection:
                logs = [register_kafka_log(connection, "c", name, name) for name in "abc"]
                connection.commit()
                history = History(connection, logs)
                for size in sizes:
                    began = time.monotonic()
                    history.fill(size * 1_000_000)
                    console.print(f"{size} million rows ({time.monotonic() - began:.0f} s)")
                    found.append(measure(history, size))
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    show(Console(), found)
    print(json.dumps({"benchmark": "history", "sizes": found, "machine": machine()}))
    return 0


def measure(history: History, size: int) -> dict[str, Any]:
    """Every figure at this size: [CPU, wall] in microseconds."""
    oldest = MIDNIGHT - DAY
    figures = {
        "land_today": history.land(history.logs[1], MIDNIGHT + timedelta(seconds=1)),
        "land_late": history.land(history.logs[2], oldest),
        "read_newest": history.read(history.rows - BATCH),
        "read_oldest": history.read(1_000),
        "read_legs": history.legs(),
    }
    return {"million_rows": size, **{k: [round(v, 2) for v in two] for k, two in figures.items()}}


def show(console: Console, found: list[dict[str, Any]]) -> None:
    """A line per size."""
    table = Shown(title="Microseconds (CPU of the session / wall), an event; a leg in the last")
    names = [name for name in found[0] if name != "million_rows"]
    for column in ("million rows", *names):
        table.add_column(column.replace("_", " "), justify="right")
    for one in found:
        table.add_row(str(one["million_rows"]), *(f"{one[n][0]} / {one[n][1]}" for n in names))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
