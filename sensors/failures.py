"""How often a reader has failed where it stands, and when it may be asked for again.

A reader stands at its marks. They move when an interval succeeds and not when new rows land, so
failures are counted by them: named by the whole interval, each new row would be a first attempt.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from assets.catalogue import key
from sensors.in_flight import now
from streaming.derivation import Derivation, from_text
from streaming.store.database import Connection
from streaming.store.derive import horizon
from streaming.store.intervals import Interval

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
_DOUBLINGS = 6
"""From the first pause to beyond the longest."""

_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def tag(reader: str) -> str:
    """The tag that says where this reader stood when the run was asked for."""
    return f"knockon/at.{reader}"


def stand(connection: Connection, derivation: Derivation) -> str:
    """A short name of the reader's marks; a partition not yet read is no mark."""
    following = horizon(connection, derivation.reader).following
    marks = sorted([*place, offset] for place, offset in following.items() if offset)
    return hashlib.sha256(json.dumps(marks).encode()).hexdigest()[:16]


def where_it_stands(
    instance: dg.DagsterInstance, connection: Connection, derivation: Derivation
) -> Sequence[dg.RunRecord]:
    """The failed runs that were to move the reader on from where it still is; newest first."""
    here = {tag(derivation.reader): stand(connection, derivation)}
    return instance.get_run_records(dg.RunsFilter(tags=here, statuses=_FAILED))


def pause_left(failed: Sequence[dg.RunRecord]) -> str:
    """Why not to ask again yet; empty when the pause is over."""
    pause = min(FIRST_PAUSE * 2 ** min(len(failed) - 1, _DOUBLINGS), LONGEST_PAUSE)
    if now() - max(record.update_timestamp for record in failed) >= pause:
        return ""
    return f"failed {len(failed)} times where it stands; again {pause} after the last time"


def intervals_of(
    failed: Sequence[dg.RunRecord], derivation: Derivation
) -> tuple[Interval, ...] | None:
    """The intervals that the last such run had for this reader; None when it took what it found."""
    op = "__".join(key(derivation.reader).path)
    for record in failed:
        ops: Any = record.dagster_run.run_config.get("ops", {})
        config = ops.get(op, {}).get("config", {})
        if text := config.get("intervals"):
            return from_text(text)
    return None
