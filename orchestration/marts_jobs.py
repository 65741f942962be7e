"""The job and the schedule of the marts; apart from the light ones, since they load dbt."""

import dagster as dg

from assets.run_logs import PRINTED

build_marts = dg.define_asset_job(
    "build_marts",
    config=PRINTED,
    selection=dg.AssetSelection.groups("staging", "intermediate", "marts"),
    description="All dbt models with their tests, then the documentation page.",
)

marts_by_the_clock = dg.ScheduleDefinition(
    name="marts_by_the_clock",
    job=build_marts,
    cron_schedule="7 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="The marts, every hour.",
)
