"""Who lands the backlog: how each is started, from which topic, and what it does with a record."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.landing import connect as kafka_connect
from benchmarks.landing.backlog import JSON, SHORT, Backlog
from benchmarks.landing.bench import NAME, PARTITIONS, TABLE, TOPIC, Bench
from benchmarks.landing.environments import Say, connect_jars, python_of
from benchmarks.landing.processes import spawn
from streaming.store.database import Connection, connect

READY_SECONDS = 120


@dataclass(frozen=True)
class Ground:
    """What a start gets: the fresh database, its log's number, and where things are.

    `processes` are those started so far, so that they can be stopped whatever happens.
    """

    bench: Bench
    database_url: str
    log_id: int
    types: Sequence[str]
    topic: str
    log: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def ended(self) -> bool:
        """Whether a process has ended by itself."""
        return any(process.poll() is not None for process in self.processes)

    def spawn(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process that is stopped with the contender."""
        self.processes.append(spawn(command, environment, self.log))

    def python(
        self, module: str, *arguments: str, python: Path | str = sys.executable, **more: Any
    ) -> None:
        """Start a module that reads KNOCKON_BENCH."""
        told = {"KNOCKON_BENCH": json.dumps(self.told(**more))}
        self.spawn([str(python), "-m", module, *arguments], told)

    def told(self, **more: Any) -> dict[str, Any]:
        """For a peer's KNOCKON_BENCH."""
        return {
            "bootstrap": self.bench.bootstrap,
            "registry": self.bench.registry,
            "database_url": self.database_url,
            "log_id": self.log_id,
            "topic": self.topic,
            "group": f"bench-{self.database_url.rpartition('/')[2]}",
            "schema": "landed",
            "table": TABLE.name,
            "columns": TABLE.columns,
            "types": list(self.types),
            "directory": str(self.bench.directory),
            **more,
        }


@dataclass(frozen=True)
class Contender:
    """One who lands. `needs` fetches what it runs on and may raise NotAvailable."""

    name: str
    title: str
    does: str
    topic: str
    start: Callable[[Ground], None]
    needs: Callable[[Path, Say], Any] = lambda engines_dir, say: None
    validates: bool = False
    """Invalid events do not become rows, but dead letters, as does what cannot be decoded."""
    dead_letters: bool = False
    starts_at_once: bool = False
    """`start` returns when it is on its way, so that all of it counts."""


def floor(reference_url: str, backlog: Backlog, workers: int, batch: int) -> Contender:
    """The floor with this many workers and rows per batch."""

    def start(ground: Ground) -> None:
        marks = [ground.bench.directory / f"floor-{worker}.ready" for worker in range(workers)]
        for worker, mark in enumerate(marks):
            mark.unlink(missing_ok=True)
            ground.python(
                "benchmarks.landing.floor",
                reference_url=reference_url,
                partitions=list(range(PARTITIONS))[worker::workers],
                ends=backlog.ends,
                batch=batch,
                ready=str(mark),
            )
        deadline = time.monotonic() + READY_SECONDS
        while not all(mark.exists() for mark in marks):
            if time.monotonic() > deadline or any(
                one.poll() is not None for one in ground.processes
            ):
                return  # the drain will say what the log says
            time.sleep(0.02)
        for process in ground.processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()

    does = f"encoded before; {workers} x {batch:,} rows: fence, COPY, commit; no Kafka"
    return Contender("floor", "the floor", does, TOPIC, start, validates=True, starts_at_once=True)


def lander(workers: int) -> Contender:
    """Our own, as the stack runs it, in so many processes.

    None may claim before all are up: on a backlog of a second, one that comes up half a second
    after the other would be measured for that.
    """

    def start(ground: Ground) -> None:
        environment = ground.bench.lander_environment(ground.database_url)
        with connect(ground.database_url, NAME) as connection:
            connection.execute("lock table logs.ends in exclusive mode")
            for number in range(1, workers + 1):
                share = {"KNOCKON_LANDERS": str(workers), "KNOCKON_LANDER": str(number)}
                ground.spawn([sys.executable, "-m", "streaming.landing"], {**environment, **share})
            deadline = time.monotonic() + READY_SECONDS
            while time.monotonic() < deadline and not ground.ended():
                if waiting(connection) == workers:
                    return
                time.sleep(0.02)

    many = f"{workers} processes" if workers > 1 else "1 process"
    does = f"{many}: Avro, validates, dead-letters, fences, COPY"
    return Contender("knockon", "Knockon", does, TOPIC, start, validates=True, dead_letters=True)


def waiting(connection: Connection) -> int:
    """How many sessions of this database wait for a table."""
    row = connection.execute(
        "select count(*) from pg_locks where not granted and locktype = 'relation'"
        " and database = (select oid from pg_database where datname = current_database())"
    ).fetchone()
    return int(row[0]) if row else 0


def _in_environment(peer: str, module: str, *arguments: str) -> Callable[[Ground], None]:
    def start(ground: Ground) -> None:
        python = python_of(peer, ground.bench.stack.settings.engines_dir, lambda line: None)
        ground.python(f"benchmarks.landing.peers.{module}", *arguments, python=python)

    return start


def _connect(ground: Ground) -> None:
    jars = connect_jars(ground.bench.stack.settings.engines_dir, lambda line: None)
    ground.spawn(kafka_connect.command(jars, ground.told(), ground.bench.directory), {})


def _insert(ground: Ground) -> None:
    ground.python("benchmarks.landing.peers.insert_500")


def _environment(peer: str) -> Callable[[Path, Say], Any]:
    return lambda engines_dir, say: python_of(peer, engines_dir, say)


PEERS = (
    Contender(
        "quixstreams", "Quix Streams, its PostgreSQL sink",
        "Avro by fastavro; multi-row INSERT, 100 a statement; no validation, dead letters, fence",
        TOPIC, _in_environment("quixstreams", "quixstreams_sink"), _environment("quixstreams"),
    ),
    Contender(
        "faust", "faust-streaming with COPY",
        "Avro by fastavro; COPY per 2,000; no validation, dead letters, fence",
        SHORT, _in_environment("faust", "faust_copy", "worker", "--loglevel=warn"),
        _environment("faust"),
    ),
    Contender(
        "bytewax", "bytewax with a COPY sink",
        "Avro by fastavro; COPY per 2,000; no validation, dead letters, fence",
        TOPIC, _in_environment("bytewax", "bytewax_copy"), _environment("bytewax"),
    ),
    Contender(
        "connect", "Kafka Connect, Debezium JDBC",
        "JSON with schema, 2 tasks; multi-row INSERT per 2,000; no validation, dead letters, fence",
        JSON, _connect, connect_jars,
    ),
    Contender(
        "insert500", "insert per 500",
        "Avro by fastavro; 500 INSERTs a commit; no validation, dead letters, fence",
        SHORT, _insert,
    ),
)  # fmt: skip

NAMES = ("floor", "knockon", *(peer.name for peer in PEERS))
