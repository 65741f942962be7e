"""Reads one claim from the database, and refuses a letter that the books would contradict."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from domain.ledger.position import Booked, Position
from domain.ledger.position import standing as stands
from domain.letters import Booking, Case, Earlier, Flight, Money, Trail
from domain.network_state import LegBook, LegState
from domain.passenger_rights import RightsFacts, assess
from domain.passenger_rights.assessment import Assessment
from orchestration.explain.errors import CannotExplain
from orchestration.lineage.walk import walk
from streaming.desk.claims import standing
from streaming.store import explaining as stored
from streaming.store.claims import is_booked
from streaming.store.database import Connection
from streaming.store.derive_ledger import already_booked

_NEVER_FORGET_HOURS = 24 * 365 * 100


def found(connection: Connection, key: str) -> UUID:
    """The obligation of a key, an assessment or a transaction. Raises CannotExplain."""
    keys = stored.obligation_by(connection, key)
    if len(keys) == 1 and not stored.is_assessed(connection, keys[0]):
        raise CannotExplain(f"{keys[0]} is not assessed yet: ask again in a few seconds")
    if len(keys) != 1:
        many = "no claim" if not keys else "more than one claim"
        raise CannotExplain(
            f"{many} is {key}: give an obligation key (or how it begins), an assessment id or a "
            "transaction id; `knockon claims list` and the marts show some"
        )
    return keys[0]


def read_case(
    connection: Connection, obligation_key: UUID, written_on: datetime, name: str | None = None
) -> Case:
    """The claim as it stands. Raises CannotExplain where stored answer, rules and books disagree.

    The stored facts are put to the rules of today: they must give the sum that is stored, and the
    books must carry it.
    """
    rows = stored.assessments(connection, obligation_key)
    newest = rows[-1]
    facts = RightsFacts.model_validate(newest["facts"])
    answer = _answered(facts, newest)
    carried = already_booked(connection, [obligation_key]).get(obligation_key, [])
    _require_booked(connection, obligation_key, carried, answer)
    return Case(
        obligation_key=obligation_key,
        facts=facts,
        assessment=answer,
        flights=_flights(connection, newest),
        earlier=_earlier(rows),
        money=_money(carried),
        claim=standing(connection, obligation_key).claim,
        written_on=written_on,
        name=name,
    )


def read_trail(connection: Connection, obligation_key: UUID) -> Trail:
    """What the case rests on: bookings under their seals, and the offsets on Kafka."""
    newest = stored.assessments(connection, obligation_key)[-1]
    start = walk(connection, "assessment", str(newest["assessment_id"]))
    offsets = tuple(f"{step.reference}  {step.log.name}" for step in start.steps() if step.on_kafka)
    return Trail(
        assessment_id=str(newest["assessment_id"]),
        revision=newest["revision"],
        digest=newest["rulebook_digest"] or "not kept",
        disruption=f"{newest['disruption_id']}, revision {newest['disruption_revision']}",
        bookings=tuple(map(_booking, stored.bookings(connection, obligation_key))),
        offsets=offsets,
    )


def _require_booked(
    connection: Connection, obligation_key: UUID, carried: Sequence[Booked], answer: Assessment
) -> None:
    accrual = stands(carried)
    lines = accrual.postings if accrual else ()
    booked = sum(line.amount_minor for line in lines if line.amount_minor > 0)
    if booked == answer.accrual_minor:
        return
    if not is_booked(connection, obligation_key):
        raise CannotExplain("its newest assessment is not booked yet: ask again in a few seconds")
    raise CannotExplain(
        f"the books carry {booked} {answer.currency} (minor units) and the assessment says "
        f"{answer.accrual_minor}: no letter is written; see `knockon verify` and the asset check "
        "`complete` of ledger.transactions"
    )


def _answered(facts: RightsFacts, row: dict[str, Any]) -> Assessment:
    answer = assess(facts)
    told = (row["amount_minor"], row["amount_max_minor"], row["currency"], row["rulebook"])
    now = (answer.amount_minor, answer.amount_max_minor, answer.currency, answer.rulebook)
    if now != told:
        raise CannotExplain(
            f"the rules of today give {now[0]} {now[2]} (minor units), {told[0]} {told[2]} is "
            "assessed: run `knockon reassess`, then ask again"
        )
    return answer


def _flights(connection: Connection, newest: dict[str, Any]) -> tuple[Flight, ...]:
    legs = stored.legs_of(connection, newest["passenger_ref"], newest["journey_id"])
    book = LegBook(keep_hours=_NEVER_FORGET_HOURS)
    for record in stored.flight_records(connection, legs or [newest["broken_leg_id"]]):
        book.apply(record)
    return tuple(_flight(book.legs[leg]) for leg in legs if leg in book.legs)


def _flight(leg: LegState) -> Flight:
    return Flight(
        f"{leg.airline or ''}{leg.flight_number or ''}" or "a flight",
        leg.departure_airport or "?",
        leg.arrival_airport or "?",
        leg.first_sobt or leg.sobt,
        leg.sibt,
        leg.aobt,
        leg.aibt,
        leg.doors_open_at,
        leg.cancelled is not None,
        leg.diverted_to,
    )


def _earlier(rows: Sequence[dict[str, Any]]) -> tuple[Earlier, ...]:
    """Each answer that the next one replaced; one that another facts' revision repeats is one."""
    return tuple(
        Earlier(
            row["as_of"],
            row["rulebook"],
            row["amount_minor"],
            row["currency"],
            row["impact_sequence"] == following["impact_sequence"],
        )
        for row, following in pairwise(rows)
    )


def _money(carried: Sequence[Booked]) -> tuple[Money, ...]:
    position = Position.of(carried)
    return tuple(
        Money(
            currency=currency,
            owed=position.credit("probable", currency),
            approved=position.credit("approved", currency) + position.credit("payable", currency),
            on_its_way=position.credit("in-transit", currency),
            paid=position.credit("cash", currency),
            asked_back=position.debit("repayment-receivable", currency),
            let_go=position.credit("write-off", currency),
        )
        for currency in position.currencies
    )


def _booking(row: dict[str, Any]) -> Booking:
    return Booking(
        transaction_id=str(row["transaction_id"]),
        kind=row["kind"],
        booked_at=f"{row['booked_at']:%Y-%m-%d %H:%M:%S}",
        description=row["description"],
        reverses=str(row["reverses"]) if row["reverses"] else None,
        actor=row["actor"],
        reference=row["reference"],
        lines=tuple(zip(row["accounts"], row["amounts"], row["currencies"], strict=True)),
        seal=f"under seal {row['seal']}, head {row['head']}" if row["seal"] else None,
    )
