"""Assesses every row of a file; a bad row is told by line, and the others still run."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from pydantic import ValidationError

from domain.passenger_rights import Assessment, assess
from domain.passenger_rights.case_file import (
    FACT_COLUMNS,
    UnreadableCase,
    facts_of,
    refusal,
    regime_of,
    row_of,
)
from domain.passenger_rights.limitation import limits
from orchestration.assess.rows import Row, rows_of
from orchestration.errors import ResultUnwritable
from orchestration.results import whole

RESULT_COLUMNS = (
    "id", "in_scope", "band", "amount", "currency", "care", "other_regime_amount", "amount_min",
    "amount_max", "certainty", "flags", "needs", "citations", "explanation",
)  # fmt: skip
REMEMBERED = 20_000
"""Answers kept for rows with equal facts: a flight's passengers mostly have the same."""
HEARD_EVERY = 500


class BadRow(NamedTuple):
    """A row that was not assessed."""

    line: int
    id: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}{f' ({self.id})' if self.id else ''}: {self.reason}"


@dataclass
class Run:
    """What a run came to; `flags` and `certainty` count rows."""

    assessed: int = 0
    undecided: int = 0
    bad: list[BadRow] = field(default_factory=list)
    flags: Counter[str] = field(default_factory=Counter)
    certainty: Counter[str] = field(default_factory=Counter)


def assess_file(
    cases: Path,
    out: Path,
    *,
    as_of: date | None = None,
    bad: Callable[[BadRow], None] = lambda row: None,
    heard: Callable[[int], None] = lambda rows: None,
) -> Run:
    """Write the answers of all good rows to `out`: JSON lines where it ends so, else CSV.

    The result appears whole or not at all. `bad` hears each bad row, `heard` how many rows are
    done since it was last told. Raises CasesUnreadable and ResultUnwritable.
    """
    run = Run()
    structured = out.suffix in (".jsonl", ".ndjson")
    answered = _answered(as_of, structured)
    if out.exists() and cases.exists() and out.samefile(cases):
        raise ResultUnwritable(f"{out} is the input itself: name another file")
    with whole(out) as file:
        write = _writer(file, structured)
        for done, row in enumerate(rows_of(cases), 1):
            try:
                answer = answered(_facts(row))
            except (UnreadableCase, ValidationError) as error:
                found = BadRow(row.line, row.cells.get("id", ""), refusal(error))
                run.bad.append(found)
                bad(found)
            else:
                write(row, answer)
                _count(run, answer)
            if done % HEARD_EVERY == 0:
                heard(HEARD_EVERY)
    return run


def _facts(row: Row) -> tuple[str, ...]:
    if row.trouble is not None:
        raise UnreadableCase(row.trouble)
    if not row.cells["id"].strip():
        raise UnreadableCase("id: expected a name for the row, not ''")
    return tuple(row.cells.get(column, "") for column in FACT_COLUMNS)


def _answered(as_of: date | None, structured: bool) -> Callable[[tuple[str, ...]], dict[str, Any]]:
    @lru_cache(maxsize=REMEMBERED)
    def answered(cells: tuple[str, ...]) -> dict[str, Any]:
        row = dict(zip(FACT_COLUMNS, cells, strict=True))
        facts = facts_of(row)
        answer = assess(facts, regime_of(row))
        told: dict[str, Any] = row_of(answer)
        if as_of is not None:
            found = limits(facts, as_of)
            lines = [f"NO-04: on {as_of}, {one}." for one in found] if answer.in_scope else []
            told["explanation"] = "\n".join([told["explanation"], *lines])
            told["limitation"] = [str(one) for one in found]
        if structured:
            told |= _structure(answer)
        return told

    return answered


def _structure(answer: Assessment) -> dict[str, Any]:
    """What a table's row has no room for."""
    excuse = answer.excuse
    return {
        "regime": answer.regime,
        "rulebook": answer.rulebook,
        "event": answer.event,
        "distance_km": answer.distance_km,
        "rules": [hit._asdict() for hit in answer.hits],
        "excuse": None if excuse is None else {
            "cause": excuse.cause,
            "steps": [step._asdict() for step in excuse.steps],
            "evidence": excuse.evidence,
        },
        "choices": [choice._asdict() for choice in answer.choices],
        "care_clock": [due._asdict() for due in answer.care_clock],
        "for_a_person": answer.for_a_person,
    }  # fmt: skip


def _writer(file: TextIO, structured: bool) -> Callable[[Row, dict[str, Any]], None]:
    if structured:

        def write_line(row: Row, answer: dict[str, Any]) -> None:
            file.write(json.dumps({"id": row.cells["id"], **answer}) + "\n")

        return write_line
    table = csv.writer(file)
    table.writerow(RESULT_COLUMNS)

    def write_row(row: Row, answer: dict[str, Any]) -> None:
        table.writerow([row.cells["id"], *(answer[column] for column in RESULT_COLUMNS[1:])])

    return write_row


def _count(run: Run, answer: dict[str, Any]) -> None:
    run.assessed += 1
    run.undecided += answer["amount"] == ""
    run.certainty[answer["certainty"]] += 1
    run.flags.update(filter(None, answer["flags"].split("+")))
