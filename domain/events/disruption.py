"""disruption.events: what detectors found; derived by us, so published but never landed."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from domain.events.envelope import Event, FreeText, Int32, UtcTime


class DisruptionEvent(Event):
    """One finding; its id is computed from evidence and detector version: replays meet themselves.

    `evidence` names the records it rests on as `topic/partition/offset`.
    """

    kind: Annotated[Literal["finding"], Field(description="Always finding.")]
    finding_id: Annotated[
        UUID,
        Field(description="UUIDv5 of what was found, when, by which version, on which events."),
    ]
    pattern: Annotated[
        Literal["aircraft_rotation"],
        Field(description="What the detector looks for; aircraft_rotation is AHM 730's 93."),
    ]
    detector_version: Annotated[
        FreeText, Field(description="Version of the detector that found it.")
    ]
    scope: Annotated[
        FreeText, Field(description="What the detector follows: for a rotation the registration.")
    ]
    root_leg_id: Annotated[
        UUID, Field(description="The leg where the delay began, by flight.events' leg_id.")
    ]
    from_leg_id: Annotated[
        UUID, Field(description="The leg that hands the delay on, by flight.events' leg_id.")
    ]
    to_leg_id: Annotated[
        UUID, Field(description="The leg that takes the delay over, by flight.events' leg_id.")
    ]
    status: Annotated[
        Literal["predicted", "confirmed", "closed"],
        Field(description="Predicted, confirmed by what happened, or closed: taken back."),
    ]
    knock_on_minutes: Annotated[
        Int32, Field(description="Delay handed on, whole minutes; 0 when closed.")
    ]
    probability: Annotated[
        float,
        Field(description="Probability of a reactionary delay of 15 minutes or more, 0 to 1."),
    ]
    detected_at: Annotated[UtcTime, Field(description="Event time at which it was knowable, UTC.")]
    evidence: Annotated[
        tuple[FreeText, ...],
        Field(description="Records that it rests on, each as topic/partition/offset."),
    ]
