"""The rule table: every rule's id, how firm it is in each regime, and where it comes from."""

import csv
from functools import cache
from typing import NamedTuple

from domain.passenger_rights.errors import RulesBroken
from domain.passenger_rights.rulebooks import data_text
from domain.passenger_rights.vocabulary import CERTAINTIES, Certainty, Regime


class Rule(NamedTuple):
    """One rule: its id is what an assessment stores beside an amount."""

    id: str
    certainty_eu: Certainty
    certainty_uk: Certainty
    source: str
    source_uk: str

    def certainty(self, regime: Regime) -> Certainty:
        """How firm the rule is there; rulings after 2020 only persuade in the UK."""
        return self.certainty_eu if regime == "eu" else self.certainty_uk

    def cite(self, regime: Regime) -> str:
        """Where the rule comes from, in that regime."""
        return self.source_uk if regime == "uk" and self.source_uk else self.source


def rule(rule_id: str) -> Rule:
    """The rule of an id. Raises RulesBroken for an id that the table lacks."""
    found = _rules().get(rule_id)
    if found is None:
        raise RulesBroken(f"rule {rule_id} is not in rules.csv: add it with its source")
    return found


@cache
def _rules() -> dict[str, Rule]:
    table: dict[str, Rule] = {}
    for row in csv.DictReader(data_text("rules.csv").splitlines()):
        for column in ("certainty_eu", "certainty_uk"):
            if row[column] not in CERTAINTIES:
                raise RulesBroken(f"rules.csv, {row['id']}: {column} {row[column]!r} is no word")
        table[row["id"]] = Rule(
            row["id"],
            row["certainty_eu"],  # type: ignore[arg-type]
            row["certainty_uk"],  # type: ignore[arg-type]
            row["source"],
            row["source_uk"],
        )
    return table
