"""What a carrier that wants to be excused has to show, step by step, and with which papers."""

import csv
from functools import cache
from typing import Literal, NamedTuple

from domain.passenger_rights.causes import Cause, cause_of
from domain.passenger_rights.errors import RulesBroken
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.rulebooks import data_text
from domain.passenger_rights.ruling import Ruling

State = Literal["met", "failed", "open"]
"""`open` counts against the carrier, who bears the burden of proof (EX-09)."""

ALWAYS = "any"
EXCUSABLE_EVENTS = ("delay", "cancellation", "advanced")


class Step(NamedTuple):
    """One of the three steps of EX-01, all of which the carrier has to take."""

    question: str
    state: State


class Checklist(NamedTuple):
    """The steps in order, and the papers that would prove them (LE-11)."""

    cause: str
    steps: tuple[Step, ...]
    evidence: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every step is taken."""
        return all(step.state == "met" for step in self.steps)


def checklist(facts: RightsFacts, ruling: Ruling) -> Checklist | None:
    """The list for these facts; None where no excuse is heard (CO-16, DG-05) or nothing arose."""
    if not ruling.covered or ruling.event not in EXCUSABLE_EVENTS:
        return None
    return _checklist(cause_of(facts.cause), facts.reasonable_measures_proven)


@cache
def _checklist(cause: Cause, proven: bool | None) -> Checklist:
    # The table says whether a cause can excuse, not which of the first two steps it fails on.
    by_nature: State = "open"
    if cause.listed and cause.code != "unknown":
        by_nature = {"yes": "met", "no": "failed", "may_be": "open"}[cause.excusable]  # type: ignore[assignment]
    measures: State = "open" if proven is None else "met" if proven else "failed"
    steps = (
        Step("not inherent in the normal running of an airline", by_nature),
        Step("beyond the carrier's actual control", by_nature),
        Step("not avoidable by all reasonable measures", measures),
    )
    return Checklist(cause.code, steps, evidence_for(cause.evidence))


def evidence_for(kind: str) -> tuple[str, ...]:
    """The papers that prove a kind of cause, and those asked for whatever the cause."""
    table = _evidence()
    if kind and kind not in table:
        raise RulesBroken(f"causes.csv asks for evidence {kind!r}, which evidence.csv lacks")
    return (*table.get(kind, ()), *table[ALWAYS])


@cache
def _evidence() -> dict[str, tuple[str, ...]]:
    rows = csv.DictReader(data_text("evidence.csv").splitlines())
    return {row["kind"]: tuple(row["papers"].split("|")) for row in rows}
