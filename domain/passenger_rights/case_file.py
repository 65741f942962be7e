"""The case file's vocabulary: a row of texts becomes facts, an assessment a row of texts."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError

from domain.network.airports import find_airport
from domain.network.great_circle import measure
from domain.passenger_rights.assessment import Assessment, major
from domain.passenger_rights.causes import cause_of
from domain.passenger_rights.cells import (
    Cells,
    UnreadableCase,
    day,
    days_in_minutes,
    minor_units,
    number,
    truth,
    whole_minutes,
)
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.vocabulary import FareType, Regime

__all__ = [
    "FACT_COLUMNS",
    "NEEDED_COLUMNS",
    "UnreadableCase",
    "facts_of",
    "refusal",
    "regime_of",
    "row_of",
]

FACT_COLUMNS = (
    "regime", "flight_date", "operating_carrier_region", "dep_iata", "via_iatas",
    "arr_final_iata", "connection_stops", "single_booking", "event_type",
    "departure_delay_minutes", "arrival_delay_minutes", "overnight", "waiting_at_airport",
    "notice_days", "reroute_offered", "reroute_dep_early_minutes", "reroute_arr_late_minutes",
    "advanced_minutes", "cause", "ec_deductible_minutes", "reasonable_measures_proven",
    "pax_type", "fare_type", "checkin_presented", "third_country_benefits", "voluntary",
    "refusal_grounds", "aircraft", "class_booked", "class_flown", "leg_price",
    "ticket_currency", "distance_km", "distance_km_wgs84",
    "scheduled_departure", "scheduled_arrival", "arrival_basis", "diverted_to_same_region",
    "rerouting_flight", "marketing_carrier_region", "lessor_region", "fare", "fare_iatas",
)  # fmt: skip
"""Everything that a row says, after its `id`; of `expected_*` and the like nothing is read.
The last two lines are ours: facts that the published case file cannot say."""

NEEDED_COLUMNS = ("id", "regime", "flight_date", "dep_iata", "arr_final_iata", "event_type")
"""Without these columns no row says anything; any other may be absent, as if it were empty."""

SLOWEST_KM_PER_MINUTE = 8.0
SPARE_MINUTES = 360
"""Longer than any schedule gives a direct flight: at 480 km/h, and six hours on top."""

_WHOLE = {
    "departure_delay_minutes": "departure_delay_minutes",
    "arrival_delay_minutes": "arrival_delay_minutes",
    "advanced_minutes": "advanced_minutes",
    "reroute_dep_early_minutes": "reroute_dep_early_minutes",
    "reroute_arr_late_minutes": "reroute_arr_late_minutes",
}
_TRUTH = {
    "overnight": "overnight",
    "waiting_at_airport": "waiting_at_airport",
    "reroute_offered": "reroute_offered",
    "reasonable_measures_proven": "reasonable_measures_proven",
    "checkin_presented": "checked_in",
    "diverted_to_same_region": "diverted_to_same_region",
}


_LICENCES = {
    "ch": "swiss", "switzerland": "swiss",
    "is": "eea", "no": "eea", "iceland": "eea", "norway": "eea", "li": "eea",
    "gb": "uk", "uk_caa": "uk", "eu_eea": "eu", "non_eu": "other", "third": "other",
}  # fmt: skip
_FARES = {
    "infant_paid": "public", "infant_public": "public", "public_fare": "public",
    "child": "child_public", "child_fare": "child_public",
    "group_public": "group", "group_fare": "group", "public_group": "group",
    "award": "frequent_flyer", "frequent_flyer_award": "frequent_flyer", "miles": "frequent_flyer",
    "zero_fare": "zero_fare_taxes_paid", "taxes_only": "zero_fare_taxes_paid",
    "staff": "staff_id", "staff_standby": "staff_id", "staff_reduced": "staff_id",
    "staff_travel": "staff_id",
    "sponsored": "sponsored_guest", "sponsorship": "sponsored_guest",
    "sponsorship_guest": "sponsored_guest", "sponsor_guest": "sponsored_guest",
    "sponsored_reduced": "sponsored_guest", "sponsor_reduced": "sponsored_guest",
    "named_sponsorship_guest": "sponsored_guest", "sponsorship_reduced": "sponsored_guest",
    "free_of_charge": "free", "infant_free": "free", "infant_free_named": "free",
    "infant_free_unnamed_no_seat": "infant_free_unnamed",
    "package_tour": "package", "package_holiday": "package",
}  # fmt: skip
"""Words that other people's files use; a fare word that nobody knows is a fare not known."""


def regime_of(row: Mapping[str, str]) -> Regime | None:
    """The regime that a row asks about; None where the law of the place of departure leads."""
    regime = row.get("regime", "").strip().lower()
    if regime == "eu":
        return "eu"
    if regime == "uk":
        return "uk"
    if not regime:
        return None
    raise UnreadableCase(f"regime is eu or uk, not {regime!r}")


def refusal(error: UnreadableCase | ValidationError) -> str:
    """Why a row was refused, by column, or by the name of what is impossible."""
    if isinstance(error, UnreadableCase):
        return str(error)
    told = []
    for one in error.errors(include_url=False):
        field = str(one["loc"][0]) if one["loc"] else one["type"]
        found = f", not {one['input']!r}" if one["loc"] else ""
        told.append(f"{_COLUMNS.get(field, field)}: {one['msg']}{found}")
    return "; ".join(told)


