"""Asset checks: what must hold of the tables, asked of the database itself."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import dagster as dg

from assets.catalogue import key
from assets.derivations.assessments import ASSESSMENTS
from assets.derivations.disruptions import DISRUPTIONS
from assets.derivations.impacts import PASSENGER_IMPACTS
from assets.derivations.ledger import LEDGER
from assets.landed import LANDED_LOGS
from streaming.derivation import Derivation
from streaming.store.audit import baseless_assessments, unbalanced
from streaming.store.database import Connection
from streaming.store.derive import Database
from streaming.store.derive_checks import beyond_the_mark, holes, oldest_unread

Question = Callable[[Connection], dg.AssetCheckResult]
SHOWN = 20


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


def _none(found: Sequence[str]) -> dg.AssetCheckResult:
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


def fresh(derivation: Derivation, most_seconds: int) -> dg.AssetChecksDefinition:
    """A check that nothing has waited longer than `most_seconds` to be read."""

    def question(connection: Connection) -> dg.AssetCheckResult:
        oldest = oldest_unread(connection, derivation.reader, derivation.inputs)
        waited = 0.0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds()
        return dg.AssetCheckResult(
            passed=waited <= most_seconds,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"seconds waited": waited, "at most": most_seconds},
        )

    return check(
        derivation.reader,
        "fresh",
        f"No input has waited longer than {most_seconds} s.",
        question,
    )


REALTIME = [
    *(_landed(log, table) for log, table in LANDED_LOGS.items()),
    *(
        dense(log)
        for log in (
            "detected.findings",
            "derived.disruptions",
            "derived.passenger_impacts",
            "derived.assessments",
            "ledger.transactions",
        )
    ),
    fresh(DISRUPTIONS, 10),
    fresh(PASSENGER_IMPACTS, 120),
    fresh(ASSESSMENTS, 120),
    fresh(LEDGER, 120),
    check(
        "derived.assessments",
        "founded",
        "Every assessment has its facts, its rulebook, a citation and the rules it hit.",
        lambda connection: _none(baseless_assessments(connection)),
    ),
    check(
        "ledger.transactions",
        "balanced",
        "Every transaction has lines, and they sum to zero per currency.",
        lambda connection: _none(unbalanced(connection)),
    ),
]
