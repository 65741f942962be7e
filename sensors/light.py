"""Safety net of the light assets: asks for runs only while no materialiser is at work."""

import dagster as dg

from assets.derivations.care_clock import CARE_CLOCK
from assets.derivations.disruptions import DISRUPTIONS
from sensors.asking import request
from streaming.store.derive import Database
from streaming.store.derive_wake import is_claimed

LIGHT = (DISRUPTIONS, CARE_CLOCK)
"""Derivations that cost milliseconds; the materialiser runs them as soon as it is woken."""

MATERIALISER_DUTY = "materialise light assets"
"""What the living materialiser holds in the database."""

JOB = "correlate_disruptions"


@dg.sensor(
    job_name=JOB,
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for the pending intervals of light assets while no materialiser lives.",
)
def light_assets_without_materialiser(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.RunRequest | dg.SkipReason:
    with database.connect() as connection:
        if is_claimed(connection, MATERIALISER_DUTY):
            return dg.SkipReason("the materialiser is at work")
        return request(context.instance, connection, JOB, LIGHT)
