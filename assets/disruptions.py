"""Asset derived.disruptions: light, so the materialiser usually makes it at once."""

from collections.abc import Iterator

import dagster as dg

from assets.catalogue import described, key
from assets.derivations.disruptions import DISRUPTIONS
from assets.run import Asked, derive
from streaming.store.derive import Database


@dg.asset(
    deps=[
        key("landed.flight_events"),
        key("landed.passenger_events"),
        key("detected.findings"),
        key("detected.corrections"),
        key("detected.versions"),
    ],
    code_version=DISRUPTIONS.version,
    output_required=False,
    **described(
        "derived.disruptions",
        "Irregular legs and the legs they knock on, as one disruption with one root, its severity "
        "and the passengers booked.",
        group="disruptions",
        owner="operations",
        kinds=("python", "postgres"),
    ),
)
def disruptions(
    context: dg.AssetExecutionContext, config: Asked, database: dg.ResourceParam[Database]
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, DISRUPTIONS, config, database)
