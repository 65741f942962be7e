"""Light flight records for folds, and what a fold remembers of the record that told it a fact.

A landed row becomes a `FlightRecord` by `FlightRecord._make(row)` at 0.4 us; building a pydantic
`FlightEvent` would cost ten times that and validate again what landing has validated.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.events import FlightEvent


class Reference(NamedTuple):
    """The identity of a record in the store; its text is what evidence columns hold."""

    log_id: int
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.log_id}/{self.partition}/{self.offset}"


class Known(NamedTuple):
    """That a fact is known: since when (event time), from which event, in which record."""

    at: datetime
    event_id: UUID
    ref: Reference


class FlightRecord(NamedTuple):
    """One record of flight.events: `FlightEvent` without what folds never read, plus where it lies.

    The field order is the column order of the query that reads landed rows.
    """

    log_id: int
    partition: int
    offset: int
    event_id: UUID
    kind: str
    occurred_at: datetime
    correlation_id: UUID
    leg_id: UUID | None = None
    airline: str | None = None
    flight_number: str | None = None
    departure_airport: str | None = None
    arrival_airport: str | None = None
    origin_date: date | None = None
    operating_licence: str | None = None
    registration: str | None = None
    sobt: datetime | None = None
    sibt: datetime | None = None
    eobt: datetime | None = None
    eibt: datetime | None = None
    aobt: datetime | None = None
    aibt: datetime | None = None
    doors_open_at: datetime | None = None
    diverted_to: str | None = None
    delay_code: str | None = None
    irregularity_cause: str | None = None

    @property
    def ref(self) -> Reference:
        """Where the record lies."""
        return Reference(self.log_id, self.partition, self.offset)

    @classmethod
    def of(cls, event: FlightEvent, ref: Reference) -> "FlightRecord":
        """The light record of a validated event that lies at `ref`."""
        return cls(*ref, *(getattr(event, name) for name in cls._fields[3:]))