def facts_of(row: Mapping[str, str]) -> RightsFacts:
    """The facts of a row; an empty cell is a fact not known.

    Raises UnreadableCase for a cell that cannot be read, ValidationError for facts outside the
    vocabulary or impossible in themselves.
    """
    cells = {name: (value or "").strip() for name, value in row.items() if name is not None}
    facts: dict[str, Any] = {
        "flight_date": day(cells, "flight_date"),
        "operating_licence": _word(cells, "operating_carrier_region", _LICENCES) or "unknown",
        "departure_airport": cells.get("dep_iata", "").upper(),
        "arrival_airport": cells.get("arr_final_iata", "").upper(),
        "via_airports": tuple(filter(None, cells.get("via_iatas", "").upper().split("|"))),
        "event": cells.get("event_type", "").lower(),
        "cause": cells.get("cause") or "unknown",
        "refusal_grounds": cells.get("refusal_grounds") or "none",
        "fare_type": _fare(cells),
        "passenger_type": cells.get("pax_type", "").lower() or "adult",
        "aircraft": cells.get("aircraft", "").lower() or "fixed_wing",
        "class_booked": cells.get("class_booked") or None,
        "class_flown": cells.get("class_flown") or None,
        "ticket_currency": cells.get("ticket_currency", "").upper() or None,
        "single_booking": truth(cells, "single_booking") is not False,
        "third_country_benefits": truth(cells, "third_country_benefits") is True,
        "voluntary": truth(cells, "voluntary") is True,
        "excused_minutes": whole_minutes(cells, "ec_deductible_minutes") or 0,
        "notice_minutes": days_in_minutes(cells, "notice_days"),
        "leg_price_minor": minor_units(cells, "leg_price"),
        "scheduled_departure": cells.get("scheduled_departure") or None,
        "scheduled_arrival": cells.get("scheduled_arrival") or None,
        "arrival_basis": cells.get("arrival_basis") or "legal",
        "rerouting_flight": truth(cells, "rerouting_flight") is True,
        "marketing_licence": _word(cells, "marketing_carrier_region", _LICENCES) or None,
        "lessor_licence": _word(cells, "lessor_region", _LICENCES) or None,
        "fare_minor": minor_units(cells, "fare"),
        "fare_airports": tuple(filter(None, cells.get("fare_iatas", "").upper().split("|"))),
        "distance_km": number(cells, "distance_km"),
        "distance_km_wgs84": number(cells, "distance_km_wgs84"),
    }
    facts |= {field: whole_minutes(cells, column) for column, field in _WHOLE.items()}
    facts |= {field: truth(cells, column) for column, field in _TRUTH.items()}
    told = RightsFacts.model_validate(facts)
    _arrives_after_it_left(told)
    return told


def _arrives_after_it_left(told: RightsFacts) -> None:
    """A row without a schedule can only say so by delays that no direct flight makes up for."""
    places = (find_airport(told.departure_airport), find_airport(told.arrival_airport))
    left, arrived = told.departure_delay_minutes, told.arrival_delay_minutes
    if left is None or arrived is None or None in places or told.via_airports:
        return
    if told.event != "delay" or cause_of(told.cause).code == "self_rerouted":
        return
    kilometres = measure(*(place for place in places if place)).sphere_km
    if left - arrived > kilometres / SLOWEST_KM_PER_MINUTE + SPARE_MINUTES:
        raise UnreadableCase(
            f"arrival_before_departure: impossible facts: left {left} minutes late and arrived "
            f"{arrived} minutes late on {kilometres:.0f} km"
        )


def row_of(assessment: Assessment) -> dict[str, str]:
    """The answer in the case file's vocabulary; an amount not decided is an empty cell."""
    outside = assessment.scope == "no"
    return {
        "in_scope": assessment.scope,
        "band": "" if outside else assessment.band or "",
        "amount": major(assessment.amount_minor) if assessment.decided else "",
        "currency": assessment.currency,
        "care": "+".join(assessment.care) or "none",
        "other_regime_amount": str(assessment.other_regime or ""),
        "amount_min": major(assessment.amount_min_minor),
        "amount_max": major(assessment.amount_max_minor) if assessment.bounded else "",
        "certainty": assessment.certainty,
        "flags": "+".join(assessment.flags),
        "needs": "; ".join(assessment.needs),
        "citations": "; ".join(assessment.citations),
        "explanation": assessment.explanation,
    }


_COLUMNS = {
    "operating_licence": "operating_carrier_region",
    "departure_airport": "dep_iata",
    "arrival_airport": "arr_final_iata",
    "via_airports": "via_iatas",
    "event": "event_type",
    "passenger_type": "pax_type",
    "excused_minutes": "ec_deductible_minutes",
    "notice_minutes": "notice_days",
    "leg_price_minor": "leg_price",
    "checked_in": "checkin_presented",
}
"""Columns whose field has another name."""


def _word(cells: Cells, column: str, other_words: Mapping[str, str]) -> str:
    word = cells.get(column, "").lower()
    return other_words.get(word, word)


def _fare(cells: Cells) -> str:
    word = _word(cells, "fare_type", _FARES)
    return word if word in get_args(FareType) else "unknown"
