"""ml.features: feature rows for whoever serves a model; the newest row of a leg is what counts."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.events.envelope import Event, FreeText, Int32, Int64, Measure, UtcTime


class FeatureEvent(Event):
    """The features of one leg as of a time, from facts knowable then, keyed by the leg.

    Values are maps by name: a feature set gains and loses names with its own version, and the
    record's schema should not change with it.
    """

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "features_computed": (
            "leg_id", "feature_set", "horizon_minutes", "as_of", "numbers", "values_hash",
        ),
    }  # fmt: skip
    keyed_by: ClassVar[str | None] = "leg_id"

    kind: Annotated[Literal["features_computed"], Field(description="Always features_computed.")]
    leg_id: UUID | None = Field(None, description="UUIDv5 of the AIDX LegIdentifier; the key.")
    feature_set: FreeText | None = Field(None, description="Names, order and meaning, by version.")
    horizon_minutes: Int32 | None = Field(None, description="How long before departure, minutes.")
    as_of: UtcTime | None = Field(None, description="Nothing later was looked at (UTC).")
    numbers: dict[str, Measure] | None = Field(
        None, description="Numeric values by name; what is not known is left out."
    )
    labels: dict[str, FreeText] | None = Field(
        None, description="Airline, airports and which history the row rests on."
    )
    values_hash: FreeText | None = Field(
        None, description="SHA-256 over set, horizon and values, as in derived.features."
    )
    feature_sequence: Int64 | None = Field(
        None, description="The row in derived.features, where its evidence is."
    )
