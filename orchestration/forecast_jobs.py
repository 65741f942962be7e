"""Jobs and schedules of the forecasts; apart from the light ones, since they load the models."""

from datetime import timedelta

import dagster as dg

from assets.catalogue import key
from assets.forecasting import MODEL_KEY, TRAINING_DAYS
from assets.run_logs import PRINTED
from ml.train import last_day
from streaming.sources.errors import SourceError

_FORECAST = [key("derived.features"), key("derived.forecasts")]

forecast_delays = dg.define_asset_job(
    "forecast_delays",
    config=PRINTED,
    selection=dg.AssetSelection.assets(*_FORECAST).without_checks(),
    description="Features of what has landed, and the champion's forecasts of them.",
)

check_forecasts = dg.define_asset_job(
    "check_forecasts",
    config=PRINTED,
    selection=dg.AssetSelection.checks_for_assets(*_FORECAST),
    description="The asset checks of features and forecasts. They read whole tables, so they run "
    "by the clock and not with every materialisation.",
)

forecast_checks_by_the_clock = dg.ScheduleDefinition(
    name="forecast_checks_by_the_clock",
    job=check_forecasts,
    cron_schedule="*/15 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="The asset checks of features and forecasts, every quarter of an hour.",
)

retrain_delay_model = dg.define_asset_job(
    "retrain_delay_model",
    config=PRINTED,
    selection=dg.AssetSelection.assets(MODEL_KEY),
    description="Trains on the days before the partition's day and makes the result champion.",
)


@dg.schedule(
    job=retrain_delay_model,
    cron_schedule="0 4 1 * *",
    execution_timezone=TRAINING_DAYS.timezone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="On the first of each month, for the newest day that the source of flights "
    "reaches up to: that very day when the source is live, once when it has ended.",
)
def monthly_retraining(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    today = context.scheduled_execution_time.date()
    try:
        last = last_day()
    except SourceError as error:
        return dg.SkipReason(f"there is nothing to train on: {error}")
    day = min(today, last + timedelta(days=1)).isoformat()
    if not TRAINING_DAYS.has_partition_key(day):
        return dg.SkipReason(f"the source of flights ends with {last}, too early to train on")
    if day in context.instance.get_materialized_partitions(MODEL_KEY):
        return dg.SkipReason(
            f"the source of flights ends with {last} and a model was trained on all of it:"
            f" train an earlier day, or {day} once more, by hand"
        )
    return dg.RunRequest(partition_key=day)
