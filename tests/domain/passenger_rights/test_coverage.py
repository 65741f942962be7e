"""Every rule that can decide and every flag of the engine is met by some worked case."""

import csv
from pathlib import Path
from typing import get_args

import pytest

from domain.passenger_rights import assess
from domain.passenger_rights.assessment import FOR_A_PERSON
from domain.passenger_rights.case_file import facts_of, regime_of
from domain.passenger_rights.rules import _rules
from domain.passenger_rights.vocabulary import Flag
from tests.domain.passenger_rights.test_own_cases import CASES

WORKED = Path(__file__).parents[2] / "data/passenger_rights/cases.csv"

DECIDED_ELSEWHERE = {
    # what happened is told as `event_type`; these say how to tell it
    "EV-02", "EV-04", "EV-08",
    # facts as `impacts` and the case file give them
    "TM-04", "TM-06", "SC-10", "CO-11", "CO-18", "CO-22",
    # explained elsewhere: README of the airports, choices, the care clock, limitation
    "DI-07", "DI-08", "DI-09", "DI-06", "RE-03", "RE-04", "RE-05", "RE-07", "CA-11", "SC-09",
    "NO-04", "NO-05",
    # money: the ledger's
    "MO-01", "MO-02", "MO-03", "MO-05", "MO-06", "CO-21", "NO-02", "NO-03", "NO-06", "NO-07",
    "NO-08",
    # which of two laws leads: `regimes`
    "OV-01", "OV-02", "OV-03", "OV-04",
    # what the desk does, or facts that are under seal (reduced mobility)
    "CA-06", "CA-07", "CA-08", "CA-09",
    # that excuses touch neither care nor refused boarding nor a downgrade is a law in `test_laws`
    "EX-08", "DG-05",
    # of the causes (`test_causes`)
    "EX-02", "EX-03", "EX-04", "EX-05", "EX-07",
}  # fmt: skip


@pytest.fixture(scope="module")
def met() -> tuple[set[str], set[str]]:
    rules: set[str] = set()
    flags: set[str] = set()
    with WORKED.open(encoding="utf-8", newline="") as lines:
        for case in (*csv.DictReader(lines), *CASES):
            found = assess(facts_of(case), regime_of(case))
            rules.update(found.rules_hit)
            flags.update(found.flags)
    return rules, flags


def test_every_deciding_rule_speaks_in_some_case(met: tuple[set[str], set[str]]) -> None:
    assert set(_rules()) - met[0] - DECIDED_ELSEWHERE == set()


def test_every_flag_is_raised_in_some_case(met: tuple[set[str], set[str]]) -> None:
    assert met[1] == set(get_args(Flag))


def test_every_flag_tells_a_person_what_to_decide() -> None:
    assert set(FOR_A_PERSON) == set(get_args(Flag))
