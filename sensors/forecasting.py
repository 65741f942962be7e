"""Asks for features and forecasts of what has landed, once there is a champion to make them."""

import dagster as dg

from assets.derivations import features, forecasts
from ml.tracking import Tracking
from sensors.asking import first_pending, request
from streaming.store.derive import Database


@dg.sensor(
    job_name="forecast_delays",
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
        wanted = first_pending(connection, chain)
    if wanted is None:
        return dg.SkipReason("all that has landed is forecast")
    if tracking.champion_version() is None:
        return dg.SkipReason("there is no champion yet: run job retrain_delay_model")
    following = [one for one in chain if one.reader >= wanted.derivation.reader]
    return request(context.instance, wanted, following)
