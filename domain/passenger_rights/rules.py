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
    source_uk: str  # empty where the same
    source_uk_first: str  # under V-UK-1, before definitions were written in; empty likewise

    def certainty(self, regime: Regime) -> Certainty:
        """How firm the rule is there; rulings after 2020 only persuade in the UK."""
        return self.certainty_eu if regime == "eu" else self.certainty_uk

    def cite(self, rulebook: str) -> str:
        """Where the rule comes from, in the words that a rulebook had."""
        if not rulebook.startswith("V-UK"):
            return self.source
        in_uk = self.source_uk or self.source
        return (self.source_uk_first or in_uk) if rulebook == "V-UK-1" else in_uk


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
            row["source_uk_first"],
        )
    return table
