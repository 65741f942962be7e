"""Tells a scripted day as events, each at the time when it would have become known."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.events import Event, FlightEvent, PassengerEvent
from domain.identity import name_uuid
from streaming.simulator.scenarios.manifest import Booked
from streaming.simulator.scenarios.script import ScriptedLeg, at

SOURCE = "knockon.simulator"
MINUTE = timedelta(minutes=1)


def tell(legs: Sequence[ScriptedLeg], booked: Iterable[Booked], day: date) -> list[Event]:
    """All events of the day in event-time order."""
    by_flight = {leg.flight: leg for leg in legs}
    ids = {leg.flight: leg.id_on(day) for leg in legs}
    events: list[Event] = [event for leg in legs for event in _flown(leg, day)]
    for passenger in booked:
        events += _travelled(passenger, by_flight, ids, day)
    return sorted(events, key=lambda event: (event.occurred_at, event.event_id.int))


def found_out(
    leg: ScriptedLeg, day: date, when: datetime, cause: str, delay_code: str | None
) -> FlightEvent:
    """The leg's last word again, with another cause."""
    last = _flown(leg, day)[-1].model_copy(
        update={"occurred_at": when, "irregularity_cause": cause, "delay_code": delay_code}
    )
    name = ("event", SOURCE, str(last.leg_id), last.kind, when.isoformat())
    return last.model_copy(update={"event_id": name_uuid(*name), "produced_at": when})


def _flown(leg: ScriptedLeg, day: date) -> list[FlightEvent]:
    sobt, sibt = at(day, leg.sobt), at(day, leg.sibt)
    leg_id = leg.id_on(day)
    evening = at(day, "18:00") - timedelta(days=1)

    def told(kind: str, when: datetime, **facts: Any) -> FlightEvent:
        return FlightEvent(
            event_id=name_uuid("event", SOURCE, str(leg_id), kind, when.isoformat()),
            key=str(leg_id), kind=kind, occurred_at=when, produced_at=when, source=SOURCE,
            correlation_id=leg_id, leg_id=leg_id, **facts,
        )  # fmt: skip

    schedule: dict[str, Any] = {
        "airline": leg.airline, "flight_number": leg.number, "departure_airport": leg.origin,
        "arrival_airport": leg.destination, "origin_date": day, "repeat_number": 1,
        "operating_licence": leg.licence, "sobt": sobt, "sibt": sibt,
    }  # fmt: skip
    why = {"irregularity_cause": leg.cause, "delay_code": leg.delay_code}
    events = [
        told("leg_scheduled", evening, **schedule),
        told("aircraft_assigned", evening + 5 * MINUTE, registration=leg.registration),
    ]
    if leg.cancelled_before is not None:
        return [*events, told("leg_cancelled", sobt - leg.cancelled_before * MINUTE, **why)]
    off, on = sobt + leg.off_late * MINUTE, sibt + leg.on_late * MINUTE
    if leg.off_late >= 60:
        estimate = {"eobt": off, "eibt": on}
        events.append(told("leg_estimated", sobt - 30 * MINUTE, **estimate, **why))
    events.append(told("leg_departed", off, aobt=off))
    # Doors open five minutes after the aircraft is on blocks.
    doors = on + 5 * MINUTE
    return [*events, told("leg_arrived", doors, aibt=on, doors_open_at=doors, **why)]


def _travelled(
    passenger: Booked, legs: Mapping[str, ScriptedLeg], ids: Mapping[str, UUID], day: date
) -> list[PassengerEvent]:
    group = passenger.group
    first = legs[group.flights[0]]
    sobt = at(day, first.sobt)
    evening = at(day, "19:00") - timedelta(days=1)

    def told(kind: str, when: datetime, **facts: Any) -> PassengerEvent:
        name = ("event", SOURCE, str(passenger.passenger_ref), kind, when.isoformat())
        return PassengerEvent(
            event_id=name_uuid(*name), key=str(passenger.passenger_ref), kind=kind,
            occurred_at=when, produced_at=when, source=SOURCE,
            correlation_id=passenger.journey_id, passenger_ref=passenger.passenger_ref,
            journey_id=passenger.journey_id, **facts,
        )  # fmt: skip

    def flights(numbers: Iterable[str]) -> tuple[UUID, ...]:
        return tuple(ids[number] for number in numbers)

    events = [
        told(
            "journey_booked", evening, leg_ids=flights(group.flights), sealed=passenger.sealed,
            fare_type="child_public" if passenger.passenger_type == "child" else "public",
            passenger_type=passenger.passenger_type, booking_class="Y",
            checked_in=True if group.told_before is None or group.told_before < 600 else None,
        )
    ]  # fmt: skip
    if group.told_before is not None:
        informed = sobt - group.told_before * MINUTE
        leg = ids[group.flights[0]]
        heard = max(informed, evening + MINUTE)
        events.append(told("passenger_informed", heard, leg_id=leg, informed_at=informed))
        if group.offered is not None:
            other = legs[group.offered]
            offer = {"offered_sobt": at(day, other.sobt), "offered_sibt": at(day, other.sibt)}
            events.append(told("reroute_offered", heard + MINUTE, leg_id=leg, **offer))
    if group.rebooked:
        when = at(day, group.rebooked_at)
        events.append(told("passenger_rebooked", when, leg_ids=flights(group.rebooked)))
    for minutes, (care, minor, currency, supplier) in enumerate(group.care, start=60):
        cost = {"amount_minor": minor, "currency": currency, "supplier": supplier}
        events.append(told("care_given", sobt + minutes * MINUTE, care=care, **cost))
    return events
