"""Code location `realtime`: what must be quick; imports no dbt, MLflow or scikit-learn."""

import dagster as dg

from assets import landed
from assets.disruptions import disruptions
from orchestration.jobs import correlate_disruptions
from orchestration.resources import DatabaseResource
from sensors.light import light_assets_without_materialiser

defs = dg.Definitions(
    assets=[*landed.SPECS, disruptions],
    jobs=[correlate_disruptions],
    sensors=[light_assets_without_materialiser],
    resources={
        "database": DatabaseResource(role="knockon_assets", application_name="knockon-realtime")
    },
    executor=dg.in_process_executor,
)
