"""Disruptions: the irregular legs and knock-on links that an interval touches, correlated anew.

There is no state but the tables. What is touched is widened to whole trees (over links, and over
the legs that a touched disruption had), then computed from the legs' own records; so the cost
hangs on the legs touched and the length of a chain, not on history. Nothing beyond the reader's
marks is looked at. What is written in between depends on where intervals are cut; the last
`content_hash` of every disruption that still has legs does not.
"""

from uuid import UUID

from domain.disruptions import (
    Disruption,
    Leg,
    Link,
    Travellers,
    correlate,
    observe,
    revisions,
)
from domain.network_state import LegBook
from streaming.derivation import Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.derive import Horizon, horizon
from streaming.store.derive_disruptions import (
    detectors_of,
    flight_records,
    last_revisions,
    links_touching,
    touched_by,
    write_disruptions,
)
from streaming.store.derive_passengers import (
    journeys_in,
    legs_of_journeys,
    passengers_booked,
    travellers,
)
from streaming.store.intervals import Interval, register_table_log
from streaming.version import code_version

READER = "derived.disruptions"
PASSENGERS = "passenger.events"
INPUTS = (
    "flight.events", PASSENGERS,
    "detected.findings", "detected.corrections", "detected.versions",
)  # fmt: skip
_NEVER_FORGET_HOURS = 24 * 365 * 100


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Write the revisions that the intervals' rows make due."""
    moved, as_of = touched_by(connection, [i for i in intervals if i.log != PASSENGERS])
    journeys, told_at = journeys_in(connection, [i for i in intervals if i.log == PASSENGERS])
    as_of = max((at for at in (as_of, told_at) if at is not None), default=None)
    known = horizon(connection, READER)
    due, versions = [], {"code": code_version()}
    touched = moved | legs_of_journeys(connection, journeys, known)
    if touched and as_of is not None:
        for on_journey in travellers(connection, moved, known).values():
            touched |= on_journey.leg_ids
        leg_ids, links, previous = _whole_trees(connection, touched, known)
        tied = {leg for link in links.values() for leg in (link.from_leg_id, link.to_leg_id)}
        tied |= {leg for disruption in previous.values() for leg in disruption.leg_ids}
        legs, on_board = _legs(connection, leg_ids, tied, known)
        due = revisions(correlate(legs, links.values()), previous, as_of, on_board)
        if links:
            versions["detector"] = ", ".join(detectors_of(connection, links.keys()))
    write_disruptions(connection, due, code_version())
    concerned = tuple(disruption.correlation_id for disruption in due)
    return Outcome({READER: len(due)}, versions, as_of, correlation_ids=concerned)


DISRUPTIONS = Derivation(READER, INPUTS, step)


def _whole_trees(
    connection: Connection, touched: set[UUID], known: Horizon
) -> tuple[set[UUID], dict[UUID, Link], dict[UUID, Disruption]]:
    """Widen until no link or earlier disruption leads to a leg not yet named."""
    findings = register_table_log(connection, "detected.findings")
    leg_ids, links, previous = set(touched), dict[UUID, Link](), dict[UUID, Disruption]()
    fresh = leg_ids
    while fresh:
        found = links_touching(connection, fresh, findings, known)
        earlier = last_revisions(connection, fresh)
        links |= {link.finding_id: link for link in found}
        previous |= {disruption.disruption_id: disruption for disruption in earlier}
        active = [link for link in found if link.active]
        reached = {link.from_leg_id for link in active} | {link.to_leg_id for link in active}
        reached |= {leg_id for disruption in earlier for leg_id in disruption.leg_ids}
        fresh = reached - leg_ids
        leg_ids = leg_ids | fresh
    return leg_ids, links, previous


def _legs(
    connection: Connection, leg_ids: set[UUID], tied: set[UUID], known: Horizon
) -> tuple[dict[UUID, Leg], dict[UUID, Travellers]]:
    """The legs, and who travels on those that are broken or `tied` to one, as the records before
    the horizon tell.

    Companions of the journeys are looked at but not correlated: their trees are not whole here.
    """
    book = LegBook(keep_hours=_NEVER_FORGET_HOURS)
    for record in flight_records(connection, leg_ids, known):
        book.apply(record)
    # Who is on board is asked for where a disruption can be: that is few of the legs.
    broken = {leg_id for leg_id, state in book.legs.items() if observe(state).irregularity}
    broken |= tied & leg_ids
    on_board = travellers(connection, broken, known)
    companions = set[UUID]().union(*(on_leg.leg_ids for on_leg in on_board.values()))
    for record in flight_records(connection, companions - leg_ids, known):
        book.apply(record)
    booked = passengers_booked(connection, broken, known)
    seen = {leg_id: observe(state, booked.get(leg_id)) for leg_id, state in book.legs.items()}
    return (
        {leg_id: leg for leg_id, leg in seen.items() if leg_id in leg_ids},
        {
            leg_id: Travellers(on.records, tuple(seen[i] for i in sorted(on.leg_ids) if i in seen))
            for leg_id, on in on_board.items()
        },
    )
