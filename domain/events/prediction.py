"""ml.predictions: forecasts as they were made, each with the model and the features behind it."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.events.envelope import Event, FreeText, Int32, Int64, UtcTime

Probability = Annotated[float, Field(ge=0, le=1)]


class PredictionEvent(Event):
    """One forecast for one leg, keyed by the leg."""

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "forecast_made": (
            "leg_id", "forecast_id", "target", "horizon_minutes", "as_of", "probability",
            "model_name", "model_version", "feature_set", "features_hash",
        ),
    }  # fmt: skip
    keyed_by: ClassVar[str | None] = "leg_id"

    kind: Annotated[Literal["forecast_made"], Field(description="Always forecast_made.")]
    leg_id: UUID | None = Field(None, description="UUIDv5 of the AIDX LegIdentifier; the key.")
    forecast_id: UUID | None = Field(None, description="As in derived.forecasts.")
    target: FreeText | None = Field(None, description="What is forecast, such as delay_15.")
    horizon_minutes: Int32 | None = Field(None, description="How long before departure, minutes.")
    as_of: UtcTime | None = Field(None, description="Nothing later was looked at (UTC).")
    probability: Probability | None = Field(None, description="Of the target, 0 to 1.")
    climatology: Probability | None = Field(
        None, description="The baseline's probability of the same, 0 to 1."
    )
    model_name: FreeText | None = Field(None, description="As registered.")
    model_version: FreeText | None = Field(None, description="As registered.")
    feature_set: FreeText | None = Field(None, description="Which the model reads.")
    features_hash: FreeText | None = Field(None, description="Of the row that it read.")
    feature_sequence: Int64 | None = Field(None, description="That row in derived.features.")
