"""Asset checks of features and forecasts; they belong to the location that makes these."""

from assets.checks import check, dense, fresh, none
from assets.derivations.features import INPUTS
from domain.features import FEATURE_SET
from streaming.store.derive_checks import featureless_legs, no_probabilities, unfounded_forecasts
from streaming.store.derive_features import FEATURES, FORECASTS

FRESH_SECONDS = 300
"""A run begins with importing the models; a backlog is worked off in several."""

BATCH = [
    dense(FEATURES),
    dense(FORECASTS),
    fresh(FEATURES, INPUTS, FRESH_SECONDS),
    fresh(FORECASTS, (FEATURES,), FRESH_SECONDS),
    check(
        FEATURES,
        "complete",
        "Every leg past its decision time has a row, unless it had departed or was cancelled.",
        lambda connection: none(featureless_legs(connection, FEATURE_SET)),
    ),
    check(
        FORECASTS,
        "probable",
        "Every probability, the model's and climatology's, lies between 0 and 1.",
        lambda connection: none(no_probabilities(connection)),
    ),
    check(
        FORECASTS,
        "founded",
        "Every forecast has leg, time and hash of the feature row that it names.",
        lambda connection: none(unfounded_forecasts(connection)),
    ),
]
