"""The shell around a derivation: which interval a run was asked for, and what it shows after."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import structlog
from dagster._core.errors import DagsterInvalidPropertyError
from pydantic import Field

from streaming.derivation import Derivation, Written, from_text, run
from streaming.store.derive import Database
from streaming.store.derive_wake import duty_of, share
from streaming.store.intervals import Interval, catch_up


class Asked(dg.Config):
    """What the sensor asks for; a person who materialises by hand leaves it empty."""

    intervals: str = Field(
        default="", description="Exactly these offsets, as the sensor wrote them; empty: pending."
    )


def derive(
    context: dg.AssetExecutionContext, derivation: Derivation, asked: Asked, database: Database
) -> Iterator[dg.MaterializeResult[None]]:
    """Run the derivation; yields nothing when there was nothing to do or others have done it.

    While it works its session holds the reader's duty, which is how sensors see that it lives.
    """
    intervals = from_text(asked.intervals) if asked.intervals else None
    with (
        structlog.contextvars.bound_contextvars(asset=derivation.reader, **_ids(context)),
        database.connect() as connection,
    ):
        share(connection, duty_of(derivation.reader))
        done = run(connection, derivation, intervals)
    if isinstance(done, Written):
        yield dg.MaterializeResult(
            metadata=shown(done), data_version=dg.DataVersion(reached(done.intervals))
        )
        with database.connect() as connection:
            catch_up(connection, derivation.reader, told(derivation.reader))
    else:
        context.log.info(f"{type(done).__name__}: {done}")


def told(reader: str) -> str:
    """Under which name is kept how far Dagster was told of what the reader derived; only of
    readers that the materialiser runs."""
    return f"dagster:{reader}"


def _ids(context: dg.AssetExecutionContext) -> dict[str, str]:
    """Which run this is and what it is about, for log lines; nothing when called without a run."""
    try:
        run = context.run
    except DagsterInvalidPropertyError:
        return {}
    about = {
        name.removeprefix("knockon/"): value
        for name, value in run.tags.items()
        if name.startswith(("knockon/correlation_id", "knockon/disruption_id"))
    }
    return {"run_id": run.run_id, **about}


def shown(done: Written) -> dict[str, Any]:
    """Metadata of a materialisation: offsets, rows, versions, event time."""
    return {
        **interval_metadata(done.intervals),
        **{f"rows {table}": count for table, count in done.outcome.rows.items()},
        **done.outcome.counts,
        **{f"version {what}": version for what, version in done.outcome.versions.items()},
        **({"event time": done.outcome.as_of.isoformat()} if done.outcome.as_of else {}),
        **({"examples": _table(done.outcome.examples)} if done.outcome.examples else {}),
    }


def _table(examples: Sequence[Mapping[str, str]]) -> dg.TableMetadataValue:
    return dg.MetadataValue.table(
        [dg.TableRecord(dict(one)) for one in examples],
        schema=dg.TableSchema([dg.TableColumn(name) for name in examples[0]]),
    )


def interval_metadata(intervals: tuple[Interval, ...]) -> dict[str, Any]:
    """Per log the offsets read, as `partition: from-to` with `to` not included, and their count."""
    offsets = {
        f"{i.log} ({i.log_id})": {str(p): f"{a}-{b}" for p, (a, b) in sorted(i.spans.items())}
        for i in intervals
    }
    return {
        "offsets": dg.MetadataValue.json(offsets),
        "rows read": sum(interval.rows for interval in intervals),
    }


def reached(intervals: tuple[Interval, ...]) -> str:
    """The data version: how far each log has been read."""
    return ";".join(
        f"{i.log_id}/{partition}/{following}"
        for i in sorted(intervals, key=lambda i: i.log_id)
        for partition, (_, following) in sorted(i.spans.items())
    )
