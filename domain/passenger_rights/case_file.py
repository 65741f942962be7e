"""The case file's vocabulary: a row of texts becomes facts, an assessment a row of texts."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, get_args

from domain.passenger_rights.assessment import Assessment, major
from domain.passenger_rights.facts import DAY_MINUTES, RightsFacts
from domain.passenger_rights.vocabulary import FareType, Regime

_YES_NO = {"yes": True, "no": False, "": None}
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
}


_LICENCES = {"ch": "swiss", "is": "eea", "no": "eea", "iceland": "eea", "norway": "eea"}
_FARES = {
    "infant_paid": "public",
    "group_public": "group",
    "award": "frequent_flyer",
    "staff": "staff_id",
    "staff_standby": "staff_id",
    "sponsored": "sponsored_guest",
    "sponsorship": "sponsored_guest",
    "sponsorship_guest": "sponsored_guest",
}
"""Words that other people's files use; a fare word that nobody knows is a fare not known."""


class UnreadableCase(ValueError):
    """A row that is not in the case file's vocabulary; the message names column and value."""


def regime_of(row: Mapping[str, str]) -> Regime:
    """The regime that a row asks about."""
    regime = row.get("regime", "").strip()
    if regime == "eu":
        return "eu"
    if regime == "uk":
        return "uk"
    raise UnreadableCase(f"regime is eu or uk, not {regime!r}")


def facts_of(row: Mapping[str, str]) -> RightsFacts:
    """The facts of a row; an empty cell is a fact not known.

    Raises UnreadableCase for a cell that cannot be read, ValidationError for facts outside the
    vocabulary or impossible in themselves.
    """
    cells = {name: (value or "").strip() for name, value in row.items() if name is not None}
    facts: dict[str, Any] = {
        "flight_date": _date(cells, "flight_date"),
        "operating_licence": _word(cells, "operating_carrier_region", _LICENCES) or "unknown",
        "departure_airport": cells.get("dep_iata", ""),
        "arrival_airport": cells.get("arr_final_iata", ""),
        "via_airports": tuple(filter(None, cells.get("via_iatas", "").split("|"))),
        "event": cells.get("event_type", ""),
        "cause": cells.get("cause") or "unknown",
        "refusal_grounds": cells.get("refusal_grounds") or "none",
        "fare_type": _fare(cells),
        "passenger_type": cells.get("pax_type") or "adult",
        "aircraft": cells.get("aircraft") or "fixed_wing",
        "class_booked": cells.get("class_booked") or None,
        "class_flown": cells.get("class_flown") or None,
        "ticket_currency": cells.get("ticket_currency") or None,
        "single_booking": _truth(cells, "single_booking") is not False,
        "third_country_benefits": _truth(cells, "third_country_benefits") is True,
        "voluntary": _truth(cells, "voluntary") is True,
        "excused_minutes": _whole(cells, "ec_deductible_minutes") or 0,
        "notice_minutes": _notice(cells),
        "leg_price_minor": _minor(cells, "leg_price"),
        "distance_km": _number(cells, "distance_km"),
        "distance_km_wgs84": _number(cells, "distance_km_wgs84"),
    }
    facts |= {field: _whole(cells, column) for column, field in _WHOLE.items()}
    facts |= {field: _truth(cells, column) for column, field in _TRUTH.items()}
    return RightsFacts.model_validate(facts)


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
        "amount_max": major(assessment.amount_max_minor),
        "certainty": assessment.certainty,
        "flags": "+".join(assessment.flags),
        "needs": "; ".join(assessment.needs),
        "citations": "; ".join(assessment.citations),
        "explanation": assessment.explanation,
    }


def _word(cells: Mapping[str, str], column: str, other_words: Mapping[str, str]) -> str:
    word = cells.get(column, "").lower()
    return other_words.get(word, word)


def _fare(cells: Mapping[str, str]) -> str:
    word = _word(cells, "fare_type", _FARES)
    return word if word in get_args(FareType) else "unknown"


def _date(cells: Mapping[str, str], column: str) -> date:
    try:
        return date.fromisoformat(cells.get(column, ""))
    except ValueError:
        raise _unreadable(cells, column, "a date such as 2026-11-20") from None


def _truth(cells: Mapping[str, str], column: str) -> bool | None:
    try:
        return _YES_NO[cells.get(column, "")]
    except KeyError:
        raise _unreadable(cells, column, "yes, no or empty") from None


def _number(cells: Mapping[str, str], column: str) -> float | None:
    try:
        return float(cells[column]) if cells.get(column) else None
    except ValueError:
        raise _unreadable(cells, column, "a number") from None


def _whole(cells: Mapping[str, str], column: str) -> int | None:
    try:
        return int(cells[column]) if cells.get(column) else None
    except ValueError:
        raise _unreadable(cells, column, "whole minutes") from None


def _notice(cells: Mapping[str, str]) -> int | None:
    try:
        days = Decimal(cells["notice_days"]) if cells.get("notice_days") else None
    except InvalidOperation:
        raise _unreadable(cells, "notice_days", "a number of days") from None
    return None if days is None else int(days * DAY_MINUTES)


def _minor(cells: Mapping[str, str], column: str) -> int | None:
    try:
        price = Decimal(cells[column]) if cells.get(column) else None
    except InvalidOperation:
        raise _unreadable(cells, column, "an amount such as 333.33") from None
    return None if price is None else int((price * 100).to_integral_value(ROUND_HALF_UP))


def _unreadable(cells: Mapping[str, str], column: str, wanted: str) -> UnreadableCase:
    return UnreadableCase(f"{column}: expected {wanted}, not {cells.get(column, '')!r}")
