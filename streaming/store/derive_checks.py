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
    "derived.disruptions": ("derived.disruptions", "sequence", "written_at"),
    "derived.features": ("derived.features", "sequence", "written_at"),
    "derived.passenger_impacts": ("derived.passenger_impacts", "sequence", "written_at"),
    "derived.assessments": ("derived.assessments", "sequence", "written_at"),
    "ledger.transactions": ("ledger.transactions", "sequence", "booked_at"),
}
"""Log to its table, the column of its offset, and the column that says when a row was written."""


def beyond_the_mark(connection: Connection, log: str) -> int:
    """Rows and dead letters of a landed log that lie at or beyond its landing mark: none may."""
    table, offset, _ = _WRITTEN[log]
    query = sql.SQL(
        "select count(*) from (select log_id, partition, {offset} as at from {table}"
        " union all select log_id, partition, {offset} from landed.dead_letters) r"
        " join logs.logs l using (log_id) left join logs.ends e using (log_id, partition)"
        " where l.name = %s and r.at >= coalesce(e.next_offset, 0)"
    ).format(offset=sql.Identifier(offset), table=sql.Identifier(*table.split(".")))
    row = connection.execute(query, (log,)).fetchone()
    return int(row[0]) if row else 0


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
