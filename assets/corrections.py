"""Asset detected.corrections: the daily restatement of what was found without late records."""

from collections.abc import Iterator

import dagster as dg

from assets.catalogue import described, key
from assets.derivations.corrections import FINDING_CORRECTIONS
from assets.run import Asked, derive
from streaming.store.derive import Database


@dg.asset(
    deps=[key("detected.late_records"), key("detected.findings")],
    code_version=FINDING_CORRECTIONS.version,
    output_required=False,
    **described(
        "detected.corrections",
        "Findings added and withdrawn because records came late: the difference between what was "
        "found live and what would have been found, had they come in time.",
        group="detected",
        owner="operations",
        kinds=("python", "postgres"),
    ),
)
def corrections(
    context: dg.AssetExecutionContext, config: Asked, database: dg.ResourceParam[Database]
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, FINDING_CORRECTIONS, config, database)
