"""disruption.events: what detectors found and what of it stands; ours, so never landed."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.events.envelope import Event, FreeText, Int32, UtcTime


class DisruptionEvent(Event):
    """One finding, or which of them stand.

    A finding's id is computed from evidence and detector version: replays meet themselves.
    `evidence` names the records it rests on as `topic/partition/offset`. The facts of a finding
    are optional in the schema because plans and decisions will travel here too (docs/topics.md).
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "finding": (
            "finding_id", "pattern", "detector_version", "scope", "root_leg_id", "from_leg_id",
            "to_leg_id", "status", "knock_on_minutes", "probability", "detected_at", "evidence",
        ),
        "finding_withdrawn": (
            "finding_id", "pattern", "detector_version", "scope", "from_leg_id", "to_leg_id",
            "detected_at", "evidence",
        ),
        "version_took_over": ("scope", "detector_version", "superseded_version"),
    }  # fmt: skip
    keyed_by: ClassVar[str | None] = "scope"

    kind: Annotated[
        Literal["finding", "finding_withdrawn", "version_took_over"],
        Field(
            description="A finding; that one does not stand any more, since late records told"
            " another story; or that a detector's findings of one version stand from here"
            " on, and those of its other versions do not."
        ),
    ]
    finding_id: Annotated[
        UUID | None,
        Field(description="UUIDv5 of what was found, when, by which version, on which events."),
    ] = None
    pattern: Annotated[
        Literal["aircraft_rotation"] | None,
        Field(description="What the detector looks for; aircraft_rotation is AHM 730's 93."),
    ] = None
    detector_version: Annotated[
        FreeText | None,
        Field(description="Version of the detector that found it, or that took over."),
    ] = None
    superseded_version: Annotated[
        FreeText | None,
        Field(description="The version that stood before; its findings are superseded."),
    ] = None
    scope: Annotated[
        FreeText | None,
        Field(
            description="What the detector follows, for a rotation the registration; of a version"
            " the detector's name."
        ),
    ] = None
    root_leg_id: Annotated[
        UUID | None, Field(description="The leg where the delay began, by flight.events' leg_id.")
    ] = None
    from_leg_id: Annotated[
        UUID | None, Field(description="The leg that hands the delay on, by flight.events' leg_id.")
    ] = None
    to_leg_id: Annotated[
        UUID | None,
        Field(description="The leg that takes the delay over, by flight.events' leg_id."),
    ] = None
    status: Annotated[
        Literal["predicted", "confirmed", "closed"] | None,
        Field(description="Predicted, confirmed by what happened, or closed: taken back."),
    ] = None
    knock_on_minutes: Annotated[
        Int32 | None, Field(description="Delay handed on, whole minutes; 0 when closed.")
    ] = None
    probability: Annotated[
        float | None,
        Field(description="Probability of a reactionary delay of 15 minutes or more, 0 to 1."),
    ] = None
    detected_at: Annotated[
        UtcTime | None, Field(description="Event time at which it was knowable, UTC.")
    ] = None
    evidence: Annotated[
        tuple[FreeText, ...] | None,
        Field(
            description="Records that it rests on, each as topic/partition/offset; of a withdrawal"
            " the late ones."
        ),
    ] = None
