"""The care clock: what each journey is due and was given; what that cost goes into the books."""

from typing import Any

from assets.derivations import assessments
from domain.ledger import Booked, Obligation, Transaction, chart
from domain.ledger.obligation import CARE
from domain.passenger_rights.care_clock import Due
from domain.passengers.care import Entitlement, Given, due, waits_until
from domain.passengers.care_spend import spend
from streaming.derivation import Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.derive import horizon
from streaming.store.derive_care import (
    CARE_CLOCK as READER,
)
from streaming.store.derive_care import (
    KeptClock,
    care_given,
    entitlements,
    kept_clocks,
    travellers_concerned,
    write_clocks,
)
from streaming.store.derive_ledger import (
    BOOKS,
    already_booked,
    close_the_books_to_others,
    open_accounts,
    write_transactions,
)
from streaming.store.intervals import Interval, register_table_log
from streaming.version import code_version

Evidenced = tuple[Transaction, tuple[str, ...]]


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Set the clock of every journey that was assessed or cared for, and book what care cost."""
    seen = horizon(connection, READER)
    log = register_table_log(connection, assessments.READER)
    who = travellers_concerned(connection, intervals)
    given = care_given(connection, who, seen)
    granted = entitlements(connection, who, log, seen.next_offset(log, 0))
    keys = {one: Obligation(*one, CARE).key for one in who}
    kept = kept_clocks(connection, keys.values())
    carried: dict[Any, list[Booked]] = {}
    if given:
        open_accounts(connection, chart())
        close_the_books_to_others(connection)
        carried = already_booked(connection, [keys[one] for one in given])
    rows, new = [], list[Evidenced]()
    falls_due: dict[str, tuple[Due, ...]] = {}
    for one in sorted(who):
        obligation = Obligation(*one, CARE)
        care, grants = given.get(one, []), granted.get(one, [])
        counted, added = _booked(obligation, carried.get(obligation.key, []), care, grants)
        new += added
        row = _clock(obligation, care, grants, counted, falls_due, kept.get(obligation.key))
        rows += [] if row is None else [row]
    write_clocks(connection, rows, code_version())
    lines = write_transactions(connection, new, code_version())
    return Outcome(
        {READER: len(rows), BOOKS: len(new), "ledger.postings": lines},
        {"code": code_version()},
        max((row["as_of"] for row in rows), default=None),
    )


CARE_CLOCK = Derivation(READER, (assessments.READER, "passenger.events"), step, most_rows=500)


def _booked(
    obligation: Obligation, carried: list[Booked], care: list[Given], grants: list[Entitlement]
) -> tuple[dict[str, dict[str, Any]], list[Evidenced]]:
    """How each piece of care counts, by its id, and what the books grow by."""
    counted: dict[str, dict[str, Any]] = {}
    new: list[Evidenced] = []
    for one in care:
        spent = spend(obligation, carried, one, grants)
        for transaction in spent.added:
            assert spent.on is not None
            new.append((transaction, (one.reference, spent.on.reference)))
            carried.append(Booked.of(transaction))
        counted[str(one.event_id)] = {
            "care": one.care,
            "at": one.at.isoformat(),
            "amount_minor": one.amount_minor,
            "currency": one.currency,
            "supplier": one.supplier,
            "counts": spent.counts,
        }
    return counted, new


def _clock(
    obligation: Obligation,
    care: list[Given],
    grants: list[Entitlement],
    counted: dict[str, dict[str, Any]],
    falls_due: dict[str, tuple[Due, ...]],
    before: KeptClock | None,
) -> dict[str, Any] | None:
    """The row of a clock that says something new; None where it says what it said."""
    told = {
        "assessment_id": grants[0].assessment_id if grants else None,
        "due": due(grants, falls_due),
        "given": counted,
        "waits_until": waits_until(grants),
    }
    if before is not None and all(getattr(before, name) == told[name] for name in told):
        return None
    return {
        "care_key": obligation.key,
        "revision": 1 if before is None else before.revision + 1,
        "passenger_ref": obligation.passenger_ref,
        "journey_id": obligation.journey_id,
        **told,
        "as_of": max([one.at for one in care] + [one.as_of for one in grants]),
        "evidence": [one.reference for one in grants] + [one.reference for one in care],
    }
