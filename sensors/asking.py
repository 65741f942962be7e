"""Which run to ask for: the interval a reader lacks, unless somebody is at work on its chain.

Nothing is remembered here. Marks say what is missing, Dagster's own runs say what was asked for
and how it ended; so a failed interval is asked for again, and one in flight is not.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from assets.catalogue import key
from assets.run_logs import PRINTED
from sensors import failures
from sensors.in_flight import at_work
from streaming.derivation import Derivation, as_text, pending_intervals
from streaming.store.database import Connection
from streaming.store.intervals import Interval

READER_TAG = "knockon/reader"
INTERVAL_TAG = "knockon/interval"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to ask for: from this derivation on, over these intervals."""

    derivation: Derivation
    intervals: tuple[Interval, ...]

    @property
    def interval_name(self) -> str:
        """A short name of the intervals: same offsets, same name."""
        digest = hashlib.sha256(as_text(self.intervals).encode()).hexdigest()
        return f"{self.derivation.reader}@{digest[:16]}"


About = Callable[[Connection, Wanted], Mapping[str, str]]
"""Further tags of a run."""


def request(
    instance: dg.DagsterInstance,
    connection: Connection,
    job: str,
    chain: Sequence[Derivation],
    about: About = lambda connection, wanted: {},
) -> dg.RunRequest | dg.SkipReason:
    """The run that the chain needs now, or why there is none.

    A derivation that failed where it stands is asked for again, with the very intervals that
    failed, after a pause; meanwhile those before it go on without it, so that neither new data
    nor a short failure upstream makes a failing run every few seconds.
    """
    lacking = [one for one in chain if pending_intervals(connection, one)]
    if not lacking:
        return dg.SkipReason("nothing is pending")
    if worker := at_work(instance, connection, job, chain):
        return dg.SkipReason(worker)
    able, reason = list(chain), ""
    for derivation in reversed(lacking):
        failed = failures.where_it_stands(instance, connection, derivation)
        if not failed:
            continue
        if pause := failures.pause_left(failed):
            able, reason = able[: able.index(derivation)], pause
            continue
        again = failures.intervals_of(failed, derivation) or pending_intervals(
            connection, derivation
        )
        wanted, able = Wanted(derivation, again), able[able.index(derivation) :]
        return _run(instance, connection, wanted, able, about)
    first = next((one for one in able if one in lacking), None)
    if first is None:
        return dg.SkipReason(reason)
    wanted = Wanted(first, pending_intervals(connection, first))
    return _run(instance, connection, wanted, able[able.index(first) :], about)


def _run(
    instance: dg.DagsterInstance,
    connection: Connection,
    wanted: Wanted,
    selection: Sequence[Derivation],
    about: About,
) -> dg.RunRequest:
    """The run key names where the reader stands and the attempt, so two ticks never start two
    runs for one attempt."""
    reader = wanted.derivation.reader
    stands = {failures.tag(one.reader): failures.stand(connection, one) for one in selection}
    here = {failures.tag(reader): stands[failures.tag(reader)]}
    attempt = 1 + instance.get_runs_count(dg.RunsFilter(tags=here))
    op = "__".join(key(reader).path)
    config: dict[str, Any] = {"intervals": as_text(wanted.intervals)}
    return dg.RunRequest(
        run_key=f"{reader}@{stands[failures.tag(reader)]}#{attempt}",
        run_config={"ops": {op: {"config": config}}, **PRINTED},
        tags={
            READER_TAG: reader,
            INTERVAL_TAG: wanted.interval_name,
            "knockon/attempt": str(attempt),
            "knockon/rows": str(sum(interval.rows for interval in wanted.intervals)),
            **stands,
            **about(connection, wanted),
        },
        asset_selection=[key(derivation.reader) for derivation in selection],
    )
