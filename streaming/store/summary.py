"""The figures of a day's work that the demo's summary and `knockon status` show; read-only."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row, dict_row

from streaming.store.standing import ALL, STANDING


@dataclass(frozen=True, slots=True)
class TopicCount:
    """Records of one topic: rows landed, dead letters, and how many offsets lie before the mark."""

    topic: str
    landed: int
    dead_lettered: int
    offsets: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed under one regime, in minor units, and on how many obligations."""

    regime: str
    currency: str
    obligations: int
    amount_minor: int

    @property
    def amount(self) -> Decimal:
        return Decimal(self.amount_minor) / 100


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from the last landed record that a row rests on to the row; None without rows."""

    rows: int
    p50: float | None
    p99: float | None
    longest: float | None


def topic_counts(connection: psycopg.Connection[Any]) -> list[TopicCount]:
    """Per landing topic, over all its logs."""
    query = """
        with landed as (
            select log_id, count(*) n from landed.flight_events group by 1
            union all select log_id, count(*) from landed.external_data group by 1
            union all select log_id, count(*) from landed.passenger_events group by 1
        ), dead as (select log_id, count(*) n from landed.dead_letters group by 1),
        written as (select log_id, sum(next_offset) n from logs.ends group by 1)
        select l.name as topic, coalesce(sum(landed.n), 0)::bigint as landed,
               coalesce(sum(dead.n), 0)::bigint as dead_lettered,
               coalesce(sum(written.n), 0)::bigint as offsets
        from logs.logs l left join landed using (log_id) left join dead using (log_id)
        left join written using (log_id)
        where l.kind = 'kafka' group by l.name order by l.name
    """
    with connection.cursor(row_factory=class_row(TopicCount)) as cursor:
        return cursor.execute(query).fetchall()


def owed(connection: psycopg.Connection[Any], roles: Collection[str]) -> list[Owed]:
    """What the books hold as owed now on accounts of these roles, per regime: credits, so negative.

    `domain.ledger.as_of` has the roles.
    """
    query = """
        with balances as (
            select a.regime, p.currency, t.obligation_key, -sum(p.amount_minor) as owed
            from ledger.postings p
            join ledger.transactions t using (transaction_id)
            join ledger.accounts c using (account)
            join derived.assessments a using (assessment_id)
            where c.role = any(%s)
            group by a.regime, p.currency, t.obligation_key having sum(p.amount_minor) <> 0
        )
        select regime, currency, count(*)::int as obligations, sum(owed)::bigint as amount_minor
        from balances group by regime, currency order by 1, 2
    """
    with connection.cursor(row_factory=class_row(Owed)) as cursor:
        return cursor.execute(query, (list(roles),)).fetchall()


def passengers_affected(connection: psycopg.Connection[Any]) -> int:
    """Passengers with at least one impact."""
    row = connection.execute(
        "select count(distinct passenger_ref) from derived.passenger_impacts"
    ).fetchone()
    return int(row[0]) if row else 0


def findings_by_status(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many findings that stand of each status."""
    rows = connection.execute(
        f"select status, count(*) from detected.findings f where {STANDING}"  # noqa: S608 (ours)
        " group by 1 order by 1",
        ALL,
    )
    return {row[0]: row[1] for row in rows}


def worst_disruption(connection: psycopg.Connection[Any]) -> dict[str, Any] | None:
    """The rotation chain with the most legs (then minutes), its legs as `B6 123 JFK-BOS +95`."""
    query = """
        with latest as (
            select distinct on (disruption_id) * from derived.disruptions
            order by disruption_id, revision desc
        ), worst as (
            select * from latest order by cardinality(leg_ids) desc, delay_minutes desc limit 1
        ), facts as (
            select f.leg_id, max(airline) airline, max(flight_number) flight_number,
                   max(departure_airport) departure_airport,
                   max(arrival_airport) arrival_airport,
                   max(sobt) sobt, max(aobt) aobt, max(registration) registration,
                   bool_or(f.kind = 'leg_cancelled') cancelled
            from landed.flight_events f, worst
            where f.leg_id = any(worst.leg_ids) group by f.leg_id
        )
        select w.disruption_id, w.kind, w.severity, w.delay_minutes, w.cause,
               max(facts.registration) as registration,
               array_agg(format('%s %s %s-%s %s', airline, flight_number, departure_airport,
                   arrival_airport, case when cancelled then 'cancelled' else '+' ||
                   coalesce((extract(epoch from aobt - sobt) / 60)::int::text, '?') end)
                   order by facts.sobt) as legs
        from worst w join facts on facts.leg_id = any(w.leg_ids)
        group by 1, 2, 3, 4, 5
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchone()


WRITTEN = {"detected.findings": "found_at", "derived.disruptions": "written_at"}
"""Table to the column that says when a row was written."""


def latency_to(
    connection: psycopg.Connection[Any], table: str, since: Literal["landed_at", "produced_at"]
) -> Latency:
    """From the newest flight event that a row of the table rests on to the row."""
    query = psycopg.sql.SQL("""
        with rested as (
            select d.sequence, d.{written} as written, max(f.{since}) as since
            from {table} d, unnest(d.evidence) e
            join landed.flight_events f on f.log_id = split_part(e, '/', 1)::int
                and f.partition = split_part(e, '/', 2)::int
                and f.offset = split_part(e, '/', 3)::bigint
            group by 1, 2
        ), waits as (select extract(epoch from written - since) s from rested)
        select count(*)::int as rows, percentile_cont(0.5) within group (order by s) as p50,
               percentile_cont(0.99) within group (order by s) as p99, max(s)::float8 as longest
        from waits
    """).format(
        written=psycopg.sql.Identifier(WRITTEN[table]),
        since=psycopg.sql.Identifier(since),
        table=psycopg.sql.Identifier(*table.split(".")),
    )
    with connection.cursor(row_factory=class_row(Latency)) as cursor:
        return cursor.execute(query).fetchone() or Latency(0, None, None, None)


def latency_to_landed(connection: psycopg.Connection[Any]) -> Latency:
    """Produced to landed, of flight events; both clocks are those of the machines that wrote."""
    query = """
        with waits as (
            select extract(epoch from landed_at - produced_at) s from landed.flight_events
        )
        select count(*)::int as rows, percentile_cont(0.5) within group (order by s) as p50,
               percentile_cont(0.99) within group (order by s) as p99, max(s)::float8 as longest
        from waits
    """
    with connection.cursor(row_factory=class_row(Latency)) as cursor:
        return cursor.execute(query).fetchone() or Latency(0, None, None, None)


def first_transaction(connection: psycopg.Connection[Any]) -> str | None:
    """The id of a posting that rests on a disruption of several legs, else of any; to walk back."""
    row = connection.execute(
        "select t.transaction_id::text from ledger.transactions t"
        " join derived.assessments a using (assessment_id)"
        " join derived.passenger_impacts i on i.sequence = a.impact_sequence"
        " join derived.disruptions d on d.disruption_id = i.disruption_id"
        " and d.revision = i.disruption_revision"
        " order by cardinality(d.finding_ids) desc, t.sequence limit 1"
    ).fetchone()
    return None if row is None else str(row[0])
