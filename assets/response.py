"""Assets of the response to a disruption: impacts, assessments, care and the ledger."""

from collections.abc import Iterator

import dagster as dg

from assets.catalogue import described, key
from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.care_clock import CARE_CLOCK
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.derivations.seals import SEALS
from assets.run import Asked, derive
from streaming.store.derive import Database


@dg.asset(
    deps=[key("derived.disruptions"), key("landed.passenger_events"), key("landed.flight_events")],
    code_version=PASSENGER_IMPACTS.version,
    output_required=False,
    **described(
        "derived.passenger_impacts",
        "What changed disruptions did to each journey over their legs: missed connections, final "
        "delay, notice, offers. The facts that the law asks for.",
        group="passengers",
        owner="passenger care",
        kinds=("python", "postgres"),
        tags={"personal": "pseudonym"},
    ),
)
def passenger_impacts(
    context: dg.AssetExecutionContext, config: Asked, database: dg.ResourceParam[Database]
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, PASSENGER_IMPACTS, config, database)


@dg.asset(
    deps=[key("derived.passenger_impacts")],
    code_version=ASSESSMENTS.version,
    output_required=False,
    **described(
        "derived.assessments",
        "What EU261 and UK261 give each passenger: sum, care, article, reasons, and what is "
        "still missing.",
        group="passengers",
        owner="legal",
        kinds=("python", "postgres"),
        tags={"personal": "pseudonym"},
    ),
)
def assessments(
    context: dg.AssetExecutionContext, config: Asked, database: dg.ResourceParam[Database]
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, ASSESSMENTS, config, database)


@dg.asset(
    deps=[key("derived.assessments"), key("landed.passenger_events")],
    code_version=CARE_CLOCK.version,
    output_required=False,
    **described(
        "derived.care_clock",
        "Which care each journey is due from when, what was given of it, and at what cost: within "
        "the entitlement or as goodwill. What care costs is booked here too.",
        group="passengers",
        owner="passenger care",
        kinds=("python", "postgres"),
        tags={"personal": "pseudonym"},
    ),
)
def care_clock(
    context: dg.AssetExecutionContext, config: Asked, database: dg.ResourceParam[Database]
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, CARE_CLOCK, config, database)


@dg.asset(
    deps=[key("derived.assessments")],
    code_version=LEDGER.version,
    output_required=False,
    **described(
        "ledger.transactions",
        "What is owed, in double entry: each assessment booked once, a change reversed and "
        "posted again, never edited.",
        group="ledger",
        owner="finance",
        kinds=("python", "postgres"),
        tags={"personal": "pseudonym"},
    ),
)
def transactions(
    context: dg.AssetExecutionContext, config: Asked, database: dg.ResourceParam[Database]
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, LEDGER, config, database)


@dg.asset(
    deps=[key("ledger.transactions")],
    code_version=SEALS.version,
    output_required=False,
    **described(
        "ledger.seals",
        "What the books grew by, hashed into a Merkle root that is chained to the one before: "
        "no sealed line can change, go or come without its being seen.",
        group="ledger",
        owner="finance",
        kinds=("python", "postgres"),
        tags={"personal": "none"},
    ),
)
def seals(
    context: dg.AssetExecutionContext, config: Asked, database: dg.ResourceParam[Database]
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, SEALS, config, database)


SEAL_LEAVES = dg.AssetSpec(
    deps=[key("ledger.seals")],
    **described(
        "ledger.seal_leaves",
        "Each sealed transaction's hash, the leaves of the trees.",
        group="ledger",
        owner="finance",
        tags={"personal": "none"},
    ),
)
POSTINGS = dg.AssetSpec(
    deps=[key("ledger.transactions")],
    **described(
        "ledger.postings",
        "The lines of the transactions; PostgreSQL refuses a transaction that does not balance.",
        group="ledger",
        owner="finance",
        tags={"personal": "none"},
    ),
)
ACCOUNTS = dg.AssetSpec(
    **described(
        "ledger.accounts", "The chart of accounts, from the domain's data.", group="ledger",
        owner="finance",
    )
)  # fmt: skip
