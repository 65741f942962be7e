"""Follows evidence columns from row to row until every branch ends in a record on Kafka."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from streaming.store import lineage as stored
from streaming.store.database import Connection
from streaming.store.lineage import LogName, Reference


@dataclass
class Step:
    """One row of the walk: its identity, the log it lies in, its columns, and what it rests on."""

    reference: Reference
    log: LogName
    row: dict[str, Any] | None
    because: list["Step"] = field(default_factory=list)

    @property
    def on_kafka(self) -> bool:
        return self.log.kind == "kafka"

    def steps(self) -> Iterator["Step"]:
        """Every step below and including this one, once each, breadth first."""
        seen = {self.reference: self}
        level = [self]
        while level:
            yield from level
            below = [child for step in level for child in step.because]
            level = list({c.reference: c for c in below if c.reference not in seen}.values())
            seen |= {step.reference: step for step in level}


class Broken(Exception):
    """A stored key leads nowhere."""


def walk(connection: Connection, kind: str, key: str) -> Step:
    """The graph of everything the row rests on.

    What is reached by several ways is one step with several parents.

    Raises:
        LookupError: no row, or more than one, has this id (or prefix).
        Broken: a key stored as evidence names a record that does not exist.
    """
    start = stored.start_of(connection, kind, key)
    if start is None:
        raise LookupError(f"no single {kind} has the id {key!r}; give the whole id")
    names = stored.log_names(connection)
    root = Step(start, names[start.log_id], None)
    seen: dict[Reference, Step] = {start: root}
    level = [root]
    while level:
        _load(connection, level)
        following: list[Step] = []
        for step in level:
            for reference in _evidence(connection, step):
                if reference.log_id not in names:
                    raise Broken(f"{step.reference} names log {reference.log_id}, which is unknown")
                if reference not in seen:
                    seen[reference] = Step(reference, names[reference.log_id], None)
                    following.append(seen[reference])
                step.because.append(seen[reference])
        level = following
    return root


def _load(connection: Connection, level: list[Step]) -> None:
    by_log: dict[int, list[Step]] = {}
    for step in level:
        by_log.setdefault(step.reference.log_id, []).append(step)
    for steps in by_log.values():
        rows = stored.records(connection, steps[0].log, [step.reference for step in steps])
        for step in steps:
            step.row = rows.get(step.reference)
            if step.row is None:
                raise Broken(f"{step.log.name} has no record {step.reference}")


def _evidence(connection: Connection, step: Step) -> list[Reference]:
    """Stored keys only: the evidence column, and for a disruption the forecasts of its legs."""
    assert step.row is not None
    if step.on_kafka:
        return []
    found = [Reference.parse(text) for text in step.row["evidence"]]
    if step.log.name == "derived.disruptions":
        found += stored.forecasts_of(connection, step.row["leg_ids"])
    return found
