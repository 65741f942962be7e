"""Code location `realtime`: what must be quick; imports no dbt, MLflow or scikit-learn."""

import dagster as dg

from assets import checks, landed, response
from assets.corrections import corrections
from assets.disruptions import disruptions
from assets.run_logs import LOGGERS
from orchestration.jobs import (
    check_live_equals_batch,
    check_realtime,
    correlate_disruptions,
    respond_to_disruption,
    restate_findings,
)
from orchestration.resources import DatabaseResource
from orchestration.schedules import (
    checks_by_the_clock,
    refold_by_the_clock,
    restatement_by_the_clock,
)
from sensors.light import light_assets_without_materialiser
from sensors.response import disruptions_to_answer
from streaming.logging import configure

configure("dagster-realtime")

defs = dg.Definitions(
    assets=[
        *landed.SPECS,
        corrections,
        disruptions,
        response.passenger_impacts,
        response.assessments,
        response.care_clock,
        response.transactions,
        response.seals,
        response.POSTINGS,
        response.SEAL_LEAVES,
        response.ACCOUNTS,
    ],
    asset_checks=checks.REALTIME,
    jobs=[
        correlate_disruptions,
        respond_to_disruption,
        restate_findings,
        check_realtime,
        check_live_equals_batch,
    ],
    schedules=[checks_by_the_clock, refold_by_the_clock, restatement_by_the_clock],
    sensors=[light_assets_without_materialiser, disruptions_to_answer],
    resources={
        "database": DatabaseResource(role="knockon_assets", application_name="knockon-realtime")
    },
    executor=dg.in_process_executor,
    loggers=LOGGERS,
)
