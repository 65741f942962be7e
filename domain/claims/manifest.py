"""Corrections of a manifest: whoever a passenger is called and booked as, it is one obligation.

An obligation hangs on the passenger's pseudonym and the journey. A split booking gives the same
people another journey, a mended name may give them another pseudonym: both are told as events,
and lead back to the obligation that was there first. An infant that was added is somebody new.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from domain.claims.errors import ClaimRefused
from domain.events.envelope import UtcTime
from domain.ledger.obligation import DISRUPTION, Obligation


class Booked(NamedTuple):
    """A passenger as a manifest holds them."""

    passenger_ref: UUID
    journey_id: UUID


class Correction(BaseModel):
    """One correction, as an event.

    `booking_split`: `passenger_ref` moved from `journey_id` to `new_journey_id`. `name_changed`:
    the pseudonym became `new_passenger_ref`, on the same journey. `infant_added`:
    `new_passenger_ref` travels with `passenger_ref`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event_id: UUID
    kind: Literal["booking_split", "name_changed", "infant_added"]
    occurred_at: UtcTime
    passenger_ref: UUID
    journey_id: UUID
    new_journey_id: UUID | None = None
    new_passenger_ref: UUID | None = None

    @model_validator(mode="after")
    def _told(self) -> "Correction":
        wanted = "new_journey_id" if self.kind == "booking_split" else "new_passenger_ref"
        for name in ("new_journey_id", "new_passenger_ref"):
            if (getattr(self, name) is not None) != (name == wanted):
                raise ValueError(f"{self.kind} names {wanted}, and that alone")
        return self


class Manifest:
    """Who is on a booking, through all corrections; see `Manifest.of`."""

    def __init__(self) -> None:
        self._first: dict[Booked, Booked] = {}  # as booked at any time -> as booked first
        self._now: dict[Booked, Booked] = {}  # as booked first -> as booked now
        self._seen: dict[UUID, Correction] = {}

    @classmethod
    def of(cls, booked: Iterable[Booked], corrections: Iterable[Correction] = ()) -> "Manifest":
        """The manifest after its corrections, in the order they were accepted.

        Raises ClaimRefused for one about somebody who is not there, or onto somebody who is.
        """
        manifest = cls()
        for one in booked:
            manifest._enter(one)
        for correction in corrections:
            manifest.correct(correction)
        return manifest

    @property
    def passengers(self) -> tuple[Booked, ...]:
        """Everybody as booked now, in the order they came."""
        return tuple(self._now.values())

    def correct(self, correction: Correction) -> None:
        """Take one correction in; told twice it changes nothing."""
        known = self._seen.get(correction.event_id)
        if known is not None:
            if known != correction:
                raise ClaimRefused(f"correction {correction.event_id} was told otherwise before")
            return
        who = Booked(correction.passenger_ref, correction.journey_id)
        first = self._first.get(who)
        if first is None or self._now[first] != who:
            raise ClaimRefused(f"{who.passenger_ref} is not booked on {who.journey_id} now")
        if correction.kind == "infant_added":
            assert correction.new_passenger_ref is not None
            self._enter(Booked(correction.new_passenger_ref, correction.journey_id))
        else:
            self._rename(
                first,
                Booked(
                    correction.new_passenger_ref or who.passenger_ref,
                    correction.new_journey_id or who.journey_id,
                ),
            )
        self._seen[correction.event_id] = correction

    def obligation(
        self, passenger_ref: UUID, journey_id: UUID, event: str = DISRUPTION
    ) -> Obligation:
        """The one obligation of a passenger, whichever way the booking names them.

        Somebody the manifest never held is owed under the name given.
        """
        booked = Booked(passenger_ref, journey_id)
        first = self._first.get(booked, booked)
        return Obligation(first.passenger_ref, first.journey_id, event)

    def _enter(self, one: Booked) -> None:
        if one in self._first:
            raise ClaimRefused(f"{one.passenger_ref} is booked on {one.journey_id} already")
        self._first[one] = self._now[one] = one

    def _rename(self, first: Booked, to: Booked) -> None:
        taken = self._first.get(to, first)
        if taken != first:  # back to an earlier name of their own is no clash
            raise ClaimRefused(f"{to.passenger_ref} on {to.journey_id} is somebody else")
        self._first[to] = first
        self._now[first] = to
