"""Assessments: what the law says to each impact, with rulebook, article and reasons."""

from collections.abc import Iterable
from typing import Any

from assets.derivations import impacts
from domain.identity import content_hash
from domain.ledger import assessment_id, revision
from domain.money import major
from domain.passenger_rights import RightsFacts, assess
from streaming.derivation import EXAMPLES, Derivation, Outcome
from streaming.store.database import Connection
from streaming.store.derive_rights import (
    ImpactRow,
    impacts_in,
    revisions_known,
    write_assessments,
)
from streaming.store.intervals import Interval
from streaming.version import code_version

READER = "derived.assessments"


def step(connection: Connection, intervals: tuple[Interval, ...]) -> Outcome:
    """Assess every impact of the interval."""
    [interval] = intervals
    found = impacts_in(connection, interval)
    rows = assessed(found, interval.log_id)
    _tell_apart(connection, rows, found)
    write_assessments(connection, rows, code_version())
    versions = {"code": code_version()}
    if rows:
        versions["rulebooks"] = ", ".join(sorted({row["rulebook"] for row in rows}))
    counts = {
        "in scope": sum(row["in_scope"] for row in rows),
        "flagged": sum(bool(row["flags"]) for row in rows),
        "facts missing": sum(bool(row["needs"]) for row in rows),
    }
    as_of = max((impact.as_of for impact in found), default=None)
    examples = tuple(_shown(row) for row in rows[:EXAMPLES])
    return Outcome({READER: len(rows)}, versions, as_of, counts, examples=examples)


ASSESSMENTS = Derivation(READER, (impacts.READER,), step)


def assessed(impacts: Iterable[ImpactRow], impacts_log: int) -> list[dict[str, Any]]:
    """The rows of `derived.assessments` for impacts; equal facts are answered once.

    Those of one flight mostly have the same facts, and their revision is the hash of these.
    """
    answers: dict[str, dict[str, Any]] = {}
    rows = []
    for impact in impacts:
        if impact.revision not in answers:
            answers[impact.revision] = _answered(RightsFacts.model_validate(impact.facts))
        answer = answers[impact.revision]
        rows.append(
            {
                "assessment_id": assessment_id(impact.obligation_key, answer["revision"]),
                "obligation_key": impact.obligation_key,
                "impact_sequence": impact.sequence,
                **answer,
                "as_of": impact.as_of,
                "evidence": [f"{impacts_log}/0/{impact.sequence}"],
            }
        )
    return rows


def _shown(row: dict[str, Any]) -> dict[str, str]:
    return {
        "obligation": str(row["obligation_key"]),
        "sum": f"{major(row['amount_minor'], row['currency'])} {row['currency']}",
        "event": row["event"],
        "rulebook": row["rulebook"],
        "why": row["explanation"].replace("\n", " "),
    }


def _answered(facts: RightsFacts) -> dict[str, Any]:
    answer = assess(facts)
    return {
        "revision": revision(facts, answer),
        "regime": answer.regime,
        "rulebook": answer.rulebook,
        "rulebook_digest": answer.rulebook_digest,
        "in_scope": answer.in_scope,
        "event": answer.event,
        "band": answer.band,
        "amount_minor": answer.amount_minor,
        "amount_min_minor": answer.amount_min_minor,
        "amount_max_minor": answer.amount_max_minor,
        "currency": answer.currency,
        "care": answer.care,
        "citations": answer.citations,
        "rules_hit": answer.rules_hit,
        "flags": answer.flags,
        "needs": answer.needs,
        "certainty": answer.certainty,
        "explanation": answer.explanation,
        "other_regime": None if answer.other_regime is None else str(answer.other_regime),
    }


def _tell_apart(connection: Connection, rows: list[dict[str, Any]], found: list[ImpactRow]) -> None:
    """Facts that changed back are assessed anew under a revision that names the impact's."""
    pairs = [(row["obligation_key"], row["revision"]) for row in rows]
    seen = revisions_known(connection, "assessments", pairs)
    for row, impact in zip(rows, found, strict=True):
        key, name = row["obligation_key"], row["revision"]
        if (key, name) in seen:
            row["revision"] = content_hash(name, impact.revision)
            row["assessment_id"] = assessment_id(key, row["revision"])
        seen.add((key, name))
