"""An airport's flight board under passenger law: which flights, which regime, what for one seat.

A board knows no passengers, no causes and no notices. So a sum here is what one passenger with a
fare of the public is owed when nothing excuses the delay, and what the board does not say is asked
for instead of guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from domain.network.airports import find_airport
from domain.network.territories import When, territory_of
from domain.passenger_rights import Assessment, RightsFacts, assess
from domain.passenger_rights.carriers import carrier
from domain.passenger_rights.scope import INSIDE_EU
from orchestration.assess.errors import CasesUnreadable

LATE_MINUTES = 180
"""From which delay on a flight is looked at; the law's first limit for a sum."""

CARRIES_PASSENGERS = ("J", "C", "G")
"""IATA service types (SSIM, appendix C): scheduled, charter, extra passenger flights."""

FINAL = ("ARR", "DEP", "CAN")
"""Statuses after which nothing comes; others are not decided yet."""

COLUMNS = ("kind", "flight", "airline_icao", "codeshares", "route", "sched", "latest", "status",
           "svctype")  # fmt: skip


@dataclass(frozen=True, slots=True)
class BoardFlight:
    """One late or cancelled flight between the airport and Europe, and what the law says of it.

    `delay_minutes` is None when cancelled. `misled` are marketing carriers whose licence would have
    given another answer than the operating one (SC-12).
    """

    arriving: bool
    flight: str
    operator: str
    licence: str
    route: tuple[str, ...]
    day: str
    delay_minutes: int | None
    answer: Assessment
    misled: tuple[str, ...]


def flights(board: Path, airport: str) -> Iterator[BoardFlight]:
    """The board's late and cancelled passenger flights to and from the UK, EU, EEA and Switzerland.

    Raises CasesUnreadable for a file that is no board.
    """
    try:
        table = pd.read_parquet(board) if board.suffix == ".parquet" else pd.read_csv(
            board, dtype=str, keep_default_na=False
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise CasesUnreadable(f"cannot read {board}: {error}") from error
    if missing := sorted(set(COLUMNS) - set(table.columns)):
        raise CasesUnreadable(f"{board} has no column {', '.join(missing)}: is it a board?")
    for values in table[list(COLUMNS)].drop_duplicates().itertuples(index=False):
        found = _flight(dict(zip(COLUMNS, map(str, values), strict=True)), airport)
        if found is not None:
            yield found


def _flight(row: Mapping[str, str], airport: str) -> BoardFlight | None:
    arriving = row["kind"] == "arrivals"
    stops = tuple(row["route"].split(">"))
    route = (*stops, airport) if arriving else (airport, *stops)
    scheduled, latest = (datetime.fromisoformat(row[name]) for name in ("sched", "latest"))
    delay = None if row["status"] == "CAN" else round((latest - scheduled).total_seconds() / 60)
    if (
        row["svctype"] not in CARRIES_PASSENGERS
        or row["status"] not in FINAL
        or (delay is not None and delay < LATE_MINUTES)
        or not _in_europe(stops[0] if arriving else stops[-1], scheduled)
    ):
        return None
    operator = carrier(row["airline_icao"])
    facts = {
        "flight_date": scheduled.date(),
        "departure_airport": route[0],
        "arrival_airport": route[-1],
        "via_airports": route[1:-1],
        "operating_licence": operator.licence if operator else "unknown",
        **({"event": "cancellation"} if delay is None else _late(arriving, scheduled, delay)),
    }
    answer = assess(RightsFacts.model_validate(facts))
    sellers = map(carrier, sorted({code[:2] for code in row["codeshares"].split(";") if code}))
    misled = tuple(
        seller.name
        for seller in sellers
        if seller is not None and _covers(_under(facts, seller.licence)) != _covers(answer)
    )
    return BoardFlight(
        arriving, row["flight"], operator.name if operator else row["airline_icao"],
        facts["operating_licence"], route, f"{scheduled:%Y-%m-%d}", delay, answer, misled,
    )  # fmt: skip


def _under(facts: Mapping[str, Any], licence: str) -> Assessment:
    return assess(RightsFacts.model_validate({**facts, "operating_licence": licence}))


def _late(arriving: bool, scheduled: datetime, delay: int) -> dict[str, Any]:
    """What a board tells of a flight that has flown: who has flown was there in time (SC-23)."""
    if arriving:
        return {
            "event": "delay", "arrival_delay_minutes": delay, "arrival_basis": "on_block",
            "checked_in": True,
        }  # fmt: skip
    return {
        "event": "delay", "departure_delay_minutes": delay, "checked_in": True,
        "scheduled_departure": scheduled.astimezone(UTC),
    }  # fmt: skip


def _in_europe(iata: str, when: datetime) -> bool:
    found = find_airport(iata)
    if found is None:
        return False
    area = territory_of(found, When.of(when.date(), when.astimezone(UTC))).area
    return area == "uk" or area in INSIDE_EU


def _covers(answer: Assessment) -> tuple[str, str] | str:
    """The regime and whether it covers: what a licence can change."""
    return "none" if answer.scope == "no" else (answer.regime, answer.scope)
