"""Shows a walk as a tree for people and as JSON for programs."""

from decimal import Decimal
from typing import Any

from rich.tree import Tree

from orchestration.lineage.walk import Step
from streaming.store.database import Connection
from streaming.store.lineage import Reference, postings_of

# The columns that answer "which offsets, feature values, model, rule and code": printed per table.
SHOWN: dict[str, tuple[str, ...]] = {
    "ledger.transactions": ("transaction_id", "kind", "description", "rulebook", "code_version"),
    "claims.events": (
        "event_id", "kind", "state", "actor", "role", "amount_minor", "currency", "reference",
        "code_version",
    ),
    "derived.assessments": (
        "assessment_id", "regime", "rulebook", "amount_minor", "currency", "citations",
        "rules_hit", "flags", "certainty", "code_version",
    ),
    "derived.passenger_impacts": ("obligation_key", "revision", "passenger_ref", "facts"),
    "derived.disruptions": (
        "disruption_id", "revision", "kind", "cause", "severity", "status", "delay_minutes",
        "code_version",
    ),
    "derived.forecasts": (
        "forecast_id", "target", "probability", "climatology", "model_name", "model_version",
        "features_hash", "code_version",
    ),
    "derived.features": ("leg_id", "as_of", "feature_set", "values", "values_hash", "code_version"),
    "detected.findings": (
        "finding_id", "detector", "detector_version", "status", "knock_on_minutes", "probability",
        "code_version",
    ),
}  # fmt: skip
SHOWN_ON_KAFKA = ("kind", "occurred_at", "source", "schema_id", "correlation_id")


def _columns(step: Step) -> dict[str, Any]:
    row = step.row or {}
    names = SHOWN_ON_KAFKA if step.on_kafka else SHOWN.get(step.log.name, ())
    return {name: row[name] for name in names if row.get(name) is not None}


def as_tree(step: Step, connection: Connection, most: int = 12) -> Tree:
    """A rich tree; more than `most` branches of one row are counted instead of drawn."""
    tree = Tree(_headline(step))
    _grow(tree, step, connection, most, set())
    return tree


def _headline(step: Step) -> str:
    where = f"[bold]{step.log.name}[/] {step.reference.partition}/{step.reference.offset}"
    return where + (f" [dim]topic id {step.log.topic_id}[/]" if step.on_kafka else "")


def _grow(
    tree: Tree,
    step: Step,
    connection: Connection,
    most: int,
    drawn: set[Reference],
) -> None:
    if step.reference in drawn:
        tree.add("[dim]as above[/]")
        return
    drawn.add(step.reference)
    for name, value in _columns(step).items():
        if isinstance(value, dict):
            value = ", ".join(f"{k}={v}" for k, v in value.items() if v is not None)
        tree.add(f"[dim]{name}[/] {value}", highlight=True)
    if step.log.name == "ledger.transactions" and step.row:
        for line in postings_of(connection, step.row["transaction_id"]):
            amount = Decimal(line["amount_minor"]) / 100
            tree.add(f"{line['account']:<28} {amount:>10,.2f} {line['currency']}")
    for child in step.because[:most]:
        _grow(tree.add(_headline(child)), child, connection, most, drawn)
    if len(step.because) > most:
        tree.add(f"[dim]and {len(step.because) - most} more; --json or --all shows them[/]")


def as_json(root: Step) -> dict[str, Any]:
    """`start` and `steps`: each with identity, columns, and the references it rests on."""
    return {"start": str(root.reference), "steps": [_step_as_json(s) for s in root.steps()]}


def _step_as_json(step: Step) -> dict[str, Any]:
    return {
        "reference": str(step.reference),
        "log": step.log.name,
        "log_kind": step.log.kind,
        "cluster_id": step.log.cluster_id,
        "topic_id": step.log.topic_id,
        "partition": step.reference.partition,
        "offset": step.reference.offset,
        "columns": _columns(step),
        "because": [str(child.reference) for child in step.because],
    }
