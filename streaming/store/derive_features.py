"""The SQL of features and forecasts: landed records in by interval, rows out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import args_row, class_row

from domain.features import FeatureRow
from domain.network_state.observations import WeatherRecord
from domain.network_state.records import FlightRecord
from streaming.store.database import Connection
from streaming.store.days import recorded_between
from streaming.store.derive import insert
from streaming.store.intervals import Interval

FEATURES = "derived.features"
FORECASTS = "derived.forecasts"
_RECORDS: dict[str, tuple[type[Any], str]] = {
    "flight.events": (FlightRecord, "landed.flight_events"),
    "external.data": (WeatherRecord, "landed.external_data"),
}


@dataclass(frozen=True, slots=True)
class StoredFeatures:
    """A stored feature row."""

    sequence: int
    leg_id: UUID
    horizon_minutes: int
    feature_set: str
    as_of: datetime
    values: Mapping[str, Any]
    values_hash: str


def records_in(connection: Connection, interval: Interval) -> list[FlightRecord | WeatherRecord]:
    """The landed records of an interval, partition by partition in offset order."""
    made, table = _RECORDS[interval.log]
    columns = ", ".join(f'"{name}"' for name in made._fields)
    found: list[FlightRecord | WeatherRecord] = []
    with connection.cursor(binary=True, row_factory=args_row(made)) as cursor:
        for partition, (since, until) in sorted(interval.spans.items()):
            span = (interval.log_id, partition, since, until)
            found += cursor.execute(
                f"select {columns} from {table}"  # noqa: S608 (names of our own)
                ' where log_id = %s and partition = %s and "offset" >= %s and "offset" < %s'
                ' and recorded_at >= %s and recorded_at < %s order by "offset"',
                (*span, *recorded_between(connection, *span)),
            ).fetchall()
    return found


def write_features(connection: Connection, rows: Collection[FeatureRow], code_version: str) -> int:
    """Append the rows that are not there yet, in order; returns how many."""
    known = {
        (row[0], row[1], row[2])
        for row in connection.execute(
            "select leg_id, horizon_minutes, feature_set from derived.features"
            " where leg_id = any(%s)",
            ([row.leg_id for row in rows],),
        )
    }
    fresh = [
        {
            "leg_id": row.leg_id,
            "horizon_minutes": row.horizon_minutes,
            "feature_set": row.feature_set,
            "as_of": row.as_of,
            "values": row.values,
            "values_hash": row.values_hash,
            "evidence": [str(reference) for reference in row.evidence],
        }
        for row in rows
        if (row.leg_id, row.horizon_minutes, row.feature_set) not in known
    ]
    insert(connection, FEATURES, fresh, code_version=code_version)
    return len(fresh)


def features_in(connection: Connection, interval: Interval) -> list[StoredFeatures]:
    """The stored rows of an interval of log derived.features."""
    [(since, until)] = interval.spans.values()
    with connection.cursor(row_factory=class_row(StoredFeatures)) as cursor:
        return cursor.execute(
            "select sequence, leg_id, horizon_minutes, feature_set, as_of, values, values_hash"
            " from derived.features where sequence >= %s and sequence < %s order by sequence",
            (since, until),
        ).fetchall()


def write_forecasts(
    connection: Connection, rows: Collection[Mapping[str, Any]], code_version: str
) -> None:
    """Append forecasts to log derived.forecasts."""
    insert(connection, FORECASTS, rows, code_version=code_version)


def resolved(connection: Connection) -> list[tuple[float, float, bool]]:
    """(probability, climatology, late) of every forecast whose leg has departed and arrived."""
    rows = connection.execute(
        "with legs as (select leg_id, max(sobt) sobt, max(sibt) sibt, max(aobt) aobt,"
        " max(aibt) aibt from landed.flight_events where leg_id is not null group by leg_id)"
        " select f.probability, f.climatology, legs.aobt - legs.sobt >= interval '15 minutes'"
        " or legs.aibt - legs.sibt >= interval '15 minutes'"
        " from derived.forecasts f join legs using (leg_id)"
        " where legs.aobt is not null and legs.aibt is not null"
    )
    return [(row[0], row[1], row[2]) for row in rows]
