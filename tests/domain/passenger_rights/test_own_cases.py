"""Our own worked cases: dates, causes and facts that the published case file does not vary."""

import csv
from pathlib import Path

import pytest

from domain.passenger_rights import assess
from domain.passenger_rights.case_file import facts_of, regime_of, row_of

FOLDER = Path(__file__).with_name("cases")
TABLES = ("scope", "events", "sums", "care_and_downgrade", "unknown")
CASES = [
    case
    for name in TABLES
    for case in csv.DictReader((FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines())
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_own_case(case: dict[str, str]) -> None:
    found = assess(facts_of(case), regime_of(case))
    answer = row_of(found)
    expected = {
        "in_scope": case["expected_in_scope"],
        "band": case["expected_band"],
        "amount": case["expected_amount"],
        "currency": case["expected_currency"],
        "care": case["expected_care"],
    } | {
        name: case[name]
        for name in ("other_regime_amount", "amount_min", "amount_max", "certainty", "flags",
                     "needs")
    }  # fmt: skip
    assert {name: answer[name] for name in expected} == expected
    assert set(filter(None, case["rules"].split("+"))) <= set(found.rules_hit)
    assert case["source"]
    assert case["why"]


def test_no_case_is_told_twice() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
