"""What derivations read of passengers' journeys; pseudonyms only, `sealed` is never selected."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from streaming.store.database import Connection
from streaming.store.days import recorded_between
from streaming.store.derive import Horizon
from streaming.store.intervals import Interval


class PassengerRecord(NamedTuple):
    """A landed record of passenger.events without what nobody derives from."""

    log_id: int
    partition: int
    offset: int
    kind: str
    occurred_at: datetime
    passenger_ref: UUID | None
    journey_id: UUID | None
    leg_ids: list[UUID] | None
    leg_id: UUID | None
    fare_type: str | None
    passenger_type: str | None
    informed_at: datetime | None
    offered_sobt: datetime | None
    offered_sibt: datetime | None
    checked_in: bool | None

    @property
    def reference(self) -> str:
        """Its identity as evidence columns hold it."""
        return f"{self.log_id}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class LegTravellers:
    """Of one leg: passenger records of the journeys over it by kind, and these journeys' legs."""

    records: dict[str, int]
    leg_ids: set[UUID]


_BEFORE = """
    join unnest(%(logs)s::int[], %(partitions)s::int[], %(offsets)s::bigint[])
    as {alias}(log_id, partition, following) on e.log_id = {alias}.log_id
    and e.partition = {alias}.partition and e."offset" < {alias}.following
"""

_COLUMNS = ", ".join(f'e."{name}"' for name in PassengerRecord._fields)

# Which journeys, then what was told of them: in one statement the planner, who knows little of a
# table that has just grown, joined the two row by row. And never prepared: only a plan that knows
# the array looks it up by hash.
_OVER = f"""
    select distinct leg.id, e.journey_id
    from landed.passenger_events e {_BEFORE.format(alias="h")}
    cross join unnest(e.leg_ids) as leg(id)
    where e.leg_ids && %(legs)s and leg.id = any(%(legs)s)
"""  # noqa: S608 (constants)

_RECORDS = f"""
    select {_COLUMNS} from landed.passenger_events e {_BEFORE.format(alias="h")}
    where e.journey_id = any(%(journeys)s)
    order by e.occurred_at, e.log_id, e.partition, e."offset"
"""  # noqa: S608 (constants)

_TOLD = f"""
    select e.journey_id, e.kind, e.event_id, e.leg_ids
    from landed.passenger_events e {_BEFORE.format(alias="h")}
    where e.journey_id = any(%(journeys)s)
"""  # noqa: S608 (constants)

_IN = """
    select array_agg(distinct journey_id) filter (where journey_id is not null), max(occurred_at)
    from landed.passenger_events where log_id = %s and partition = %s and "offset" >= %s
    and "offset" < %s and recorded_at >= %s and recorded_at < %s
"""

_LEGS = f"""
    select distinct leg.id from landed.passenger_events e {_BEFORE.format(alias="h")}
    cross join unnest(coalesce(e.leg_ids, array[e.leg_id])) as leg(id)
    where e.journey_id = any(%(journeys)s) and leg.id is not null
"""  # noqa: S608 (constants)

_BOOKED = f"""
    select leg.id, count(distinct e.passenger_ref)
    from landed.passenger_events e {_BEFORE.format(alias="h")}
    cross join unnest(e.leg_ids) as leg(id)
    where e.kind = 'journey_booked' and e.leg_ids && %(legs)s and leg.id = any(%(legs)s)
    group by leg.id
"""  # noqa: S608 (constants)


def journeys_in(
    connection: Connection, intervals: Iterable[Interval]
) -> tuple[set[UUID], datetime | None]:
    """The journeys that the intervals' rows speak of, and the latest event time in them."""
    journeys: set[UUID] = set()
    times: list[datetime] = []
    for interval in intervals:
        for partition, (first, following) in interval.spans.items():
            place = (interval.log_id, partition, first, following)
            for found, newest in connection.execute(
                _IN, (*place, *recorded_between(connection, *place))
            ):
                journeys.update(found or ())
                times += [newest] if newest is not None else []
    return journeys, max(times, default=None)


def legs_of_journeys(
    connection: Connection, journeys: Collection[UUID], horizon: Horizon
) -> set[UUID]:
    """Every leg that a record before the horizon puts on one of these journeys."""
    if not journeys:
        return set()
    rows = connection.execute(
        _LEGS, {"journeys": list(journeys), **horizon.columns()}, prepare=False
    )
    return {row[0] for row in rows}


def journey_records(
    connection: Connection, leg_ids: Collection[UUID], horizon: Horizon
) -> list[PassengerRecord]:
    """Every record before the horizon of every journey over one of the legs, in event time."""
    over = connection.execute(_OVER, {"legs": list(leg_ids), **horizon.columns()}, prepare=False)
    journeys = list({journey for _, journey in over})
    rows = connection.execute(_RECORDS, {"journeys": journeys, **horizon.columns()}, prepare=False)
    return [PassengerRecord._make(row) for row in rows]


def travellers(
    connection: Connection, leg_ids: Collection[UUID], horizon: Horizon
) -> dict[UUID, LegTravellers]:
    """Who travels on each of the legs; a leg without known passengers is not named."""
    found: dict[UUID, LegTravellers] = {}
    over: dict[UUID, list[UUID]] = {}
    for leg_id, journey in connection.execute(
        _OVER, {"legs": list(leg_ids), **horizon.columns()}, prepare=False
    ):
        over.setdefault(journey, []).append(leg_id)
    seen: set[UUID] = set()
    for journey, kind, event_id, companions in connection.execute(
        _TOLD, {"journeys": list(over), **horizon.columns()}, prepare=False
    ):
        again = event_id in seen
        seen.add(event_id)
        for leg_id in over[journey]:
            leg = found.setdefault(leg_id, LegTravellers({}, set()))
            leg.records[kind] = leg.records.get(kind, 0) + (not again)
            leg.leg_ids.update(companions or ())
    return found


def passengers_booked(
    connection: Connection, leg_ids: Collection[UUID], horizon: Horizon
) -> dict[UUID, int]:
    """Passengers with a confirmed journey over each leg; a leg nobody booked is not named."""
    rows = connection.execute(_BOOKED, {"legs": list(leg_ids), **horizon.columns()}, prepare=False)
    return {row[0]: row[1] for row in rows}
