"""What `knockon verify` asks the database; read-only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from streaming.store.lineage import LANDED


@contextmanager
def snapshot(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """All that is read within is of one moment; `connection` is in autocommit."""
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        yield


def accounted_offsets(
    connection: psycopg.Connection[Any], log_id: int, topic: str
) -> dict[int, tuple[set[int], set[int]]]:
    """Per partition the offsets that are landed, and those that are dead-lettered."""
    table = sql.Identifier("landed", LANDED[topic])
    query = sql.SQL(
        "select partition, array_agg(o) filter (where landed),"
        " array_agg(o) filter (where not landed)"
        " from (select partition, {offset} as o, true as landed from {table} where log_id = %(log)s"
        " union all select partition, {offset}, false from landed.dead_letters"
        " where log_id = %(log)s) accounted group by partition"
    ).format(table=table, offset=sql.Identifier("offset"))
    rows = connection.execute(query, {"log": log_id})
    return {partition: (set(good or ()), set(dead or ())) for partition, good, dead in rows}


def doubled(connection: psycopg.Connection[Any], log_id: int, topic: str) -> list[tuple[int, int]]:
    """(partition, offset) of records that have more than one row in a table."""
    query = sql.SQL(
        "select partition, {offset} from {table} where log_id = %s"
        " group by partition, {offset} having count(*) > 1 order by 1, 2"
    )
    offset = sql.Identifier("offset")
    return [
        (row[0], row[1])
        for table in (LANDED[topic], "dead_letters")
        for row in connection.execute(
            query.format(offset=offset, table=sql.Identifier("landed", table)), (log_id,)
        )
    ]


def unbalanced(connection: psycopg.Connection[Any]) -> list[str]:
    """Transactions whose postings do not sum to zero per currency, or that have none."""
    rows = connection.execute(
        "select t.transaction_id::text from ledger.transactions t"
        " left join ledger.postings p using (transaction_id)"
        " group by t.transaction_id, p.currency"
        " having coalesce(sum(p.amount_minor), 1) <> 0 order by 1"
    )
    return [row[0] for row in rows]


def unassessed(connection: psycopg.Connection[Any]) -> list[str]:
    """Impacts that were read for assessment and have none: none, or a passenger was forgotten.

    One statement with its reader's mark in it: what is on its way is not missing.
    """
    rows = connection.execute(
        "select i.sequence::text from derived.passenger_impacts i where i.sequence <"
        " coalesce((select m.next_offset from logs.marks m join logs.logs l using (log_id)"
        " where m.reader = 'derived.assessments' and l.name = 'derived.passenger_impacts'), 0)"
        " and not exists (select from derived.assessments a where a.impact_sequence = i.sequence)"
        " order by i.sequence"
    )
    return [row[0] for row in rows]


def misbooked(connection: psycopg.Connection[Any]) -> list[str]:
    """Obligations whose accruals are not what their newest assessment says, both ways (LE-08).

    What a claim does afterwards moves a sum on, and is booked as kinds of their own.
    """
    rows = connection.execute(
        "with newest as (select distinct on (obligation_key) obligation_key, currency,"
        " amount_max_minor as owed from derived.assessments where sequence <"
        " coalesce((select m.next_offset from logs.marks m join logs.logs l using (log_id)"
        " where m.reader = 'ledger.transactions' and l.name = 'derived.assessments'), 0)"
        " order by obligation_key, sequence desc), booked as ("
        " select t.obligation_key, p.currency, -sum(p.amount_minor) as owed"
        " from ledger.transactions t"
        " join ledger.postings p using (transaction_id) join ledger.accounts c using (account)"
        " where c.kind = 'liability' and t.kind in ('accrual', 'reversal')"
        " group by t.obligation_key, p.currency)"
        " select coalesce(n.obligation_key, b.obligation_key)::text as key"
        " from newest n full join booked b using (obligation_key, currency)"
        " where coalesce(n.owed, 0) <> coalesce(b.owed, 0) order by key"
    )
    return [row[0] for row in rows]


def baseless_assessments(connection: psycopg.Connection[Any]) -> list[str]:
    """Assessments without their facts, their rulebook or a citation."""
    rows = connection.execute(
        "select a.assessment_id::text from derived.assessments a"
        " left join derived.passenger_impacts i on i.sequence = a.impact_sequence"
        " and i.obligation_key = a.obligation_key"
        " where i.facts is null or i.facts = '{}' or a.rulebook = ''"
        " or cardinality(a.citations) = 0 or cardinality(a.rules_hit) = 0 order by 1"
    )
    return [row[0] for row in rows]


def assessments_with_facts(
    connection: psycopg.Connection[Any],
) -> Iterator[tuple[str, dict[str, Any], int, str, str, str | None]]:
    """(id, facts, amount in minor units, currency, rulebook, its digest) of every assessment."""
    rows = connection.execute(
        "select a.assessment_id::text, i.facts, a.amount_minor, a.currency, a.rulebook,"
        " a.rulebook_digest from derived.assessments a join derived.passenger_impacts i"
        " on i.sequence = a.impact_sequence order by a.sequence"
    )
    yield from rows


def tables(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Every table of the database that is not PostgreSQL's own, in all schemas."""
    # A table that is parted by day holds no row itself.
    rows = connection.execute(
        "select relnamespace::regnamespace::text, relname from pg_class where relkind = 'r'"
        " and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
        " order by 1, 2"
    )
    return [(row[0], row[1]) for row in rows]


def dump(connection: psycopg.Connection[Any], schema: str, table: str) -> Iterator[bytes]:
    """The rows of a table as COPY text."""
    query = sql.SQL("copy {} to stdout").format(sql.Identifier(schema, table))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            yield bytes(block)


def sealed_passengers(connection: psycopg.Connection[Any]) -> list[tuple[Any, bytes]]:
    """One sealed record of every passenger known."""
    rows = connection.execute(
        "select distinct on (passenger_ref) passenger_ref, sealed from landed.passenger_events"
        " where sealed is not null order by passenger_ref"
    )
    return [(row[0], row[1]) for row in rows]


def sealed_accounts(connection: psycopg.Connection[Any]) -> list[tuple[Any, bytes]]:
    """The sealed bank details of every instruction, by the passenger whose key they are under."""
    rows = connection.execute("select passenger_ref, details from payments.instructions")
    return [(row[0], row[1]) for row in rows]


def count(connection: psycopg.Connection[Any], schema: str, table: str) -> int:
    """Rows of a table."""
    row = connection.execute(
        sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
    ).fetchone()
    return int(row[0]) if row else 0
