"""Forecasts: the champion's probability for each feature row, beside climatology's.

Rows of an earlier feature set are passed over: no model of today reads them. So are rows from
before the time up to which the champion has learned: it knows how those flights ended, and a
replay of a day that it has seen must not look like skill.
"""

from collections.abc import Callable
from typing import Any

from domain.features import FEATURE_SET, NAMES
from domain.features.outcomes import TARGET
from domain.identity import name_uuid
from ml.tracking import Champion
from streaming.derivation import Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.derive_features import (
    FEATURES,
    FORECASTS,
    StoredFeatures,
    features_in,
    write_forecasts,
)
from streaming.store.intervals import Interval
from streaming.version import code_version


def derivation(load: Callable[[], Champion]) -> Derivation:
    """`load` gives the champion of the moment; every row names the version that made it."""

    def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
        [interval] = intervals
        champion = load()
        rows = features_in(connection, interval)
        current = [row for row in rows if row.feature_set == FEATURE_SET]
        unseen = [row for row in current if row.as_of >= champion.history.as_of]
        forecasts = forecast(champion, unseen, interval.log_id)
        write_forecasts(connection, forecasts, code_version())
        versions = {"code": code_version(), "model": f"{champion.name} {champion.version}"}
        as_of = max((row.as_of for row in rows), default=None)
        passed_over = {
            "rows of an earlier feature set": len(rows) - len(current),
            "rows that the model has seen": len(current) - len(unseen),
        }
        return Outcome({FORECASTS: len(forecasts)}, versions, as_of, passed_over)

    return Derivation(FORECASTS, (FEATURES,), step, most_rows=20_000)


def forecast(
    champion: Champion, rows: list[StoredFeatures], features_log: int
) -> list[dict[str, Any]]:
    """A forecast for each row. Raises OtherFeatureSet for rows that are not the model's."""
    if not rows:
        return []
    values = [[row.values[name] for name in NAMES] for row in rows]
    probabilities = champion.probabilities(rows[0].feature_set, values)
    made = []
    for row, probability in zip(rows, probabilities, strict=True):
        airline, hour = str(row.values["airline"]), int(row.values["local_hour"])
        identity = (row.leg_id, row.horizon_minutes, champion.name, champion.version)
        made.append(
            {
                "forecast_id": name_uuid("forecast", *identity, row.values_hash),
                "leg_id": row.leg_id,
                "horizon_minutes": row.horizon_minutes,
                "target": TARGET,
                "as_of": row.as_of,
                "probability": float(probability),
                "climatology": champion.climatology.probability(airline, hour),
                "model_name": champion.name,
                "model_version": champion.version,
                "feature_sequence": row.sequence,
                "features_hash": row.values_hash,
                "evidence": [f"{features_log}/0/{row.sequence}"],
            }
        )
    return made
