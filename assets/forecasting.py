"""Assets of the forecast: point-in-time features, forecasts, and the model that makes them."""

from collections.abc import Iterator
from datetime import date

import dagster as dg

from assets.catalogue import described, key, team
from assets.derivations import features as feature_fold
from assets.derivations import forecasts as forecasting
from assets.run import Asked, derive
from domain.features import FEATURE_SET
from ml.tracking import ALIAS, Tracking
from ml.train import DAYS, MODEL_NAME, train
from streaming.store.derive import Database

MODEL_KEY = dg.AssetKey(["mlflow", MODEL_NAME])
TRAINING_DAYS = dg.DailyPartitionsDefinition(
    start_date="2013-05-01", timezone="America/New_York", end_offset=1
)
"""A partition is the first day that the model may be used on: it learns from the days before. So
today is one already, before it has ended; which of them have flights is the source's to say."""


class Training(dg.Config):
    """How a model is trained."""

    days: int = DAYS


@dg.asset(
    key=MODEL_KEY,
    partitions_def=TRAINING_DAYS,
    group_name="forecasts",
    owners=[team("data science")],
    kinds={"python", "scikitlearn", "mlflow"},
    code_version=FEATURE_SET,
    tags={"layer": "mlflow"},
    description=(
        "P(departure or arrival at least 15 minutes late), two hours before schedule. Trained on "
        "the days before the partition's day, registered with alias champion.\n\n"
        "Grain: one version a training."
    ),
)
def delay_model(
    context: dg.AssetExecutionContext, config: Training, tracking: dg.ResourceParam[Tracking]
) -> dg.MaterializeResult[None]:
    until = date.fromisoformat(context.partition_key)
    model = train(until, config.days, lambda day: _tell(context, day))
    version = tracking.register(model)
    scores = {
        f"{candidate} {name}": value
        for candidate, found in model.validation.items()
        for name, value in found.metrics().items()
    }
    return dg.MaterializeResult(
        metadata={
            "model version": version,
            "alias": ALIAS,
            "kind": model.kind,
            "trained from": model.first.isoformat(),
            "trained before": model.until.isoformat(),
            "dagster/row_count": model.rows,
            "data hash": model.data_hash,
            "version code": model.code_version,
            **scores,
        },
        data_version=dg.DataVersion(model.data_hash),
    )


def _tell(context: dg.AssetExecutionContext, day: date) -> None:
    if day.day == 1:
        context.log.info(f"reading {day:%B %Y}")


@dg.asset(
    deps=[key("landed.flight_events"), key("landed.external_data"), MODEL_KEY],
    code_version=FEATURE_SET,
    output_required=False,
    **described(
        "derived.features",
        "What was knowable of a leg two hours before its departure: schedule, history, weather, "
        "the network's delays, its aircraft. The same fold makes the training set.",
        group="forecasts",
        owner="data science",
        kinds=("python", "postgres"),
    ),
)
def features(
    context: dg.AssetExecutionContext,
    config: Asked,
    database: dg.ResourceParam[Database],
    tracking: dg.ResourceParam[Tracking],
) -> Iterator[dg.MaterializeResult[None]]:
    begun = feature_fold.derivation(lambda: tracking.champion().history)
    yield from derive(context, begun, config, database)


@dg.asset(
    deps=[key("derived.features"), MODEL_KEY],
    output_required=False,
    **described(
        "derived.forecasts",
        "The champion's probability that a leg will be late, beside climatology's, each with "
        "model version and feature row.",
        group="forecasts",
        owner="data science",
        kinds=("python", "mlflow", "postgres"),
    ),
)
def forecasts(
    context: dg.AssetExecutionContext,
    config: Asked,
    database: dg.ResourceParam[Database],
    tracking: dg.ResourceParam[Tracking],
) -> Iterator[dg.MaterializeResult[None]]:
    yield from derive(context, forecasting.derivation(tracking.champion), config, database)
