"""Jobs: which assets run together, all inside the process of the run."""

import dagster as dg

from assets.catalogue import key

correlate_disruptions = dg.define_asset_job(
    "correlate_disruptions",
    selection=[key("derived.disruptions")],
    description="Correlated disruptions, when the materialiser is not there to make them at once.",
)

respond_to_disruption = dg.define_asset_job(
    "respond_to_disruption",
    selection=[
        key("derived.passenger_impacts"),
        key("derived.assessments"),
        key("ledger.transactions"),
    ],
    description="What changed disruptions mean for passengers, what the law says, what is booked.",
)

compute_features = dg.define_asset_job(
    "compute_features",
    selection=[key("derived.features")],
    description="Point-in-time features of the legs whose forecast is due.",
)
