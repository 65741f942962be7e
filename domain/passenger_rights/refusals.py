"""The table of grounds on which boarding is refused: which are reasonable (Art 2(j))."""

import csv
from functools import cache
from typing import Literal, NamedTuple

from domain.passenger_rights.errors import RulesBroken
from domain.passenger_rights.rulebooks import data_text
from domain.passenger_rights.vocabulary import Certainty


class Refusal(NamedTuple):
    """One ground; `unsettled` and `unknown` have two readings."""

    code: str
    reasonable: Literal["yes", "no", "unsettled", "unknown"]
    certainty: Certainty
    authority: str


@cache
def refusal_of(code: str) -> Refusal:
    """The ground of a code or alias; one that the table does not know is `unknown`."""
    name = code.strip().lower().replace("-", "_").replace(" ", "_") or "none"
    return _refusals().get(name) or Refusal(name, "unknown", "derived", "Art 2(j)")


@cache
def _refusals() -> dict[str, Refusal]:
    table: dict[str, Refusal] = {}
    for row in csv.DictReader(data_text("refusals.csv").splitlines()):
        refusal = Refusal(
            row["code"],
            row["reasonable"],  # type: ignore[arg-type]
            row["certainty"],  # type: ignore[arg-type]
            row["authority"],
        )
        for name in (row["code"], *filter(None, row["aliases"].split("|"))):
            if name in table:
                raise RulesBroken(f"refusals.csv names {name} twice")
            table[name] = refusal
    return table
