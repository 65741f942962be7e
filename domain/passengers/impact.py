"""From a journey and its legs to the facts that the law asks for; one impact an obligation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.ledger import Obligation
from domain.ledger.obligation import rerouting_failed
from domain.network.airports import find_airport
from domain.passenger_rights import RightsFacts
from domain.passengers.breach import Breach, affected, first_breach
from domain.passengers.flown import (
    LegFacts,
    Scheduled,
    departure_delay,
    final_arrival,
    flown_instead,
    minutes_between,
    night_needed,
    scheduled,
)
from domain.passengers.journeys import Journey, Offer


class Impact(NamedTuple):
    """What happened to one journey: who is owed, the facts, and the leg that broke it first.

    `leg_ids` are the legs the facts were read from; `settled` is False while the journey has
    not ended, so that the facts still move.
    """

    obligation: Obligation
    facts: RightsFacts
    broken_leg_id: UUID
    leg_ids: tuple[UUID, ...]
    settled: bool


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A journey that cannot be judged yet, since legs of it have no schedule."""

    passenger_ref: UUID
    journey_id: UUID
    missing_leg_ids: tuple[UUID, ...]


def impacts(
    journey: Journey,
    legs: Mapping[UUID, LegFacts],
    *,
    inherited_causes: Mapping[UUID, str] | None = None,
    measures_proven: Mapping[UUID, bool] | None = None,
    already_affected: bool = False,
) -> tuple[Impact, ...] | Unplaced:
    """The facts of a journey as far as its legs are known; empty while nothing went wrong.

    `inherited_causes` gives a leg that was late because of an earlier one that one's cause (a
    code of the cause table with `_prior_rotation`), used where the leg has no cause of its own.
    `measures_proven` says for which legs a person has approved or refused the excuse. With
    `already_affected` the facts are given even when all turned out well, so that a claim once
    booked is corrected.
    """
    booked = scheduled(legs, journey.booked)
    if len(booked) < len(journey.booked) or not booked:
        known = {leg.leg_id for leg in booked}
        missing = tuple(leg_id for leg_id in journey.booked if leg_id not in known)
        return Unplaced(journey.passenger_ref, journey.journey_id, missing)
    way = flown_instead(booked, scheduled(legs, journey.itineraries[-1]))
    if len(journey.itineraries) == 1:
        way = booked
    broken, breach = first_breach(booked, way)
    stranded = breach in ("cancellation", "missed_connection") and len(journey.itineraries) == 1
    if stranded:  # what left without the passenger says nothing of when the passenger goes on
        way = way[: way.index(broken) + 1]
    arrival = final_arrival(booked, way)
    waited = None if stranded else departure_delay(booked, way)
    if not already_affected and not affected(booked, breach, arrival, waited):
        return ()
    facts = {
        **_journey_facts(journey, booked, broken),
        **_cause(broken, inherited_causes or {}, measures_proven or {}),
        **_outcome(journey, booked, way, broken, breach, arrival, waited, legs),
    }
    first = Impact(
        obligation=Obligation(journey.passenger_ref, journey.journey_id),
        facts=RightsFacts.model_validate(facts),
        broken_leg_id=broken.leg_id,
        leg_ids=tuple(dict.fromkeys(leg.leg_id for leg in (*booked, *way))),
        settled=arrival is not None,
    )
    if breach != "cancellation":
        return (first,)
    again = _failed_reroutings(
        journey, legs, inherited_causes or {}, measures_proven or {}, already_affected
    )
    return (first, *again)


def _journey_facts(
    journey: Journey, booked: Sequence[Scheduled], broken: Scheduled
) -> dict[str, Any]:
    place = find_airport(broken.origin)
    local = broken.sobt.astimezone(place.zone) if place else broken.sobt
    return {
        "flight_date": local.date(),
        "scheduled_departure": broken.sobt,
        "operating_licence": broken.facts.operating_licence or "unknown",
        "departure_airport": booked[0].origin,
        "arrival_airport": booked[-1].destination,
        "via_airports": tuple(leg.origin for leg in booked[1:]),
        "fare_type": journey.fare_type or "unknown",
        "passenger_type": journey.passenger_type or "adult",
        "checked_in": journey.checked_in,
    }


