"""Asks for features and forecasts of what has landed, once there is a champion to make them."""

import dagster as dg

from assets.derivations import features, forecasts
from domain.features import FEATURE_SET
from ml.tracking import Tracking
from sensors.asking import request
from streaming.store.derive import Database

JOB = "forecast_delays"


@dg.sensor(
    job_name=JOB,
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for features and forecasts of exactly the offsets that they lack.",
)
def flights_to_forecast(
    context: dg.SensorEvaluationContext,
    database: dg.ResourceParam[Database],
    tracking: dg.ResourceParam[Tracking],
) -> dg.RunRequest | dg.SkipReason:
    chain = (
        features.derivation(lambda: tracking.champion().history),
        forecasts.derivation(tracking.champion),
    )
    with database.connect() as connection:
        asked = request(context.instance, connection, JOB, chain)
    if isinstance(asked, dg.SkipReason):
        return asked
    reads = tracking.champion_feature_set()
    if reads is None:
        return dg.SkipReason("there is no champion yet: run job retrain_delay_model")
    if reads != FEATURE_SET:
        return dg.SkipReason(
            f"the champion reads {reads or 'nothing known'} and features are {FEATURE_SET} now:"
            " run job retrain_delay_model"
        )
    return asked
