"""Every cause against the law as we read it: what excuses, how firmly, with which proof."""

import csv
from datetime import date
from pathlib import Path

import pytest

from domain.passenger_rights import Assessment, assess
from domain.passenger_rights.causes import _causes, cause_of
from domain.passenger_rights.checklist import evidence_for
from domain.passenger_rights.vocabulary import Regime
from tests.domain.passenger_rights.facts import facts

CAUSES = list(
    csv.DictReader(
        Path(__file__).with_name("cases").joinpath("causes.csv").read_text("utf-8").splitlines()
    )
)
NOT_ABOUT_EXCUSES = {"self_rerouted", "package_cancelled_other_reason", "passenger_late",
                     "rail_link_missed"}  # fmt: skip
FULL: dict[Regime, int] = {"eu": 40000, "uk": 35000}
REGIMES: tuple[Regime, ...] = ("eu", "uk")


def late(cause: str, proven: bool | None, regime: Regime, **changes: object) -> Assessment:
    """200 minutes late, Frankfurt or Manchester to the Mediterranean."""
    ends = {"operating_licence": regime}
    if regime == "eu":
        ends |= {"departure_airport": "FRA", "arrival_airport": "ATH"}
    told = facts(cause=cause, reasonable_measures_proven=proven, **ends, **changes)
    return assess(told, regime)


def test_no_cause_is_left_out() -> None:
    told = [row["cause"] for row in CAUSES]
    assert len(told) == len(set(told))
    assert set(told) | NOT_ABOUT_EXCUSES == {cause.code for cause in _causes().values()}


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("row", CAUSES, ids=lambda row: row["cause"])
def test_a_cause_excuses_only_as_the_law_says_and_only_with_proof(
    row: dict[str, str], regime: Regime
) -> None:
    proven = late(row["cause"], True, regime)
    low, decision, high = {
        "yes": (0, 0, 0),
        "no": (FULL[regime],) * 3,
        "perhaps": (0, 0, FULL[regime]),
    }[row["excuses"]]
    assert (proven.amount_min_minor, proven.amount_minor, proven.amount_max_minor) == (
        low, decision, high,
    )  # fmt: skip
    assert proven.certainty == row[regime]
    assert row[f"rule_{regime}"] in proven.rules_hit or row["cause"] == "unknown"
    for unproven in (None, False):
        owed = late(row["cause"], unproven, regime)
        assert (owed.amount_min_minor, owed.amount_minor) == (FULL[regime],) * 2
        assert ("excuse_unproven" in owed.flags) == (row["excuses"] != "no")


@pytest.mark.parametrize("cause", ["bird_strike", "atc_slot_restriction", "unruly_pax"])
@pytest.mark.parametrize("ending", ["prior_rotation", "previous_flight", "earlier_leg"])
def test_an_excuse_travels_with_the_aircraft(cause: str, ending: str) -> None:
    """C-74/19, C-826/19: an earlier flight of the same aircraft, the link being direct."""
    found = late(f"{cause}_{ending}", True, "eu")
    assert (found.amount_minor, "EX-04" in found.rules_hit) == (0, True)


def test_every_alias_is_its_cause_and_words_are_read_leniently() -> None:
    assert cause_of("Severe Weather").code == cause_of("fog").code == "weather_unsafe"
    assert cause_of("ATC-slot").code == "atc_slot_restriction"
    assert cause_of("").code == "unknown"
    assert not cause_of("swarm_of_bees").listed


@pytest.mark.parametrize(
    ("cause", "states"),
    [
        ("bird_strike", ("met", "met")),
        ("technical_routine", ("failed", "failed")),
        ("airport_baggage_staff_shortage", ("open", "open")),
        ("swarm_of_bees", ("open", "open")),
        ("unknown", ("open", "open")),
    ],
)
def test_the_checklist_goes_step_by_step(cause: str, states: tuple[str, str]) -> None:
    """C-549/07: not inherent, beyond control, and every reasonable measure; fail one and pay."""
    for proven, measures in ((True, "met"), (False, "failed"), (None, "open")):
        excuse = late(cause, proven, "eu").excuse
        assert excuse is not None
        assert tuple(step.state for step in excuse.steps) == (*states, measures)
        assert excuse.passed == (cause == "bird_strike" and proven is True)


def test_no_list_where_no_excuse_is_heard() -> None:
    assert late("weather_unsafe", True, "uk", event="denied_boarding").excuse is None
    lower = {"event": "downgrade", "class_booked": "business", "class_flown": "economy"}
    assert late("weather_unsafe", True, "uk", **lower).excuse is None
    assert late("weather_unsafe", True, "uk", aircraft="helicopter").excuse is None


@pytest.mark.parametrize(
    ("cause", "papers"),
    [
        ("weather_unsafe", ("METAR and TAF", "runway use", "other operators' flights")),
        ("atc_slot_restriction", ("slot messages (CTOT, regulation id)", "network manager log")),
        ("hidden_defect", ("tech log", "MEL", "maker's bulletin", "engineering report")),
        ("bird_strike", ("crew report", "inspection record")),
        ("atc_strike", ("strike notice", "who struck", "demands")),
        ("drone", ("airport or police report",)),
        ("crew_illness", ("roster", "standby use", "duty-time sums")),
        ("overbooking", ()),
    ],
)
def test_each_cause_asks_for_its_papers_and_all_for_the_search(
    cause: str, papers: tuple[str, ...]
) -> None:
    excuse = late(cause, None, "eu").excuse
    assert excuse is not None
    assert excuse.evidence == (
        *papers, "rotation history", "search for spare aircraft and crew",
        "re-routing search log with times",
    )  # fmt: skip


def test_every_cause_asks_for_evidence_that_is_known() -> None:
    for cause in _causes().values():
        assert evidence_for(cause.evidence)
        assert cause.evidence or cause.excusable == "no"


def test_the_gateway_of_traffic_management_is_cited_as_each_edition_has_it() -> None:
    """UK Art 2(o)(b) was written in on 14 December 2023; Blanche stood before."""
    first = late("atc_slot_restriction", True, "uk", flight_date=date(2023, 12, 13))
    second = late("atc_slot_restriction", True, "uk", flight_date=date(2023, 12, 14))
    eu = late("atc_slot_restriction", True, "eu")
    blanche = "Blanche v easyJet [2019] EWCA Civ 69"
    assert f"recital 15; {blanche}" in first.citations
    assert f"UK Art 2(o)(b); {blanche}" in second.citations
    assert "T-134/25 (21 Jan 2026)" in eu.citations
    assert not any("UK" in one or "EWCA" in one for one in eu.citations)
    assert not any("UK Art 2" in one or "2023/1370" in one for one in first.citations)


def test_kept_maintenance_rules_prove_nothing() -> None:
    """C-549/07 para 43."""
    assert "EX-07" in late("technical_routine", True, "eu").rules_hit
    assert "EX-07" not in late("crew_illness", True, "eu").rules_hit
