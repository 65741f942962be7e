"""What the care clock reads and writes: care events, what the law grants, clocks as kept."""

# ruff: noqa: S608  (what is joined into queries here are constants of this module)

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.passenger_rights import RightsFacts
from domain.passengers.care import Entitlement, Given
from streaming.store.database import Connection
from streaming.store.days import recorded_between
from streaming.store.derive import Horizon, insert
from streaming.store.derive_rights import between
from streaming.store.intervals import Interval

CARE_CLOCK = "derived.care_clock"
ASSESSMENTS = "derived.assessments"
Traveller = tuple[UUID, UUID]
"""Passenger and booking journey."""


class KeptClock(NamedTuple):
    """The newest clock of a journey."""

    care_key: UUID
    revision: int
    assessment_id: UUID | None
    due: dict[str, Any]
    given: dict[str, Any]
    waits_until: datetime | None


def travellers_concerned(connection: Connection, intervals: Iterable[Interval]) -> set[Traveller]:
    """Whose assessment is in the intervals, or care given to whom."""
    found: set[Traveller] = set()
    for interval in intervals:
        if interval.log == ASSESSMENTS:
            found |= set(connection.execute(_ASSESSED, between(interval)))
            continue
        for partition, (first, following) in interval.spans.items():
            place = (interval.log_id, partition, first, following)
            earliest, latest = recorded_between(connection, *place)
            found |= set(connection.execute(_CARED_FOR, (*place, earliest, latest)))
    return found


_ASSESSED = """
    select distinct i.passenger_ref, i.journey_id from derived.assessments a
    join derived.passenger_impacts i on i.sequence = a.impact_sequence
    where a.sequence >= %(since)s and a.sequence < %(until)s
"""
_CARED_FOR = """
    select distinct passenger_ref, journey_id from landed.passenger_events
    where log_id = %s and partition = %s and "offset" >= %s and "offset" < %s
    and recorded_at >= %s and recorded_at < %s and care is not null
"""
_GIVEN = """
    select distinct on (e.event_id) e.passenger_ref, e.journey_id, e.event_id, e.occurred_at,
        e.care, e.amount_minor, e.currency, e.supplier, e.kind = 'care_receipt',
        e.log_id || '/' || e.partition || '/' || e."offset"
    from landed.passenger_events e
    join unnest(%(logs)s::int[], %(partitions)s::int[], %(offsets)s::bigint[])
        as h(log_id, partition, following)
        on e.log_id = h.log_id and e.partition = h.partition and e."offset" < h.following
    where e.care is not null and e.journey_id = any(%(journeys)s)
    order by e.event_id, e.log_id, e.partition, e."offset"
"""
_ENTITLED = """
    select distinct on (i.obligation_key) i.passenger_ref, i.journey_id, a.care, a.regime, i.facts,
        a.assessment_id, a.revision, a.rulebook, a.as_of, a.sequence, i.obligation_event
    from derived.passenger_impacts i join derived.assessments a on a.impact_sequence = i.sequence
    where i.journey_id = any(%(journeys)s) and a.sequence < %(until)s
    order by i.obligation_key, a.sequence desc
"""


def care_given(
    connection: Connection, travellers: Collection[Traveller], horizon: Horizon
) -> dict[Traveller, list[Given]]:
    """Every care event of these journeys before the horizon, once, in event-time order."""
    found: defaultdict[Traveller, list[Given]] = defaultdict(list)
    journeys = [journey for _, journey in travellers]
    for row in connection.execute(_GIVEN, {"journeys": journeys, **horizon.columns()}):
        who = (row[0], row[1])
        if who in travellers:  # others may be on the same journey
            found[who].append(Given._make(row[2:]))
    return {who: sorted(given, key=lambda one: (one.at, one.event_id))
            for who, given in found.items()}  # fmt: skip


def entitlements(
    connection: Connection, travellers: Collection[Traveller], log: int, until: int
) -> dict[Traveller, list[Entitlement]]:
    """What the newest assessments before `until` grant; the journey as it was booked first."""
    found: defaultdict[Traveller, list[tuple[str, Entitlement]]] = defaultdict(list)
    journeys = [journey for _, journey in travellers]
    for row in connection.execute(_ENTITLED, {"journeys": journeys, "until": until}):
        passenger, journey, care, regime, facts, named, revision, rulebook, *rest = row
        as_of, sequence, event = rest
        entitlement = Entitlement(
            care=care,
            regime=regime,
            facts=RightsFacts.model_validate(facts),
            assessment_id=named,
            revision=revision,
            rulebook=rulebook,
            reference=f"{log}/0/{sequence}",
            as_of=as_of,
        )
        found[passenger, journey].append((event, entitlement))
    return {who: [one for _, one in sorted(grants, key=lambda grant: grant[0])]
            for who, grants in found.items()}  # fmt: skip


def kept_clocks(connection: Connection, care_keys: Collection[UUID]) -> dict[UUID, KeptClock]:
    """The newest clock of each of these that has one."""
    rows = connection.execute(
        f"select distinct on (care_key) {', '.join(KeptClock._fields)} from {CARE_CLOCK}"
        " where care_key = any(%s) order by care_key, revision desc",
        (list(care_keys),),
    )
    return {row[0]: KeptClock._make(row) for row in rows}


def write_clocks(
    connection: Connection, rows: Collection[Mapping[str, Any]], code_version: str
) -> None:
    """Append to log `derived.care_clock`."""
    insert(connection, CARE_CLOCK, rows, code_version=code_version)


def clocks_running(
    connection: Connection, now: datetime, since: timedelta = timedelta(days=2)
) -> list[KeptClock]:
    """The newest clocks of who may still wait; facts older than `since` are of nobody waiting."""
    rows = connection.execute(
        f"select * from (select distinct on (care_key) {', '.join(KeptClock._fields)}, as_of"
        f" from {CARE_CLOCK} order by care_key, revision desc) newest"
        " where (waits_until is null or waits_until > %(now)s) and as_of > %(since)s",
        {"now": now, "since": now - since},
    )
    return [KeptClock._make(row[:-1]) for row in rows]


def event_time_reached(connection: Connection) -> datetime | None:
    """The newest event time of any flight event that has landed; clocks move it too."""
    row = connection.execute("select max(occurred_at) from landed.flight_events").fetchone()
    return row[0] if row else None


def uncounted_care(connection: Connection) -> list[str]:
    """Care events that were read and are neither booked nor waiting for a reason: none may."""
    rows = connection.execute(
        "with newest as (select distinct on (care_key) care_key, passenger_ref, journey_id, given"
        f" from {CARE_CLOCK} order by care_key, revision desc)"
        " select e.event_id::text from landed.passenger_events e"
        f" join logs.marks m on m.reader = '{CARE_CLOCK}' and m.log_id = e.log_id"
        ' and m.partition = e.partition and e."offset" < m.next_offset'
        " left join newest n on n.passenger_ref = e.passenger_ref and n.journey_id = e.journey_id"
        " cross join lateral (select n.given -> e.event_id::text ->> 'counts' as counts) c"
        " where e.care is not null and (c.counts is null or (c.counts in ('within', 'beyond'))"
        " <> exists (select from ledger.transactions t join ledger.postings p"
        " using (transaction_id) where t.obligation_key = n.care_key and t.kind = 'care'"
        " and t.reference = e.event_id::text and p.amount_minor = e.amount_minor"
        " and p.currency = e.currency)) order by 1"
    )
    return [row[0] for row in rows]