def _cause(
    broken: Scheduled, inherited: Mapping[UUID, str], proven: Mapping[UUID, bool]
) -> dict[str, Any]:
    cause = broken.facts.irregularity_cause or inherited.get(broken.leg_id, "unknown")
    return {"cause": cause, "reasonable_measures_proven": proven.get(broken.leg_id)}


def _outcome(
    journey: Journey,
    booked: Sequence[Scheduled],
    way: Sequence[Scheduled],
    broken: Scheduled,
    breach: Breach,
    arrival: datetime | None,
    waited: int | None,
    legs: Mapping[UUID, LegFacts],
) -> dict[str, Any]:
    late = None if arrival is None else minutes_between(booked[-1].sibt, arrival)
    outcome: dict[str, Any] = {
        "event": breach,
        "departure_delay_minutes": waited,
        "arrival_delay_minutes": late,
        "arrival_basis": "door_open" if way[-1].facts.doors_open_at else "on_block",
        "overnight": night_needed(booked, way),
        "waiting_at_airport": journey.checked_in is not False,
    }
    if breach == "cancellation":
        told = journey.informed_at.get(broken.leg_id)
        notice = None if told is None else max(0, minutes_between(told, broken.sobt))
        outcome["notice_minutes"] = notice
        outcome["waiting_at_airport"] = _waits_at_airport(journey, notice)
        outcome |= _offered(journey, booked, broken, legs)
    elif breach == "diversion":
        outcome["notice_minutes"] = 0  # told in the air
        outcome["reroute_offered"] = late is not None
        if late is not None:
            outcome |= {"reroute_dep_early_minutes": 0, "reroute_arr_late_minutes": late}
    return outcome


def _waits_at_airport(journey: Journey, notice_minutes: int | None) -> bool | None:
    """Whoever has checked in waits there; whoever was told a day ahead does not come."""
    if journey.checked_in is not None:
        return journey.checked_in
    if notice_minutes is not None and notice_minutes >= 24 * 60:
        return False
    return None


def _offered(
    journey: Journey,
    booked: Sequence[Scheduled],
    broken: Scheduled,
    legs: Mapping[UUID, LegFacts],
) -> dict[str, Any]:
    """The offer that ends the journey soonest; being rebooked is an offer too."""
    offers = list(journey.offers.get(broken.leg_id, ()))
    if len(journey.itineraries) > 1:
        rebooked = scheduled(legs, journey.itineraries[1])
        replaced = [leg for leg in rebooked if leg.origin == broken.origin]
        if replaced and rebooked[-1].destination == booked[-1].destination:
            offers.append(Offer(replaced[0].sobt, rebooked[-1].sibt))
    if not offers:
        return {"reroute_offered": False}
    best = min(offers, key=lambda offer: (offer.sibt, broken.sobt - offer.sobt))
    return {
        "reroute_offered": True,
        "reroute_dep_early_minutes": max(0, minutes_between(best.sobt, broken.sobt)),
        "reroute_arr_late_minutes": minutes_between(booked[-1].sibt, best.sibt),
    }


def _failed_reroutings(
    journey: Journey,
    legs: Mapping[UUID, LegFacts],
    inherited: Mapping[UUID, str],
    proven: Mapping[UUID, bool],
    already_affected: bool,
) -> list[Impact]:
    """A re-routing after a cancellation that fails in turn: a second, separate sum (C-832/18)."""
    found: list[Impact] = []
    for attempt in range(1, len(journey.itineraries)):
        rerouted = impacts(
            replace(journey, itineraries=journey.itineraries[attempt:]),
            legs,
            inherited_causes=inherited,
            measures_proven=proven,
            already_affected=already_affected,
        )
        if isinstance(rerouted, Unplaced) or not rerouted:
            continue
        event = rerouting_failed(attempt)
        found.append(
            rerouted[0]._replace(
                obligation=rerouted[0].obligation._replace(event=event),
                facts=rerouted[0].facts.model_copy(update={"rerouting_flight": True}),
            )
        )
    return found
