"""What the asset checks ask the database; read-only."""

from collections.abc import Iterable
from datetime import datetime

from psycopg import sql

from streaming.store.database import Connection

_WRITTEN = {
    "flight.events": ("landed.flight_events", "offset", "landed_at"),
    "external.data": ("landed.external_data", "offset", "landed_at"),
    "passenger.events": ("landed.passenger_events", "offset", "landed_at"),
    "detected.findings": ("detected.findings", "sequence", "found_at"),
    "detected.late_records": ("detected.late_records", "sequence", "noticed_at"),
    "detected.corrections": ("detected.corrections", "sequence", "booked_at"),
    "detected.versions": ("detected.versions", "sequence", "taken_over_at"),
    "derived.disruptions": ("derived.disruptions", "sequence", "written_at"),
    "derived.features": ("derived.features", "sequence", "written_at"),
    "derived.forecasts": ("derived.forecasts", "sequence", "written_at"),
    "derived.passenger_impacts": ("derived.passenger_impacts", "sequence", "written_at"),
    "derived.assessments": ("derived.assessments", "sequence", "written_at"),
    "derived.care_clock": ("derived.care_clock", "sequence", "written_at"),
    "ledger.transactions": ("ledger.transactions", "sequence", "booked_at"),
}
"""Log to its table, the column of its offset, and the column that says when a row was written."""


MOST_FOUND = 1_000


def beyond_the_mark(connection: Connection, log: str) -> int:
    """Rows and dead letters of a landed log that lie at or beyond its landing mark: none may.

    Asked by partition, with those that no mark is known of, so that no history is read for it.
    """
    table, offset, _ = _WRITTEN[log]
    query = sql.SQL(
        "with known as (select l.log_id, coalesce(max(e.partition), -1) as last from logs.logs l"
        " left join logs.ends e using (log_id) where l.name = %s group by l.log_id),"
        " marks as (select k.log_id, p as partition, coalesce(e.next_offset, 0) as mark"
        " from known k cross join generate_series(0, k.last) p left join logs.ends e"
        " on e.log_id = k.log_id and e.partition = p)"
        " select coalesce(sum(n), 0)::bigint from ({}) beyond"
    ).format(sql.SQL(" union all ").join(_beyond(one, offset) for one in (table, _DEAD)))
    row = connection.execute(query, (log,)).fetchone()
    return int(row[0]) if row else 0


_DEAD = "landed.dead_letters"


def _beyond(table: str, offset: str) -> sql.Composed:
    return sql.SQL(
        "select n from marks m cross join lateral (select count(*) as n from {table} r where"
        " r.log_id = m.log_id and r.partition = m.partition and r.{offset} >= m.mark) a union all"
        " select n from known k cross join lateral (select count(*) as n from {table} r where"
        " r.log_id = k.log_id and r.partition > k.last) b"
    ).format(table=sql.Identifier(*table.split(".")), offset=sql.Identifier(offset))


def holes(connection: Connection, log: str) -> int:
    """Numbers below the end of a table log that no row has: none, for our own logs are dense."""
    table, _, _ = _WRITTEN[log]
    query = sql.SQL(
        "select coalesce((select sum(e.next_offset) from logs.ends e join logs.logs l"
        " using (log_id) where l.name = %s), 0) - (select count(*) from {table})"
    ).format(table=sql.Identifier(*table.split(".")))
    row = connection.execute(query, (log,)).fetchone()
    return int(row[0]) if row else 0


def oldest_unread(connection: Connection, reader: str, logs: Iterable[str]) -> datetime | None:
    """When the oldest row that the reader has not read was written; None when it has read all."""
    oldest: list[datetime] = []
    for log in logs:
        table, offset, written = _WRITTEN[log]
        of_kafka = sql.SQL("t.log_id = p.log_id and t.partition = p.partition and")
        query = sql.SQL(
            "select min(first.written) from ("
            " select e.log_id, e.partition, coalesce(m.next_offset, 0) as mark"
            " from logs.ends e join logs.logs l using (log_id) left join logs.marks m"
            " on m.log_id = e.log_id and m.partition = e.partition and m.reader = %s"
            " where l.name = %s and e.next_offset > coalesce(m.next_offset, 0)) p"
            " cross join lateral (select t.{written} as written from {table} t"
            " where {same} t.{offset} >= p.mark order by t.{offset} limit 1) first"
        ).format(
            written=sql.Identifier(written),
            table=sql.Identifier(*table.split(".")),
            offset=sql.Identifier(offset),
            same=of_kafka if offset == "offset" else sql.SQL(""),
        )
        row = connection.execute(query, (reader, log)).fetchone()
        if row is not None and row[0] is not None:
            oldest.append(row[0])
    return min(oldest, default=None)


def featureless_legs(connection: Connection, feature_set: str) -> list[str]:
    """Legs that should have a row of this feature set and have none, the first thousand.

    The fold gives rows in order of decision time, so between its first row and its last one
    every leg of its airports must have one that was scheduled by then and had not departed and
    was not cancelled. Only what the fold has read counts. Legs that were scheduled anew are left
    out: which schedule held at the decision time would be the fold's own work done again.
    """
    rows = connection.execute(
        "with known as (select e.leg_id, e.kind, e.occurred_at, e.sobt, e.departure_airport"
        " from landed.flight_events e join logs.marks m on m.reader = 'derived.features'"
        ' and m.log_id = e.log_id and m.partition = e.partition and e."offset" < m.next_offset'
        " where e.leg_id is not null),"
        " done as (select min(as_of) as first, max(as_of) as last,"
        " array_agg(distinct values ->> 'departure_airport') as airports"
        " from derived.features where feature_set = %(feature_set)s),"
        " legs as (select leg_id, min(sobt) - interval '2 hours' as at, min(occurred_at) as told,"
        " min(departure_airport) as airport from known where kind = 'leg_scheduled'"
        " group by leg_id having count(distinct sobt) = 1)"
        " select leg_id::text from legs, done where airport = any(airports)"
        " and at > first and at < last and told <= at"
        " and not exists (select from known k where k.leg_id = legs.leg_id"
        " and k.kind in ('leg_departed', 'leg_cancelled') and k.occurred_at <= at)"
        " and not exists (select from derived.features f where f.leg_id = legs.leg_id"
        " and f.feature_set = %(feature_set)s) order by at limit %(most)s",
        {"feature_set": feature_set, "most": MOST_FOUND},
    )
    return [row[0] for row in rows]


def no_probabilities(connection: Connection) -> list[str]:
    """Forecasts whose probability, or climatology's, is none; the first thousand.

    PostgreSQL refuses a probability outside 0 to 1 at the door, but not NaN or a climatology.
    """
    rows = connection.execute(
        "select forecast_id::text from derived.forecasts"
        " where not (probability between 0 and 1 and climatology between 0 and 1)"
        " order by sequence limit %s",
        (MOST_FOUND,),
    )
    return [row[0] for row in rows]


def unfounded_forecasts(connection: Connection) -> list[str]:
    """Forecasts that do not rest on the feature row they name; the first thousand."""
    rows = connection.execute(
        "select f.forecast_id::text from derived.forecasts f left join derived.features r"
        " on r.sequence = f.feature_sequence where (r.leg_id, r.horizon_minutes, r.as_of,"
        " r.values_hash) is distinct from (f.leg_id, f.horizon_minutes, f.as_of, f.features_hash)"
        " order by f.sequence limit %s",
        (MOST_FOUND,),
    )
    return [row[0] for row in rows]
