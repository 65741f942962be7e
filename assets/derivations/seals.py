"""The seals: what the books have grown by is hashed into a root that is chained to the last one.

Whoever books never waits for it: it reads what is committed.
"""

from assets.derivations.ledger import LEDGER
from domain.ledger.seal import seal
from streaming.derivation import Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.intervals import Interval
from streaming.store.seals import entries, last_seal, write_seal
from streaming.version import code_version


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Seal the transactions of the interval; those that are sealed already stay as they are."""
    [interval] = intervals
    [(first, until)] = interval.spans.values()
    last = last_seal(connection)
    found = entries(connection, max(first, last.last + 1) if last else first, until - 1)
    if not found:
        return Outcome({SEALS.reader: 0}, {"code": code_version()})
    sealed, leaves = seal(found, last)
    write_seal(connection, sealed, leaves)
    return Outcome(
        {SEALS.reader: 1, "ledger.seal_leaves": len(leaves)},
        {"code": code_version()},
        max(entry.occurred_at for entry in found),
    )


SEALS = Derivation("ledger.seals", (LEDGER.reader,), step, most_rows=20_000)
