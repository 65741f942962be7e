"""Resolves one stored key to the row it names; the SQL behind `knockon lineage`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row


@dataclass(frozen=True, slots=True)
class Reference:
    """A record named by its identity: `log_id/partition/offset`, as evidence columns hold it."""

    log_id: int
    partition: int
    offset: int

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Raise ValueError when `text` is not three numbers joined by slashes."""
        log_id, partition, offset = text.split("/")
        return cls(int(log_id), int(partition), int(offset))

    def __str__(self) -> str:
        return f"{self.log_id}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class LogName:
    """What a log id stands for; cluster and topic id are None for table logs."""

    kind: str
    name: str
    cluster_id: str | None
    topic_id: str | None


LANDED = {
    "flight.events": "flight_events",
    "external.data": "external_data",
    "passenger.events": "passenger_events",
}


def log_names(connection: psycopg.Connection[Any]) -> dict[int, LogName]:
    """Every log by id."""
    rows = connection.execute("select log_id, kind, name, cluster_id, topic_id from logs.logs")
    return {row[0]: LogName(*row[1:]) for row in rows}


def records(
    connection: psycopg.Connection[Any], log: LogName, references: Iterable[Reference]
) -> dict[Reference, dict[str, Any]]:
    """The rows that the references (all of one log) name; missing ones are left out."""
    wanted = list(references)
    if log.kind == "table":
        schema, table = log.name.split(".")
        query = sql.SQL("select * from {} where sequence = any(%(offsets)s)").format(
            sql.Identifier(schema, table)
        )
    else:
        query = sql.SQL(
            "select r.* from {} r join unnest(%(logs)s::int[], %(partitions)s::int[],"
            " %(offsets)s::bigint[]) as w(log_id, partition, offset_)"
            " on r.log_id = w.log_id and r.partition = w.partition and r.offset = w.offset_"
        ).format(sql.Identifier("landed", LANDED[log.name]))
    parameters = {
        "logs": [r.log_id for r in wanted],
        "partitions": [r.partition for r in wanted],
        "offsets": [r.offset for r in wanted],
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query, parameters).fetchall()
    if log.kind == "table":
        by_offset = {r.offset: r for r in wanted}
        return {by_offset[row["sequence"]]: row for row in found}
    return {Reference(row["log_id"], row["partition"], row["offset"]): row for row in found}


_STARTS = {
    "ledger": ("ledger.transactions", "transaction_id"),
    "assessment": ("derived.assessments", "assessment_id"),
    "forecast": ("derived.forecasts", "forecast_id"),
    "finding": ("detected.findings", "finding_id"),
}
STARTS = tuple(_STARTS)


def start_of(connection: psycopg.Connection[Any], kind: str, key: str) -> Reference | None:
    """The reference of the row with this id; `key` may be a prefix if it names one row only."""
    name, column = _STARTS[kind]
    schema, table = name.split(".")
    query = sql.SQL(
        "select l.log_id, t.sequence from {table} t, logs.logs l"
        " where l.kind = 'table' and l.name = %s and t.{column}::text like %s limit 2"
    ).format(table=sql.Identifier(schema, table), column=sql.Identifier(column))
    rows = connection.execute(query, (name, key.replace("%", "") + "%")).fetchall()
    if len(rows) != 1:
        return None
    return Reference(rows[0][0], 0, rows[0][1])


def forecasts_of(connection: psycopg.Connection[Any], leg_ids: list[Any]) -> list[Reference]:
    """The forecasts made for these legs, so that a disruption shows what was foreseen."""
    rows = connection.execute(
        "select l.log_id, f.sequence from derived.forecasts f, logs.logs l"
        " where l.kind = 'table' and l.name = 'derived.forecasts' and f.leg_id = any(%s)"
        " order by f.sequence",
        (leg_ids,),
    )
    return [Reference(row[0], 0, row[1]) for row in rows]


def postings_of(connection: psycopg.Connection[Any], transaction_id: Any) -> list[dict[str, Any]]:
    """The lines of one transaction."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select account, amount_minor, currency from ledger.postings"
            " where transaction_id = %s order by line",
            (transaction_id,),
        ).fetchall()
