"""Schedules: what runs by the clock."""

import dagster as dg

from orchestration.jobs import check_realtime

checks_by_the_clock = dg.ScheduleDefinition(
    name="checks_by_the_clock",
    job=check_realtime,
    cron_schedule="*/5 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="All asset checks of the realtime location, every five minutes.",
)
