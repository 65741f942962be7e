"""What a letter about one obligation reads: its assessments, flights, bookings and seals."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from domain.network_state import FlightRecord
from streaming.store.claims import obligations_named
from streaming.store.database import Connection

_FLIGHT = ", ".join(f'e."{name}"' for name in FlightRecord._fields)
_BY = {
    "derived.assessments": "assessment_id",
    "ledger.transactions": "transaction_id",
}


def obligation_by(connection: Connection, key: str) -> list[UUID]:
    """At most two obligations that this names: by their own key, an assessment or a transaction."""
    found = obligations_named(connection, key)
    try:
        whole = UUID(key)
    except ValueError:
        return found
    for table, column in _BY.items():
        rows = connection.execute(
            f"select distinct obligation_key from {table} where {column} = %s limit 2", (whole,)
        )
        found += [row[0] for row in rows if row[0] not in found]
    return found


def is_assessed(connection: Connection, obligation_key: UUID) -> bool:
    """Whether the law has said anything of the obligation."""
    row = connection.execute(
        "select exists (select from derived.assessments where obligation_key = %s)",
        (obligation_key,),
    ).fetchone()
    return bool(row and row[0])


def assessments(connection: Connection, obligation_key: UUID) -> list[dict[str, Any]]:
    """Every assessment with the facts it judged, oldest first."""
    return _rows(
        connection,
        "select a.*, i.facts, i.broken_leg_id, i.passenger_ref, i.journey_id, i.disruption_id,"
        " i.disruption_revision, i.evidence as impact_evidence from derived.assessments a"
        " join derived.passenger_impacts i on i.sequence = a.impact_sequence"
        " where a.obligation_key = %s order by a.sequence",
        obligation_key,
    )


def legs_of(connection: Connection, passenger_ref: UUID, journey_id: UUID) -> list[UUID]:
    """The legs that the passenger was booked on, and those they were put on, in that order."""
    rows = connection.execute(
        "select leg_ids from landed.passenger_events where passenger_ref = %s and journey_id = %s"
        " and leg_ids is not null order by occurred_at, recorded_at",
        (passenger_ref, journey_id),
    )
    return list(dict.fromkeys(leg for (legs,) in rows for leg in legs))


def flight_records(connection: Connection, leg_ids: Collection[UUID]) -> list[FlightRecord]:
    """All that was told of these legs; nothing where the days were detached."""
    rows = connection.execute(
        f"select {_FLIGHT} from landed.flight_events e where leg_id = any(%s)"
        ' order by recorded_at, log_id, partition, "offset"',
        (list(leg_ids),),
    )
    return [FlightRecord._make(row) for row in rows]


def bookings(connection: Connection, obligation_key: UUID) -> list[dict[str, Any]]:
    """The transactions of an obligation with lines and seal, in the order of the books."""
    return _rows(
        connection,
        "select t.transaction_id, t.kind, t.booked_at, t.description, t.reverses, t.actor,"
        " t.reference, array_agg(p.account order by p.line) as accounts,"
        " array_agg(p.amount_minor order by p.line) as amounts,"
        " array_agg(p.currency order by p.line) as currencies, s.number as seal, s.head"
        " from ledger.transactions t join ledger.postings p using (transaction_id)"
        " left join ledger.seal_leaves l on l.transaction_id = t.transaction_id"
        " left join ledger.seals s on s.number = l.seal where t.obligation_key = %s"
        " group by t.transaction_id, s.number order by t.sequence",
        obligation_key,
    )


def sealed_person(connection: Connection, passenger_ref: UUID, journey_id: UUID) -> bytes | None:
    """The newest sealed data of a passenger on a journey."""
    row = connection.execute(
        "select sealed from landed.passenger_events where journey_id = %s and passenger_ref = %s"
        " and sealed is not null order by occurred_at desc limit 1",
        (journey_id, passenger_ref),
    ).fetchone()
    return row[0] if row else None


def on_flight(connection: Connection, broken_leg_id: UUID) -> list[dict[str, Any]]:
    """Everybody whose journey this leg broke: newest facts and assessment, claim and care."""
    return _rows(
        connection,
        "select distinct on (i.obligation_key) i.obligation_key, i.passenger_ref, i.journey_id,"
        " i.obligation_event, i.facts, a.assessment_id, a.regime, a.rulebook, a.event,"
        " a.amount_minor, a.amount_max_minor, a.currency, a.care, a.citations, a.certainty,"
        " a.needs, a.explanation, c.given, c.due from derived.passenger_impacts i"
        " join derived.assessments a on a.impact_sequence = i.sequence"
        " left join lateral (select given, due from derived.care_clock c"
        " where c.passenger_ref = i.passenger_ref and c.journey_id = i.journey_id"
        " order by revision desc limit 1) c on true"
        " where i.broken_leg_id = %s order by i.obligation_key, a.sequence desc",
        broken_leg_id,
    )


def notices(connection: Connection, journey_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """What passengers of these journeys were told and offered, and when."""
    return _rows(
        connection,
        "select passenger_ref, journey_id, kind, occurred_at, informed_at, offered_sobt,"
        " offered_sibt from landed.passenger_events where journey_id = any(%s) and kind in"
        " ('passenger_informed', 'reroute_offered', 'passenger_rebooked')"
        " order by occurred_at, event_id",
        list(journey_ids),
    )


def _rows(connection: Connection, query: str, *values: Any) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()
