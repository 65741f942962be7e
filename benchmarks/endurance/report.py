"""What the database and the watch say of a run, as data and as tables."""

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.endurance.watching import Watch, slope
from streaming.store.database import Connection

SLICES = 12
QUANTILES = ("p50_s", "p99_s", "max_s")

_LATENCY = """
    with bounds as (select min(landed_at) as first, max(landed_at) as last
        from landed.flight_events),
    rows as (select extract(epoch from landed_at - produced_at) as s,
        least(%(slices)s - 1, floor(extract(epoch from landed_at - first) * %(slices)s
            / greatest(1, extract(epoch from last - first))))::int as slice
        from landed.flight_events, bounds where "offset" %% 7 = 0)
    select slice, count(*), percentile_disc(0.5) within group (order by s),
        percentile_disc(0.99) within group (order by s), max(s) from rows group by 1 order by 1
"""


def found_in(connection: Connection, watch: Watch, sent: int, spoiled: int) -> dict[str, Any]:
    """Completeness, latency by slices of the run, and the slopes."""
    landed, dead = (
        _one(connection, f"select count(*) from landed.{table}")  # noqa: S608 (two constants)
        for table in ("flight_events", "dead_letters")
    )
    distinct = _one(
        connection, "select count(*) from (select distinct event_id from landed.flight_events) e"
    )
    late = _one(connection, "select coalesce(sum(late_events), 0)::bigint from detected.snapshots")
    slices = [
        {
            "rows": rows,
            **{name: round(float(s), 3) for name, s in zip(QUANTILES, three, strict=True)},
        }
        for _, rows, *three in connection.execute(_LATENCY, {"slices": SLICES})
    ]
    return {
        "landed": landed,
        "dead_lettered": dead,
        "late_for_detection": late,
        "findings": _one(connection, "select count(*) from detected.findings"),
        "right": landed + dead == sent and dead == spoiled and distinct == landed and late == 0,
        "landed_seen_within_s": slices,
        "connections": {
            "most": max(count for _, count in watch.connections),
            "per_hour": slope(watch.connections),
        },
        "components": watch.slopes(),
    }


def _one(connection: Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def show(console: Console, found: dict[str, Any]) -> None:
    """What grows, and how latency went along."""
    console.print(
        f"{found['events']:,} events of {found['legs']:,} legs in {found['seconds']:,} s"
        f" ({found['events_per_s']:,} a second): {'right' if found['right'] else 'NOT RIGHT'};"
        f" {found['landed']:,} landed, {found['dead_lettered']:,} dead-lettered,"
        f" {found['findings']:,} findings, {found['connections']['most']} connections at most"
        f" ({found['connections']['per_hour']:+} an hour)"
    )
    table = Table(title="At the end, and growth an hour")
    for column in ("", "memory MB", "MB/h", "handles", "/h", "threads/h", "cores"):
        table.add_column(column, justify="right" if column else "left")
    for name, one in found["components"].items():
        table.add_row(
            name, f"{one['memory_mb']:,}", f"{one['memory_mb_per_hour']:+}", f"{one['handles']}",
            f"{one['handles_per_hour']:+}", f"{one['threads_per_hour']:+}", f"{one['cpu_share']}",
        )  # fmt: skip
    console.print(table)
    table = Table(title="Produced to landed, by twelfths of the run")
    for column in ("rows looked at", "p50 s", "p99 s", "max s"):
        table.add_column(column, justify="right")
    for one in found["landed_seen_within_s"]:
        table.add_row(f"{one['rows']:,}", *(f"{one[key]}" for key in QUANTILES))
    console.print(table)
