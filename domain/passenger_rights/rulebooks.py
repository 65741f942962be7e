"""Dated rulebooks: the law in force on the day of the flight, amounts and limits as data."""

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.identity import content_hash
from domain.network.territories import When
from domain.passenger_rights.vocabulary import Band, Regime

LOGIC_EDITION = "2"
"""Raise it when the code of this package decides differently: it is part of every revision."""

Minutes = Annotated[int, Field(ge=0)]
Minor = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bands(_Strict):
    """Limits of Art 7(1), kilometres; a stretch of exactly the limit belongs to the lower band."""

    short_km: float
    medium_km: float
    medium_without_limit_inside: bool


class Delay(_Strict):
    """From when a late arrival is compensated, and where and below what by half."""

    owed_from: Minutes
    half_below: Minutes
    half_in: Band


class Arrival(_Strict):
    """The moment that counts as arrival: a door opens, or passengers may leave the aircraft."""

    counted: Literal["door_open", "permitted_to_leave"]


class Cancellation(_Strict):
    """Art 5(1)(c): notice in minutes before scheduled departure, limits of the re-routing."""

    no_sum_from_notice: Minutes
    middle_from_notice: Minutes
    middle_early: Minutes
    middle_late_below: Minutes
    short_early: Minutes
    short_late_below: Minutes
    brought_forward_over: Minutes


class Notice(_Strict):
    """Delays from which a written notice of rights is owed."""

    departure_from: Minutes
    arrival_from: Minutes


class Refund(_Strict):
    """Departure delay from which the passenger may give up the journey."""

    departure_from: Minutes


class Rules(_Strict):
    """What a loaded rulebook says; money in minor units of its currency, times in minutes."""

    full_minor: dict[Band, Minor]
    half_minor: dict[Band, Minor]
    bands: Bands
    delay: Delay
    arrival: Arrival
    cancellation: Cancellation
    half_up_to: dict[Band, Minutes]
    care_from: dict[Band, Minutes]
    notice: Notice
    refund: Refund
    downgrade_percent: dict[Band, Minor]


class Rulebook(_Strict):
    """One regime's law between two dates; `rules` is None while its text is not loaded."""

    id: str
    regime: Regime
    name: str
    starts: datetime | date
    ends: datetime | date | None = None
    source: str
    currency: str
    case_law: Literal["binding", "persuasive"]
    rules: Rules | None

    def in_force(self, when: When) -> bool:
        """Whether it governs a flight of that day (V-00: the day of the event decides)."""
        return when.reached(self.starts) and not (self.ends and when.reached(self.ends))

    @property
    def digest(self) -> str:
        """Hash of everything that decides under it; changes when a rule is mended."""
        return _digest(self.id)


def rulebook_for(regime: Regime, when: When) -> Rulebook | None:
    """The rulebook of a regime on a day, or None on a day before it had one."""
    return next((b for b in rulebooks() if b.regime == regime and b.in_force(when)), None)


@cache
def rulebooks() -> tuple[Rulebook, ...]:
    """Every rulebook, by regime and date."""
    return tuple(
        _load(name) for name in ("V-EU-1.toml", "V-EU-2.toml", "V-UK-1.toml", "V-UK-2.toml")
    )


def digests() -> frozenset[str]:
    """What every rulebook of today is known by; an assessment under another is of other rules."""
    return frozenset(book.digest for book in rulebooks())


def data_text(name: str) -> str:
    """One data file of this package."""
    return files("domain.passenger_rights").joinpath("data", name).read_text(encoding="utf-8")


def _load(name: str) -> Rulebook:
    table = tomllib.loads(data_text(name))
    loaded = table.pop("text_loaded")
    rules = {key: table.pop(key) for key in tuple(table) if key in Rules.model_fields}
    return Rulebook.model_validate({**table, "rules": rules if loaded else None})


@cache
def _digest(book_id: str) -> str:
    book = next(book for book in rulebooks() if book.id == book_id)
    tables = [data_text(name) for name in ("rules.csv", "causes.csv", "refusals.csv")]
    territories = files("domain.network").joinpath("data", "territories.csv")
    return content_hash(LOGIC_EDITION, book, *tables, territories.read_text(encoding="utf-8"))
