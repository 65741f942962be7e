"""Code location `batch`: what may be heavy; trains, forecasts, builds the marts."""

import dagster as dg
from dagster_dbt import DbtCliResource

from assets import forecast_checks, forecasting, marts, marts_project
from assets.run_logs import LOGGERS
from orchestration.forecast_jobs import (
    check_forecasts,
    forecast_checks_by_the_clock,
    forecast_delays,
    monthly_retraining,
    retrain_delay_model,
)
from orchestration.marts_jobs import build_marts, marts_by_the_clock
from orchestration.resources import DatabaseResource, TrackingResource
from sensors.forecasting import flights_to_forecast
from streaming.logging import configure
from streaming.settings import Settings

models = marts.marts(marts_project.manifest(Settings()))

configure("dagster-batch")

defs = dg.Definitions(
    assets=[
        forecasting.delay_model,
        forecasting.features,
        forecasting.forecasts,
        models,
        marts.documentation(models),
    ],
    asset_checks=forecast_checks.BATCH,
    jobs=[retrain_delay_model, forecast_delays, check_forecasts, build_marts],
    schedules=[monthly_retraining, forecast_checks_by_the_clock, marts_by_the_clock],
    sensors=[flights_to_forecast],
    resources={
        "database": DatabaseResource(role="knockon_assets", application_name="knockon-batch"),
        "tracking": TrackingResource(),
        "dbt": DbtCliResource(
            project_dir=str(marts_project.PROJECT),
            profiles_dir=str(marts_project.PROJECT),
            dbt_executable=str(marts_project.DBT),
        ),
    },
    executor=dg.in_process_executor,
    loggers=LOGGERS,
)
