"""What booking reads and writes: assessments not yet booked, what an obligation carries already."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.ledger import Account, Booked, Posting, Transaction
from streaming.store.database import Connection
from streaming.store.derive import copy_rows, insert
from streaming.store.derive_rights import between
from streaming.store.intervals import Interval, append, register_table_log

BOOKS = "ledger.transactions"


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """What the books read of an assessment and of the obligation that it is about."""

    sequence: int
    assessment_id: UUID
    obligation_key: UUID
    revision: str
    regime: str
    rulebook: str
    event: str
    currency: str
    accrual_minor: int
    citations: list[str]
    certainty: str
    as_of: datetime
    passenger_ref: UUID
    journey_id: UUID
    obligation_event: str


_ASSESSMENTS = """
    select a.sequence, a.assessment_id, a.obligation_key, a.revision, a.regime, a.rulebook,
        a.event, a.currency, a.amount_max_minor as accrual_minor, a.citations, a.certainty,
        a.as_of, i.passenger_ref, i.journey_id, i.obligation_event
    from derived.assessments a join derived.passenger_impacts i on i.sequence = a.impact_sequence
    where a.sequence >= %(since)s and a.sequence < %(until)s order by a.sequence
"""

_BOOKED = """
    select t.obligation_key, t.transaction_id, t.revision, t.reverses,
        array_agg(p.account order by p.line), array_agg(p.amount_minor order by p.line),
        array_agg(p.currency order by p.line), t.kind, t.rulebook, t.assessment_id
    from ledger.transactions t join ledger.postings p using (transaction_id)
    where t.obligation_key = any(%s) group by t.transaction_id order by t.sequence
"""


def assessments_in(connection: Connection, interval: Interval) -> list[AssessmentRow]:
    """The assessments of the interval, by sequence."""
    with connection.cursor(row_factory=class_row(AssessmentRow)) as cursor:
        return cursor.execute(_ASSESSMENTS, between(interval)).fetchall()


def close_the_books_to_others(connection: Connection) -> None:
    """Hold the end of the books until commit: nobody else can number a transaction meanwhile.

    Whoever reads what is booked after this reads what will still be booked when it commits.
    """
    append(connection, register_table_log(connection, BOOKS), 0)


def end_of_the_books(connection: Connection) -> int:
    """The sequence of the next transaction, as committed: what is read after this has all before.

    0 before the first.
    """
    row = connection.execute(
        "select next_offset from logs.ends join logs.logs using (log_id) where name = %s", (BOOKS,)
    ).fetchone()
    return int(row[0]) if row else 0


def booked_since(connection: Connection, end: int, obligation_keys: Collection[UUID]) -> bool:
    """Whether any of the obligations got a transaction at or after this end of the books."""
    row = connection.execute(
        "select exists (select from ledger.transactions where sequence >= %s"
        " and obligation_key = any(%s))",
        (end, list(obligation_keys)),
    ).fetchone()
    return bool(row and row[0])


def already_booked(
    connection: Connection, obligation_keys: Collection[UUID]
) -> dict[UUID, list[Booked]]:
    """What each obligation carries, oldest first."""
    found: dict[UUID, list[Booked]] = {}
    rows = connection.execute(_BOOKED, (list(obligation_keys),))
    for key, transaction_id, revision, reverses, accounts, amounts, currencies, *rest in rows:
        lines = zip(accounts, amounts, currencies, strict=True)
        postings = tuple(
            Posting(account=account, amount_minor=amount, currency=currency)
            for account, amount, currency in lines
        )
        found.setdefault(key, []).append(
            Booked(transaction_id, revision, reverses, postings, *rest)
        )
    return found


def obligations_booked(connection: Connection, after: UUID | None, limit: int) -> list[UUID]:
    """Obligations that the books have, in the order of their keys, from behind one on."""
    rows = connection.execute(
        "select distinct obligation_key from ledger.transactions"
        " where %(after)s::uuid is null or obligation_key > %(after)s order by 1 limit %(limit)s",
        {"after": after, "limit": limit},
    )
    return [row[0] for row in rows]


def last_booked(connection: Connection, obligation_keys: Collection[UUID]) -> dict[UUID, str]:
    """Where in its log the newest transaction of each obligation is, as evidence has it."""
    rows = connection.execute(
        "select obligation_key, log_id::text || '/0/' || max(sequence) from ledger.transactions,"
        " logs.logs where name = %s and obligation_key = any(%s) group by obligation_key, log_id",
        (BOOKS, list(obligation_keys)),
    )
    return dict(rows.fetchall())


_ACCOUNT = "account, kind, description, role, regime, article"


def open_accounts(connection: Connection, chart: Iterable[Account]) -> None:
    """Make the accounts that the books lack, and describe the others as the chart does now.

    Only those: to touch a row, even in vain, is to hold it until commit, and writers would queue.
    """
    known = set(connection.execute(f"select {_ACCOUNT} from ledger.accounts"))
    wanted = [
        (one.name, one.kind, one.description, one.role, one.regime, one.article) for one in chart
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into ledger.accounts ({_ACCOUNT}) values (%s, %s, %s, %s, %s, %s)"
            " on conflict (account) do update set"
            " description = excluded.description, role = excluded.role, regime = excluded.regime,"
            " article = excluded.article",
            [one for one in wanted if one not in known],
        )


def write_transactions(
    connection: Connection,
    transactions: Sequence[tuple[Transaction, tuple[str, ...]]],
    code_version: str,
) -> int:
    """Append transactions, each with its evidence, and their lines; returns how many lines."""
    rows = [
        {**transaction.model_dump(exclude={"postings"}), "evidence": evidence}
        for transaction, evidence in transactions
    ]
    insert(connection, BOOKS, rows, code_version=code_version)
    lines = [
        {
            "transaction_id": transaction.transaction_id,
            "line": number,
            **posting.model_dump(),
        }
        for transaction, _ in transactions
        for number, posting in enumerate(transaction.postings, start=1)
    ]
    if lines:
        copy_rows(connection, "ledger.postings", lines)
    return len(lines)
