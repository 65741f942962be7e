"""Starts the response to new and changed disruptions: impacts, assessments, bookings, seals."""

import dagster as dg

from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.derivations.seals import SEALS
from sensors.asking import Wanted, request
from streaming.store.database import Connection
from streaming.store.derive import Database
from streaming.store.derive_rights import concerned

CHAIN = (PASSENGER_IMPACTS, ASSESSMENTS, LEDGER, SEALS)
JOB = "respond_to_disruption"
MOST_IDS = 20
"""More ids than a person reads are counted instead; the interval names them all."""


@dg.sensor(
    job_name=JOB,
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks for impacts, assessments and bookings of exactly the revisions of "
    "derived.disruptions that were not answered yet.",
)
def disruptions_to_answer(
    context: dg.SensorEvaluationContext, database: dg.ResourceParam[Database]
) -> dg.RunRequest | dg.SkipReason:
    with database.connect() as connection:
        return request(context.instance, connection, JOB, CHAIN, _tags)


def _tags(connection: Connection, wanted: Wanted) -> dict[str, str]:
    """Which disruptions and correlations the run is about; plural when there are several."""
    pairs = concerned(connection, wanted.derivation.reader, wanted.intervals[0])
    disruptions = list(dict.fromkeys(str(disruption) for disruption, _ in pairs))
    correlations = list(dict.fromkeys(str(correlation) for _, correlation in pairs))
    return {**_tag("disruption_id", disruptions), **_tag("correlation_id", correlations)}


def _tag(name: str, values: list[str]) -> dict[str, str]:
    if len(values) == 1:
        return {f"knockon/{name}": values[0]}
    shown = ",".join(values[:MOST_IDS])
    more = f",and {len(values) - MOST_IDS} more" if len(values) > MOST_IDS else ""
    return {f"knockon/{name}s": shown + more}
