"""disruption.events: what detectors found; derived by us, so published but never landed."""

from collections.abc import Mapping
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.events.announcement import Announcement
from domain.events.envelope import FreeText, Int32, UtcTime


class DisruptionEvent(Announcement):
    """One finding; its id is computed from evidence and detector version: replays meet themselves.

    `evidence` names the records it rests on as `topic/partition/offset`. The facts of a finding
    are optional in the schema because plans and decisions will travel here too (docs/topics.md).
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "finding": (
            "finding_id", "pattern", "detector_version", "scope", "root_leg_id", "from_leg_id",
            "to_leg_id", "status", "knock_on_minutes", "probability", "detected_at", "evidence",
        ),
    }  # fmt: skip
    keyed_by: ClassVar[str | None] = "scope"

    kind: Literal["finding"]
    finding_id: UUID | None = Field(None, description="Computed from evidence and version.")
    pattern: Literal["aircraft_rotation"] | None = Field(None, description="Which detector.")
    detector_version: FreeText | None = Field(None, description="Its version.")
    scope: FreeText | None = Field(None, description="What the finding is about; the key.")
    root_leg_id: UUID | None = Field(None, description="The leg where the chain began.")
    from_leg_id: UUID | None = Field(None, description="The leg that is late.")
    to_leg_id: UUID | None = Field(None, description="The leg that it makes late.")
    status: Literal["predicted", "confirmed", "closed"] | None = Field(
        None, description="How sure it is by now."
    )
    knock_on_minutes: Int32 | None = Field(None, description="Delay handed on, minutes.")
    probability: float | None = Field(None, description="Of the delay being handed on, 0 to 1.")
    detected_at: UtcTime | None = Field(None, description="Event time of the finding (UTC).")
    evidence: tuple[FreeText, ...] | None = Field(
        None, description="The records it rests on: topic/partition/offset."
    )
