"""system.metrics: samples of how the platform itself runs; nothing about flights or people."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.events.envelope import Event, FreeText

Sample = Annotated[float, Field(ge=-1e18, le=1e18)]
"""Bytes and totals included, and sums of them stay finite."""


class MetricEvent(Event):
    """One sample of one metric of one component, in OpenMetrics' words; keyed by component."""

    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "metric_sampled": ("component", "metric", "value"),
    }
    keyed_by: ClassVar[str | None] = "component"

    kind: Annotated[Literal["metric_sampled"], Field(description="Always metric_sampled.")]
    component: Annotated[FreeText, Field(max_length=60)] | None = Field(
        None, description="Who tells, such as lander; the key."
    )
    instance: Annotated[FreeText, Field(max_length=100)] | None = Field(
        None, description="Which of several: host and process."
    )
    metric: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")] | None = Field(
        None, description="Its name with the unit at the end, such as lag_records."
    )
    metric_type: Literal["gauge", "counter"] | None = Field(
        None, description="A counter only grows while its instance lives."
    )
    value: Sample | None = Field(None, description="In the unit that the name ends with.")
    labels: dict[str, FreeText] | None = Field(
        None, description="What the sample is of, such as topic and partition."
    )
