"""Code location `batch`: what may be heavy; trains, forecasts, builds the marts."""

import dagster as dg

from assets import forecasting
from orchestration.forecast_jobs import forecast_delays, monthly_retraining, retrain_delay_model
from orchestration.resources import DatabaseResource, TrackingResource
from sensors.forecasting import flights_to_forecast

defs = dg.Definitions(
    assets=[forecasting.delay_model, forecasting.features, forecasting.forecasts],
    jobs=[retrain_delay_model, forecast_delays],
    schedules=[monthly_retraining],
    sensors=[flights_to_forecast],
    resources={
        "database": DatabaseResource(role="knockon_assets", application_name="knockon-batch"),
        "tracking": TrackingResource(),
    },
    executor=dg.in_process_executor,
)
