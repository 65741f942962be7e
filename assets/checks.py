"""Asset checks: what must hold of the tables, asked of the database itself."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import dagster as dg

from assets.catalogue import key
from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.care_clock import CARE_CLOCK
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.derivations.seals import SEALS
from assets.landed import LANDED_LOGS
from domain.detection.registry import DETECTORS
from domain.passenger_rights import digests
from domain.passengers.care import overdue
from streaming.detect.refold import refold
from streaming.store.audit import baseless_assessments, misbooked, unassessed, unbalanced
from streaming.store.database import Connection
from streaming.store.derive import Database
from streaming.store.derive_care import clocks_running, event_time_reached, uncounted_care
from streaming.store.derive_checks import beyond_the_mark, holes, oldest_unread
from streaming.store.detected import FINDINGS
from streaming.store.reassessing import unconfirmed

Question = Callable[[Connection], dg.AssetCheckResult]
SHOWN = 20
PATIENCE = timedelta(minutes=30)
"""How long care may be due before somebody is told that a passenger waits for it."""


def check(
    table: str,
    name: str,
    description: str,
    question: Question,
) -> dg.AssetChecksDefinition:
    """An asset check on a table that asks one question of the database."""

    @dg.asset_check(asset=key(table), name=name, description=description)
    def asked(database: dg.ResourceParam[Database]) -> dg.AssetCheckResult:
        with database.connect() as connection:
            return question(connection)

    return asked


def none(found: Sequence[str]) -> dg.AssetCheckResult:
    """Passed when nothing was found; else how much, and the first of it."""
    return dg.AssetCheckResult(
        passed=not found, metadata={"found": len(found), "first": list(found[:SHOWN])}
    )


def _landed(log: str, table: str) -> dg.AssetChecksDefinition:
    def question(connection: Connection) -> dg.AssetCheckResult:
        found = beyond_the_mark(connection, log)
        return dg.AssetCheckResult(passed=found == 0, metadata={"beyond the mark": found})

    return check(
        table,
        "nothing_beyond_the_mark",
        "Rows and the landing mark moved together: no row lies at or beyond the mark.",
        question,
    )


def dense(log: str) -> dg.AssetChecksDefinition:
    """A check that a table log has no holes."""

    def question(connection: Connection) -> dg.AssetCheckResult:
        found = holes(connection, log)
        return dg.AssetCheckResult(passed=found == 0, metadata={"missing": found})

    return check(log, "dense", "Every number below the end of the log has its row.", question)


def fresh(reader: str, inputs: Sequence[str], most_seconds: int) -> dg.AssetChecksDefinition:
    """A check that nothing has waited longer than `most_seconds` to be read."""

    def question(connection: Connection) -> dg.AssetCheckResult:
        oldest = oldest_unread(connection, reader, inputs)
        waited = 0.0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds()
        return dg.AssetCheckResult(
            passed=waited <= most_seconds,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"seconds waited": waited, "at most": most_seconds},
        )

    return check(
        reader,
        "fresh",
        f"No input has waited longer than {most_seconds} s.",
        question,
    )


@dg.asset_check(
    asset=key(FINDINGS),
    name="live_equals_batch",
    description="Folding everything that the detectors have read once more, cut and interleaved "
    "otherwise, gives the stored findings byte for byte. Reads the whole log: daily, or by hand.",
)
def live_equals_batch(
    context: dg.AssetCheckExecutionContext, database: dg.ResourceParam[Database]
) -> dg.AssetCheckResult:
    seed = UUID(context.run.run_id).int % 2**31  # each run cuts otherwise, and can be repeated
    with database.connect() as connection:
        found = [refold(connection, name, seed) for name in DETECTORS]
    return dg.AssetCheckResult(
        passed=all(one.equal for one in found),
        metadata={
            "seed": seed,
            **{f"{one.detector} {one.version}": dg.MetadataValue.json(asdict(one))
               for one in found},
        },
    )  # fmt: skip


def care_overdue(
    connection: Connection, now: datetime | None = None, patience: timedelta = PATIENCE
) -> dg.AssetCheckResult:
    """Who still waits for care; `now` is the event time that has been reached unless given."""
    now = now or event_time_reached(connection)
    clocks = [] if now is None else clocks_running(connection, now)
    found = [
        f"{clock.care_key}: {', '.join(late)}"
        for clock in clocks
        if now and (late := overdue(clock.due, clock.given, clock.waits_until, now, patience))
    ]
    return none(found)._replace(severity=dg.AssetCheckSeverity.WARN)


def _current(connection: Connection) -> dg.AssetCheckResult:
    found = unconfirmed(connection, digests())
    return dg.AssetCheckResult(
        passed=found == 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"obligations": found, "next": "knockon reassess --dry-run"},
    )


REALTIME = [
    live_equals_batch,
    *(_landed(log, table) for log, table in LANDED_LOGS.items()),
    *(
        dense(log)
        for log in (
            "detected.findings",
            "detected.late_records",
            "detected.corrections",
            "detected.versions",
            "derived.disruptions",
            "derived.passenger_impacts",
            "derived.assessments",
            "derived.care_clock",
            "ledger.transactions",
        )
    ),
    *(
        fresh(derivation.reader, derivation.inputs, seconds)
        for derivation, seconds in (
            (DISRUPTIONS, 10),
            (PASSENGER_IMPACTS, 120),
            (ASSESSMENTS, 120),
            (CARE_CLOCK, 120),
            (LEDGER, 120),
            (SEALS, 120),
        )
    ),
    check(
        "derived.assessments",
        "founded",
        "Every assessment has its facts, its rulebook, a citation and the rules it hit.",
        lambda connection: none(baseless_assessments(connection)),
    ),
    check(
        "derived.assessments",
        "complete",
        "Every affected passenger that was read is assessed.",
        lambda connection: none(unassessed(connection)),
    ),
    check(
        "derived.assessments",
        "current",
        "Nothing stands under an earlier edition of the rules that `knockon reassess` has not "
        "looked at.",
        _current,
    ),
    check(
        "derived.care_clock",
        "nobody_waits",
        f"Nobody waits for care that has been due for more than {PATIENCE.seconds // 60} minutes.",
        care_overdue,
    ),
    check(
        "derived.care_clock",
        "complete",
        "Every care event that was read is booked, or waits and the clock says why.",
        lambda connection: none(uncounted_care(connection)),
    ),
    check(
        "ledger.transactions",
        "complete",
        "Each obligation's accruals are what its newest assessment says, no more and no less.",
        lambda connection: none(misbooked(connection)),
    ),
    check(
        "ledger.transactions",
        "balanced",
        "Every transaction has lines, and they sum to zero per currency.",
        lambda connection: none(unbalanced(connection)),
    ),
]
