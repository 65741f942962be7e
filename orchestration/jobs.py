"""Jobs: which assets run together, all inside the process of the run."""

import dagster as dg

from assets.catalogue import key
from assets.checks import live_equals_batch
from assets.run_logs import PRINTED

correlate_disruptions = dg.define_asset_job(
    "correlate_disruptions",
    config=PRINTED,
    selection=dg.AssetSelection.assets(
        key("derived.disruptions"), key("derived.care_clock")
    ).without_checks(),
    description="Correlated disruptions and care clocks, when no materialiser is there to make "
    "them at once.",
)

restate_findings = dg.define_asset_job(
    "restate_findings",
    config=PRINTED,
    selection=dg.AssetSelection.assets(key("detected.corrections")).without_checks(),
    description="Folds the whole log once more with the late records in their places and books "
    "the difference.",
)

respond_to_disruption = dg.define_asset_job(
    "respond_to_disruption",
    config=PRINTED,
    selection=dg.AssetSelection.assets(
        key("derived.passenger_impacts"),
        key("derived.assessments"),
        key("ledger.transactions"),
        key("ledger.seals"),
    ).without_checks(),
    description="What changed disruptions mean for passengers, what the law says, what is booked, "
    "and its seal.",
)

_REFOLD = dg.AssetSelection.checks(*live_equals_batch.check_keys)

check_realtime = dg.define_asset_job(
    "check_realtime",
    config=PRINTED,
    selection=dg.AssetSelection.all_asset_checks() - _REFOLD,
    description="The asset checks of the realtime location. They read whole tables, so they run "
    "by the clock and not with every materialisation.",
)

check_live_equals_batch = dg.define_asset_job(
    "check_live_equals_batch",
    config=PRINTED,
    selection=_REFOLD,
    description="Folds the whole log again and compares: a fold has no window, since what it "
    "says hangs on all that came before. Hence not with the other checks.",
)
