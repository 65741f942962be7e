"""The seals over the books: reading what is to be sealed, keeping seals and leaves, reading back.

Only `write_seal` writes. Whoever audits reads the books as they are now, whatever they hold.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from domain.ledger.entry import Entry, Line
from domain.ledger.seal import Leaf, Seal
from streaming.store.database import Connection
from streaming.store.derive import copy_rows

FIELDS = (
    "sequence", "booked_at", "transaction_id", "kind", "obligation_key", "revision",
    "passenger_ref", "assessment_id", "reverses", "occurred_at", "description", "rulebook",
    "actor", "reference", "evidence", "code_version",
)  # fmt: skip
"""Columns of a transaction that are sealed."""

_ENTRIES = sql.SQL(
    "select {fields}, array_agg(p.account order by p.line) filter (where p.line is not null),"
    " array_agg(p.amount_minor order by p.line), array_agg(p.currency order by p.line)"
    " from ledger.transactions t left join ledger.postings p using (transaction_id)"
    " where (t.sequence between %(first)s and %(last)s) or t.transaction_id = any(%(also)s)"
    " group by t.transaction_id order by t.sequence, t.transaction_id"
).format(fields=sql.SQL(", ").join(sql.Identifier("t", name) for name in FIELDS))


def entries(
    connection: Connection, first: int, last: int, also: Collection[UUID] = ()
) -> list[Entry]:
    """The books from one sequence to another, both in it, and these transactions wherever.

    A transaction whose lines are gone has none.
    """
    rows = connection.execute(_ENTRIES, {"first": first, "last": last, "also": list(also)})
    return [entry(row) for row in rows]


def entry(row: Sequence[Any]) -> Entry:
    """From the columns FIELDS and three arrays of its lines: accounts, amounts, currencies."""
    told = dict(zip(FIELDS, row, strict=False))
    accounts, amounts, currencies = row[len(FIELDS) :]
    lines = tuple(map(Line, accounts, amounts, currencies)) if accounts else ()
    return Entry(**{**told, "evidence": tuple(told["evidence"])}, lines=lines)


_SEAL = "select number, first, last, root, previous, head from ledger.seals"
_SEAL_OF = f"{_SEAL} s join ledger.seal_leaves l on l.seal = s.number where transaction_id = %s"


def last_seal(connection: Connection) -> Seal | None:
    """The newest one."""
    with connection.cursor(row_factory=class_row(Seal)) as cursor:
        return cursor.execute(f"{_SEAL} order by number desc limit 1").fetchone()


def seals(connection: Connection) -> list[Seal]:
    """All of them, oldest first."""
    with connection.cursor(row_factory=class_row(Seal)) as cursor:
        return cursor.execute(f"{_SEAL} order by number").fetchall()


def seal_of(connection: Connection, transaction_id: UUID) -> Seal | None:
    """The seal that a transaction is under."""
    with connection.cursor(row_factory=class_row(Seal)) as cursor:
        return cursor.execute(_SEAL_OF, (transaction_id,)).fetchone()


def leaves(connection: Connection, seal: Seal) -> list[Leaf]:
    """What was sealed, in the order of the books."""
    with connection.cursor(row_factory=class_row(Leaf)) as cursor:
        return cursor.execute(
            "select sequence, transaction_id, digest from ledger.seal_leaves where seal = %s"
            " order by sequence",
            (seal.number,),
        ).fetchall()


def unsealed(connection: Connection) -> int:
    """Transactions that no seal is over yet."""
    row = connection.execute(
        "select count(*) from ledger.transactions t"
        " where t.sequence > coalesce((select max(last) from ledger.seals), -1)"
    ).fetchone()
    return int(row[0]) if row else 0


def transactions_named(connection: Connection, prefix: str) -> list[UUID]:
    """At most two transactions whose id begins so: one is found, two are not enough said."""
    rows = connection.execute(
        "select transaction_id from ledger.transactions where transaction_id::text like %s limit 2",
        (prefix.lower().replace("%", "").replace("_", "") + "%",),
    )
    return [row[0] for row in rows]


def write_seal(connection: Connection, seal: Seal, leaves: Sequence[Leaf]) -> None:
    """Append a seal and its leaves.

    Two that seal at once cannot both: number and first sequence are unique.
    """
    connection.execute(
        "insert into ledger.seals (number, first, last, root, previous, head)"
        " values (%s, %s, %s, %s, %s, %s)",
        (seal.number, seal.first, seal.last, seal.root, seal.previous, seal.head),
    )
    copy_rows(
        connection,
        "ledger.seal_leaves",
        [
            {
                "sequence": leaf.sequence,
                "seal": seal.number,
                "transaction_id": leaf.transaction_id,
                "digest": leaf.digest,
            }
            for leaf in leaves
        ],
    )
