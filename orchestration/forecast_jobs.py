"""Jobs and the schedule of the forecasts; apart from the light ones, since they load the models."""

import dagster as dg

from assets.catalogue import key
from assets.forecasting import MODEL_KEY, TRAINING_DAYS

forecast_delays = dg.define_asset_job(
    "forecast_delays",
    selection=dg.AssetSelection.assets(key("derived.features"), key("derived.forecasts")),
    description="Features of what has landed, and the champion's forecasts of them.",
)

retrain_delay_model = dg.define_asset_job(
    "retrain_delay_model",
    selection=dg.AssetSelection.assets(MODEL_KEY),
    description="Trains on the days before the partition's day and makes the result champion.",
)


@dg.schedule(
    job=retrain_delay_model,
    cron_schedule="0 4 1 * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="On the first of each month, for that day, while the source has days before it.",
)
def monthly_retraining(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    day = context.scheduled_execution_time.date().isoformat()
    if not TRAINING_DAYS.has_partition_key(day):
        last = TRAINING_DAYS.get_last_partition_key()
        return dg.SkipReason(f"the source ends before {day}: train a day up to {last} by hand")
    return dg.RunRequest(partition_key=day)
