"""Schedules: what runs by the clock."""

import dagster as dg

from orchestration.jobs import check_live_equals_batch, check_realtime

checks_by_the_clock = dg.ScheduleDefinition(
    name="checks_by_the_clock",
    job=check_realtime,
    cron_schedule="*/5 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="The asset checks of the realtime location, every five minutes.",
)

refold_by_the_clock = dg.ScheduleDefinition(
    name="refold_by_the_clock",
    job=check_live_equals_batch,
    cron_schedule="23 3 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Live findings against batch findings, once a day.",
)
