"""disruption.events: what detectors found; derived by us, so published but never landed."""

from typing import Literal
from uuid import UUID

from domain.events.envelope import Event, FreeText, Int32, UtcTime


class DisruptionEvent(Event):
    """One finding; its id is computed from evidence and detector version: replays meet themselves.

    `evidence` names the records it rests on as `topic/partition/offset`.
    """

    kind: Literal["finding"]
    finding_id: UUID
    pattern: Literal["aircraft_rotation"]
    detector_version: FreeText
    scope: FreeText
    root_leg_id: UUID
    from_leg_id: UUID
    to_leg_id: UUID
    status: Literal["predicted", "confirmed", "closed"]
    knock_on_minutes: Int32
    probability: float
    detected_at: UtcTime
    evidence: tuple[FreeText, ...]
