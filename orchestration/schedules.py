"""Schedules: what runs by the clock."""

import dagster as dg

from assets.derivations.corrections import FINDING_CORRECTIONS
from orchestration.jobs import check_live_equals_batch, check_realtime, restate_findings
from sensors.asking import request
from streaming.store.derive import Database

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


@dg.schedule(
    job=restate_findings,
    cron_schedule="8,13,18,48 2 * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a day what late records would have changed; asks again within the hour when "
    "that failed, by the rules of the sensors.",
)
def restatement_by_the_clock(
    context: dg.ScheduleEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.RunRequest | dg.SkipReason:
    with database.connect() as connection:
        return request(context.instance, connection, restate_findings.name, (FINDING_CORRECTIONS,))
