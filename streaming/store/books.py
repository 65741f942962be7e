"""What finance reads of the books: a period's sums and entries, and balances as of any time."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql
from psycopg.rows import dict_row

from domain.ledger.accounts import chart
from domain.ledger.as_of import OWED
from domain.ledger.periods import Calendar, Placed
from domain.ledger.reports import TrialLine, in_order
from streaming.store.database import Connection
from streaming.store.seals import FIELDS, entry

AT_ONCE = 2_000
"""Entries fetched at a time; a period is never held as a whole."""

# As text and put into the query as constants, so that the planner sees how much they are.
_SPAN = """
    select begins_at::text, ends_at::text, from_sequence, until_sequence
    from ledger.spans where name = %s
"""
# Up to the end of a period is what happened before its end and was booked before its closing; of
# that, the period itself is what happened in it, or was booked when those before were closed.
_UP_TO_IT = "t.occurred_at < %(ends_at)s::timestamptz and t.sequence < %(until_sequence)s"
_IN_IT = "(t.occurred_at >= %(begins_at)s::timestamptz or t.sequence >= %(from_sequence)s)"

_TRIAL_BALANCE = f"""
    select p.account, p.currency,
        coalesce(sum(p.amount_minor) filter (where not inside), 0)::bigint,
        coalesce(sum(p.amount_minor) filter (where inside and p.amount_minor > 0), 0)::bigint,
        coalesce(-sum(p.amount_minor) filter (where inside and p.amount_minor < 0), 0)::bigint
    from (select transaction_id, {_IN_IT} as inside from ledger.transactions t where {_UP_TO_IT}) t
    join ledger.postings p using (transaction_id) group by 1, 2
"""
_PLACED = sql.SQL(
    f"select {{fields}}, l.* from ledger.transactions t cross join lateral ("
    " select array_agg(account order by line), array_agg(amount_minor order by line),"
    " array_agg(currency order by line) from ledger.postings p"
    " where p.transaction_id = t.transaction_id) l"
    f" where {_UP_TO_IT} and {_IN_IT} order by t.sequence"
).format(fields=sql.SQL(", ").join(sql.Identifier("t", name) for name in FIELDS))

_KNOWN = """
    from ledger.transactions t join ledger.postings p using (transaction_id)
    where t.booked_at <= %(known_at)s
    and (%(owed_at)s::timestamptz is null or t.occurred_at <= %(owed_at)s)
    and (%(obligation)s::uuid is null or t.obligation_key = %(obligation)s)
"""
_BALANCES = f"""
    select account, currency, sum(amount_minor)::bigint {_KNOWN}
    group by 1, 2 having sum(amount_minor) <> 0
"""
_OWED = f"""
    select currency, count(*), sum(owed)::bigint from (
        select t.obligation_key, p.currency, -sum(p.amount_minor) as owed {_KNOWN}
        and p.account = any(%(owed_accounts)s) group by 1, 2 having sum(p.amount_minor) <> 0) one
    group by 1 order by 1
"""


@dataclass(frozen=True, slots=True)
class Known:
    """Balances in minor units by account and currency, zeros left out; what is owed to others, by
    currency, on how many obligations."""

    balances: dict[tuple[str, str], int]
    owed: dict[str, tuple[int, int]]


def trial_balance(connection: Connection, period: str, calendar: Calendar) -> list[TrialLine]:
    """As `domain.ledger.reports` has it, summed by PostgreSQL. Raises LedgerBroken."""
    rows = connection.execute(_TRIAL_BALANCE, _span(connection, period, calendar))
    return in_order(TrialLine(*row) for row in rows)


@contextmanager
def placed(connection: Connection, period: str, calendar: Calendar) -> Iterator[Iterator[Placed]]:
    """The entries of a period in the order of the books, read as they are asked for.

    Within a transaction. Raises LedgerBroken where there is no such period.
    """
    with connection.transaction(), connection.cursor("placed") as cursor:
        cursor.itersize = AT_ONCE
        rows = cursor.execute(_PLACED, _span(connection, period, calendar))
        found = (entry(row) for row in rows)
        yield (Placed(one, calendar.place(one.occurred_at, one.sequence)) for one in found)


def as_of(
    connection: Connection,
    known_at: datetime,
    owed_at: datetime | None = None,
    obligation: UUID | None = None,
) -> Known:
    """What was booked by then about what had happened by then, both times in it."""
    asked = {
        "known_at": known_at,
        "owed_at": owed_at,
        "obligation": obligation,
        "owed_accounts": [one.name for one in chart() if one.role in OWED],
    }
    balances = {
        (account, currency): minor
        for account, currency, minor in connection.execute(_BALANCES, asked)
    }
    owed = {
        currency: (minor, obligations)
        for currency, obligations, minor in connection.execute(_OWED, asked)
    }
    return Known(balances, owed)


def _span(connection: Connection, period: str, calendar: Calendar) -> dict[str, object]:
    calendar.index(period)
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_SPAN, (period,)).fetchone()
    assert found is not None
    return found
