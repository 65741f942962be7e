"""Lets one contender drain the backlog into a fresh database: its speed, its CPU, and the result.

Progress is what another session sees in the table: the newest offset of each partition, taken from
the primary key every 20 ms. Speed and CPU are counted from the first rows seen to the last row
wanted, so that starting up is nobody's fault; the floor's from the word go, for which it waits
connected, because with large batches the first rows would be a large part. The PostgreSQL figure
is the whole server's (backends, WAL writer, checkpointer, I/O workers) less the session that looks.
"""

import time
from dataclasses import asdict, dataclass
from typing import Any

import psutil
from psycopg import sql

from benchmarks.landing.backlog import Backlog
from benchmarks.landing.bench import NAME, TABLE, Bench, columns_with_types, identifiers, newest
from benchmarks.landing.contenders import Contender, Ground
from benchmarks.landing.processes import complaint, cpu_seconds, end
from streaming.landing.batch import IDENTITY
from streaming.store.database import Connection, connect

LOOK_SECONDS = 0.02
SETTLE_SECONDS = 10
START_SECONDS = 60
"""For the first rows; whoever has none by then is not waited for."""


@dataclass(frozen=True)
class Drained:
    """One drain. CPU in microseconds per event; `right` is None when it was not finished."""

    events: int
    seconds: float
    events_per_s: float
    client_us: float
    postgres_us: float
    broker_us: float
    right: bool | None
    finding: str

    def as_json(self) -> dict[str, Any]:
        return {k: round(v, 2) if isinstance(v, float) else v for k, v in asdict(self).items()}


@dataclass(frozen=True)
class Look:
    """Progress and CPU at one moment."""

    at: float
    done: int
    client: float
    postgres: float
    broker: float


def drain(
    bench: Bench, contender: Contender, backlog: Backlog, reference_url: str, limit_seconds: float
) -> Drained:
    """Start it, watch it, stop it, and compare what it wrote with the reference."""
    log = bench.directory / f"{contender.name}.log"
    with bench.database() as url:
        bench.settle()
        with connect(url, NAME, autocommit=True) as connection:
            _, types = columns_with_types(connection)
            log_id = bench.log_id(connection)
            ground = Ground(bench, url, log_id, types, contender.topic, log)
            try:
                asked = time.monotonic()
                contender.start(ground)
                first, last, whole = watch(
                    ground, connection, backlog, limit_seconds, contender.starts_at_once
                )
                if whole:
                    right, finding = settled(connection, contender, backlog, reference_url)
                elif ground.ended():
                    right, finding = False, f"ended by itself{complaint(log)}"
                else:
                    limit = limit_seconds if first.done else START_SECONDS
                    right, finding = None, f"stopped after {limit:.0f} s"
            finally:
                end(ground.processes)
    if not last.done:
        return Drained(0, 0.0, 0.0, 0.0, 0.0, 0.0, right, finding)
    if last.done == first.done:  # all in one look, as with a handful: count the start too
        first = Look(asked, 0, 0.0, first.postgres, first.broker)
    events = max(1, last.done - first.done)
    seconds = max(1e-3, last.at - first.at)
    return Drained(
        last.done, seconds, (last.done - first.done) / seconds,
        (last.client - first.client) / events * 1e6,
        (last.postgres - first.postgres) / events * 1e6,
        (last.broker - first.broker) / events * 1e6,
        right, finding,
    )  # fmt: skip


def watch(
    ground: Ground,
    connection: Connection,
    backlog: Backlog,
    limit_seconds: float,
    at_once: bool,
) -> tuple[Look, Look, bool]:
    """The looks at the first rows and at the last, and whether all wanted rows are there."""
    here = connection.info.backend_pid
    kafka, postgres = (ground.bench.stack.pid(name) for name in ("kafka", "postgres"))
    pids = [process.pid for process in ground.processes]
    goal = sum(backlog.goals.values())

    def look(done: int) -> Look:
        now = time.monotonic()
        looker = psutil.Process(here).cpu_times()
        server = cpu_seconds([postgres]) - looker.user - looker.system
        return Look(now, done, cpu_seconds(pids), server, cpu_seconds([kafka]))

    first = last = look(0)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        offsets = newest(connection, ground.log_id)
        done = sum(min(offsets[one], until) for one, until in backlog.goals.items())
        if done == goal:
            last = look(done)
            return (first if first.done or at_once else last), last, True
        if done and not first.done and not at_once:
            first = last = look(done)
            deadline = time.monotonic() + limit_seconds
        if ground.ended():
            break
        time.sleep(LOOK_SECONDS)
    return first, look(done), False


def settled(
    connection: Connection, contender: Contender, backlog: Backlog, reference_url: str
) -> tuple[bool, str]:
    """Whether rows and dead letters are the ones wanted; the last of them may still be coming."""
    with connect(reference_url, NAME, autocommit=True) as reference:
        wanted = fingerprint(reference, backlog.ends, without_invalid=contender.validates)
    letters = backlog.unreadable + backlog.invalid if contender.dead_letters else 0
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found = fingerprint(connection)
        dead = _count(connection, "dead_letters")
        if (found == wanted and dead == letters) or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    rows, distinct, content = found
    wrong = []
    if rows != wanted[0]:
        wrong.append(f"{rows:,} rows of {wanted[0]:,}")
    if distinct != rows:
        wrong.append(f"{rows - distinct:,} duplicates")
    if rows == wanted[0] and content != wanted[2]:
        wrong.append("values lost or changed")
    if dead != letters:
        wrong.append(f"{dead:,} dead letters of {letters:,}")
    return not wrong, "; ".join(wrong) or "right"


def fingerprint(
    connection: Connection, ends: dict[int, int] | None = None, *, without_invalid: bool = False
) -> tuple[int, int, int]:
    """Rows, distinct records, and a hash of all places and facts, whatever their order."""
    facts = ["partition", "offset", *TABLE.columns[len(IDENTITY) :]]
    conditions: list[sql.Composable] = [sql.SQL("true")]
    if ends is not None:
        below = [sql.SQL('partition = {} and "offset" < {}').format(*one) for one in ends.items()]
        conditions.append(sql.SQL("({})").format(sql.SQL(" or ").join(below)))
    if without_invalid:
        conditions.append(sql.SQL('(partition, "offset") not in (select * from invalid)'))
    row = connection.execute(
        sql.SQL(
            'select count(*), count(distinct (partition, "offset")),'
            " coalesce(bit_xor(hashtextextended(row({})::text, 0)), 0) from landed.{} where {}"
        ).format(identifiers(facts), sql.Identifier(TABLE.name), sql.SQL(" and ").join(conditions))
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def _count(connection: Connection, table: str) -> int:
    statement = sql.SQL("select count(*) from landed.{}").format(sql.Identifier(table))
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0
