"""The cause table: which causes can excuse a carrier, how firmly, and by which authority."""

import csv
from functools import cache
from typing import Literal, NamedTuple

from domain.passenger_rights.errors import RulesBroken
from domain.passenger_rights.rulebooks import data_text
from domain.passenger_rights.vocabulary import Certainty, Regime

Excusable = Literal["yes", "no", "may_be"]
_EARLIER_FLIGHT = tuple(
    f"_{when}_{what}"
    for when in ("prior", "previous", "earlier")
    for what in ("rotation", "flight", "leg", "sector")
)


class Cause(NamedTuple):
    """One cause; `listed` is False for a code that the table does not know."""

    code: str
    excusable: Excusable
    certainty_eu: Certainty
    certainty_uk: Certainty
    rule_eu: str
    rule_uk: str
    authority: str
    authority_uk: str  # empty where the same
    authority_uk_first: str  # under V-UK-1, which had no definition of its own; empty likewise
    evidence: str  # kind of proof, see `evidence.csv`
    listed: bool = True
    earlier_flight: bool = False  # happened on an earlier flight of the same aircraft (EX-04)

    def certainty(self, regime: Regime) -> Certainty:
        """How firm the table's answer is in a regime."""
        return self.certainty_eu if regime == "eu" else self.certainty_uk

    def cite(self, rulebook: str) -> str:
        """What says so, in the words that a rulebook had."""
        if not rulebook.startswith("V-UK"):
            return self.authority
        in_uk = self.authority_uk or self.authority
        return (self.authority_uk_first or in_uk) if rulebook == "V-UK-1" else in_uk

    def rule(self, regime: Regime) -> str:
        """The rule that answers in a regime."""
        return self.rule_eu if regime == "eu" else self.rule_uk


@cache
def cause_of(code: str) -> Cause:
    """The cause of a code or alias; a `_prior_rotation` ending is the cause, one flight before.

    A code that the table does not know excuses nothing (EX-09) and says so by `listed`.
    """
    name = code.strip().lower().replace("-", "_").replace(" ", "_") or "unknown"
    table = _causes()
    if name in table:
        return table[name]
    for ending in _EARLIER_FLIGHT:
        if name.endswith(ending) and name.removesuffix(ending) in table:
            return table[name.removesuffix(ending)]._replace(earlier_flight=True)
    return table["unknown"]._replace(code=name, listed=False)


@cache
def _causes() -> dict[str, Cause]:
    table: dict[str, Cause] = {}
    for row in csv.DictReader(data_text("causes.csv").splitlines()):
        if row["excusable"] not in ("yes", "no", "may_be"):
            raise RulesBroken(f"causes.csv, {row['code']}: excusable is yes, no or may_be")
        cause = Cause(
            row["code"],
            row["excusable"],  # type: ignore[arg-type]
            row["certainty_eu"],  # type: ignore[arg-type]
            row["certainty_uk"],  # type: ignore[arg-type]
            row["rule_eu"],
            row["rule_uk"],
            row["authority_eu"],
            row["authority_uk"],
            row["authority_uk_first"],
            row["evidence"],
        )
        for name in (row["code"], *filter(None, row["aliases"].split("|"))):
            if name in table:
                raise RulesBroken(f"causes.csv names {name} twice")
            table[name] = cause
    return table
