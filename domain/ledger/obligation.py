"""An obligation: one passenger, one booking journey, one event, once, under whichever rulebook."""

from typing import NamedTuple
from uuid import UUID

from domain.identity import content_hash, name_uuid
from domain.passenger_rights import Assessment, RightsFacts

DISRUPTION = "disruption"
"""The event that bears the sum of Art 7. One word for delay, cancellation and refused boarding:
a late flight that is cancelled in the end is the same obligation with changed facts."""

DOWNGRADE = "downgrade"
"""Adds to a disruption (DG-05), so it is an obligation of its own."""


CARE, REFUND, JUDGMENT = "care", "refund", "judgment"
"""Owed beside the sum of Art 7, whatever becomes of that (CO-16, RE-03, MO-06): obligations of
their own, so that one is never paid out of the other."""


def rerouting_failed(attempt: int) -> str:
    """The event of a re-routing flight that failed too: a second, separate sum (CO-19)."""
    return f"rerouting-{attempt}"


def obligation_key(passenger_ref: UUID, journey_id: UUID, event: str = DISRUPTION) -> UUID:
    """The identity of an obligation; two late legs of one journey have one key."""
    return name_uuid("obligation", passenger_ref, journey_id, event)


def revision(facts: RightsFacts, assessment: Assessment) -> str:
    """Hash of the facts, of the whole rulebook that decided, and of the points measured between.

    Coordinates rather than kilometres: trigonometry may differ in its last bit between machines,
    and a claim must not be booked anew because of that.
    """
    return content_hash(
        facts,
        assessment.rulebook,
        assessment.rulebook_digest,
        assessment.measured,
        None if assessment.other_regime is None else str(assessment.other_regime),
    )


def assessment_id(key: UUID, revision_hash: str) -> UUID:
    """The identity of an assessment: one obligation under one revision."""
    return name_uuid("assessment", key, revision_hash)


class Obligation(NamedTuple):
    """Who is owed: the keyed pseudonym, the journey, and the event of that journey."""

    passenger_ref: UUID
    journey_id: UUID
    event: str = DISRUPTION

    @property
    def key(self) -> UUID:
        """The identity; see `obligation_key`."""
        return obligation_key(self.passenger_ref, self.journey_id, self.event)
