"""How one cell of a case file is read; an empty cell is a fact not known."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from domain.passenger_rights.facts import DAY_MINUTES

Cells = Mapping[str, str]

_TRUTHS = {
    "yes": True, "y": True, "true": True, "1": True,
    "no": False, "n": False, "false": False, "0": False,
    "": None, "unknown": None,
}  # fmt: skip


class UnreadableCase(ValueError):
    """A row that is not in the case file's vocabulary; the message names column and value."""


def day(cells: Cells, column: str) -> date:
    """A date, ISO 8601."""
    try:
        return date.fromisoformat(cells.get(column, ""))
    except ValueError:
        raise unreadable(cells, column, "a date such as 2026-11-20") from None


def truth(cells: Cells, column: str) -> bool | None:
    """Yes or no."""
    try:
        return _TRUTHS[cells.get(column, "").lower()]
    except KeyError:
        raise unreadable(cells, column, "yes, no or empty") from None


def number(cells: Cells, column: str) -> float | None:
    """A finite number."""
    found = _decimal(cells, column, "a number")
    return None if found is None else float(found)


def whole_minutes(cells: Cells, column: str) -> int | None:
    """Minutes; `180.0` is read too, since tools that know no empty whole number write it so."""
    found = _decimal(cells, column, "whole minutes")
    if found is not None and found != found.to_integral_value():
        raise unreadable(cells, column, "whole minutes")
    return None if found is None else int(found)


def days_in_minutes(cells: Cells, column: str) -> int | None:
    """Days of 24 hours, as minutes (TM-06)."""
    days = _decimal(cells, column, "a number of days")
    return None if days is None else int(days * DAY_MINUTES)


def minor_units(cells: Cells, column: str) -> int | None:
    """An amount of money in minor units, half up."""
    price = _decimal(cells, column, "an amount such as 333.33")
    return None if price is None else int((price * 100).to_integral_value(ROUND_HALF_UP))


def _decimal(cells: Cells, column: str, wanted: str) -> Decimal | None:
    text = cells.get(column)
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise unreadable(cells, column, wanted) from None
    if not found.is_finite():
        raise unreadable(cells, column, wanted)
    return found


def unreadable(cells: Cells, column: str, wanted: str) -> UnreadableCase:
    """The refusal of a cell."""
    return UnreadableCase(f"{column}: expected {wanted}, not {cells.get(column, '')!r}")
