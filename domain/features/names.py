"""The feature set: which values a row holds, in which order, and for what they must not be used."""

from domain.features import history, network, rotation, weather

FEATURE_SET = "delay15-h2-v1"
"""Changes with any change of names, order or meaning: a model scores only rows of its own set."""
HORIZON_MINUTES = 120

SCHEDULE: tuple[str, ...] = ("local_hour", "local_minutes", "weekday", "block_minutes")
NAMES: tuple[str, ...] = (
    *SCHEDULE,
    *network.PLANNED_NAMES,
    *history.NAMES,
    *weather.NAMES,
    *network.NAMES,
    *rotation.NAMES,
)
"""Numeric inputs of a model, in order."""

LABELS = ("airline", "departure_airport", "arrival_airport", "history")
"""Text that says whose row it is (the baseline and slices need it) and which starting state."""

UNUSABLE: dict[str, frozenset[str]] = {
    "delay_15": frozenset(),
    "cancelled": frozenset(rotation.NAMES),
}
"""Per target, features that leak: a registration is recorded only of flights that operated."""
