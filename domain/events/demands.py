"""What fields demand beyond their type, as values that say what they demand.

Pydantic calls them as validators; whoever checks otherwise (compiled, in a schema, in a page) reads
them. So a demand is written once.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

Day = TypeVar("Day", date, datetime)


@dataclass(frozen=True, slots=True)
class Utc:
    """A time says its zone, and the zone is UTC."""

    def __call__(self, value: datetime) -> datetime:
        """The value; raises ValueError for naive and zoned times: they are never guessed."""
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError("a time needs its zone: give UTC")
        if value.utcoffset():
            raise ValueError("times are UTC: convert before building the event")
        return value


@dataclass(frozen=True, slots=True)
class WithinYears:
    """Further off a time is a mistake, and hours added to it may leave the calendar."""

    first: int
    last: int

    def __call__(self, value: Day) -> Day:
        """The value; raises ValueError outside the years."""
        if self.first <= value.year <= self.last:
            return value
        raise ValueError(f"the year is not in {self.first} to {self.last}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """Bytes begin with `prefix` and are at least `least` long.

    Whether they open is for the keyring to know; plaintext sent by mistake is told by its form.
    """

    prefix: bytes
    least: int

    def __call__(self, value: bytes) -> bytes:
        """The value; raises ValueError for anything that cannot be sealed."""
        if value.startswith(self.prefix) and len(value) >= self.least:
            return value
        raise ValueError("these bytes are not sealed: personal data travels sealed only")
