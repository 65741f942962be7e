"""The summary at the end of the demo: what came in, what was found, what is owed, how fast."""

from collections.abc import Collection
from typing import Any

from rich.console import Console
from rich.table import Table

from assets import marts_project
from domain.ledger.as_of import OWED
from ml.scores import Comparison, compare
from orchestration.demo.run import Outcome
from orchestration.demo.waiting import READERS
from streaming.store import summary as figures
from streaming.store.database import Connection, connect
from streaming.store.derive_features import resolved
from streaming.store.progress import unread

CARE = {"care-payable"}
"""What suppliers of care are owed; all else is owed to passengers."""


def collect(outcome: Outcome) -> dict[str, Any]:
    """All figures as one object, for people and programs alike."""
    with connect(outcome.settings.owner_database_url(), "knockon-demo") as connection:
        return {
            "records": _records(outcome, connection),
            "findings": figures.findings_by_status(connection),
            "worst_chain": figures.worst_disruption(connection),
            "forecasts": _scores(compare(resolved(connection))),
            "passengers_affected": figures.passengers_affected(connection),
            "owed": _owed(connection, set(OWED) - CARE),
            "care": _owed(connection, CARE),
            "landed_to_materialised_s": _latency(connection),
            "verified": {v.name: v.holds for v in outcome.verdicts},
            "unread": sum(unread(connection, *pair) for pair in READERS),
            "seconds": {name: round(value, 1) for name, value in outcome.seconds.items()},
            "lineage": {"ledger": outcome.example, "steps": outcome.steps},
            "pages": _pages(outcome),
        }  # fmt: skip


def _owed(connection: Connection, roles: Collection[str]) -> list[dict[str, Any]]:
    return [
        {
            "regime": owed.regime,
            "currency": owed.currency,
            "obligations": owed.obligations,
            "amount": str(owed.amount),
        }
        for owed in figures.owed(connection, roles)
    ]


def _records(outcome: Outcome, connection: Connection) -> dict[str, int]:
    counts = figures.topic_counts(connection)
    produced = sum(sent.total for sent in outcome.sent)
    # Offset by offset, as an independent consumer saw them: totals would let a loss hide a double.
    offsets = next(verdict for verdict in outcome.verdicts if "lost" in verdict.counts)
    return {
        "produced": produced,
        "landed": sum(count.landed for count in counts),
        "dead_lettered": sum(count.dead_lettered for count in counts),
        "duplicated": offsets.counts["twice"],
        "lost": offsets.counts["lost"] + max(0, produced - offsets.checked),
    }


def _scores(found: Comparison | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "resolved": found.model.count,
        "late": found.model.late,
        "model": {"brier": found.model.brier, "log_loss": found.model.log_loss,
                  "auc": found.model.auc},
        "climatology": {"brier": found.climatology.brier, "log_loss": found.climatology.log_loss,
                        "auc": found.climatology.auc},
    }  # fmt: skip


def _latency(connection: Connection) -> dict[str, float | int | None]:
    measured = figures.latency_to(connection, "derived.disruptions", "landed_at")
    return {"rows": measured.rows, "p50": measured.p50, "p99": measured.p99,
            "max": measured.longest}  # fmt: skip


def _pages(outcome: Outcome) -> dict[str, str | None]:
    """Where to look next; the servers answer while the stack is up."""
    docs = marts_project.target(outcome.settings) / marts_project.DOCS
    return {
        "dagster": outcome.settings.dagster_url,
        "mlflow": outcome.settings.mlflow_tracking_uri,
        "dbt docs": docs.as_uri(),
    }


def show(console: Console, found: dict[str, Any]) -> None:
    """The figures as a table."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    records = found["records"]
    table.add_row(
        "records",
        f"{records['produced']:,} produced, {records['landed']:,} landed,"
        f" {records['dead_lettered']} dead-lettered on purpose,"
        f" {records['duplicated']} duplicated, {records['lost']} lost",
    )
    findings = ", ".join(f"{count} {status}" for status, count in found["findings"].items())
    table.add_row("rotation findings", findings or "none")
    if worst := found["worst_chain"]:
        table.add_row("worst chain", f"{worst['registration']}: {' → '.join(worst['legs'])}")
    if scores := found["forecasts"]:
        model, baseline = scores["model"], scores["climatology"]
        table.add_row(
            "forecasts",
            f"{scores['resolved']} resolved, {scores['late']} late;"
            f" Brier {model['brier']:.3f} (climatology {baseline['brier']:.3f}),"
            f" log-loss {model['log_loss']:.3f} ({baseline['log_loss']:.3f}),"
            f" AUC {model['auc']:.3f} ({baseline['auc']:.3f})",
        )
    table.add_row("passengers affected", f"{found['passengers_affected']:,}")
    for what, rows in (("owed", found["owed"]), ("care", found["care"])):
        for owed in rows:
            table.add_row(
                f"{what} under {owed['regime'].upper()}261",
                f"{owed['amount']} {owed['currency']} on {owed['obligations']} obligations",
            )
    latency = found["landed_to_materialised_s"]
    if latency["rows"]:
        table.add_row(
            "landed → materialised",
            f"p50 {latency['p50']:.2f} s, p99 {latency['p99']:.2f} s over {latency['rows']:,} rows",
        )
    holds = sum(found["verified"].values())
    table.add_row("invariants", f"{holds} of {len(found['verified'])} hold")
    console.print(table)
