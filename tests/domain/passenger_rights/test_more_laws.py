"""Laws of reductions, names and dates: each sum lower than the full one has its article."""

import csv
import io
from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.passenger_rights import RightsFacts, assess
from domain.passenger_rights.case_file import facts_of, regime_of, row_of
from domain.passenger_rights.causes import _causes
from domain.passenger_rights.rulebooks import rulebooks
from domain.passenger_rights.vocabulary import Regime
from tests.domain.passenger_rights.test_laws import ABOUT_THE_LIMITS, REGIMES, any_facts
from tests.domain.passenger_rights.test_own_cases import CASES

DAY = 1440
BOOKS = {book.id: book.rules for book in rulebooks() if book.rules}
AT_FAULT: dict[str, Any] = {"cause": "technical_routine"}
NO_OFFER: dict[str, Any] = {
    "reroute_offered": False,
    "reroute_dep_early_minutes": None,
    "reroute_arr_late_minutes": None,
}


@given(any_facts(**AT_FAULT), REGIMES)
@settings(max_examples=400)
def test_half_is_paid_only_where_an_article_halves(told: RightsFacts, regime: Regime) -> None:
    """Art 7(2) for a re-routing within the limit; C-402/07 para 63 for three hours in band (c)."""
    found = assess(told, regime)
    if found.scope != "yes" or told.event == "downgrade" or found.band is None:
        return
    rules = BOOKS[found.rulebook]
    assert rules is not None
    if found.amount_minor != rules.half_minor[found.band]:
        assert found.amount_minor in (0, rules.full_minor[found.band])
        return
    assert found.article.startswith("Art 7(2)")
    if told.event == "delay":
        assert found.band == "gt3500"
        assert 180 <= (told.arrival_delay_minutes or 0) < 240
    else:
        assert told.event in ("cancellation", "denied_boarding")
        assert told.reroute_offered
        assert (told.reroute_arr_late_minutes or 0) <= rules.half_up_to[found.band]


@given(any_facts(), REGIMES)
@settings(max_examples=400)
def test_nothing_is_paid_only_where_an_article_relieves(told: RightsFacts, regime: Regime) -> None:
    found = assess(told, regime)
    if found.scope != "yes" or found.amount_minor or told.event == "downgrade":
        return
    notice, early = told.notice_minutes or 0, told.reroute_dep_early_minutes or 0
    late = told.reroute_arr_late_minutes or 0
    if told.event == "advanced":
        assert (told.advanced_minutes or 0) <= 60 or notice >= 7 * DAY or told.reroute_offered or (
            found.article == "Art 5(3)"
        )  # fmt: skip
    reasons = {
        "Art 5(3)": told.reasonable_measures_proven is True
        and told.event in ("delay", "cancellation", "advanced"),
        "Art 5(1)(c)(i)": told.event != "delay" and notice >= 14 * DAY,
        "Art 5(1)(c)(ii)": 7 * DAY <= notice < 14 * DAY
        and (told.event == "advanced" or (early <= 120 and late < 240)),
        "Art 5(1)(c)(iii)": notice < 7 * DAY and early <= 60 and late < 120,
        "Art 7": told.event == "delay" and (told.arrival_delay_minutes or 0) < 180,
        "Art 2": told.event == "advanced" and (told.advanced_minutes or 0) <= 60,
    }
    assert reasons[found.article]


@given(any_facts(event="advanced", **AT_FAULT, **NO_OFFER), REGIMES)
@settings(max_examples=300)
def test_brought_forward_is_what_the_court_made_of_it(told: RightsFacts, regime: Regime) -> None:
    """C-146/20: over an hour is a cancellation; the new time is a re-routing; never half."""
    found = assess(told, regime)
    if found.scope != "yes":
        return
    rules = BOOKS[found.rulebook]
    assert rules is not None
    assert found.band is not None
    early, notice = told.advanced_minutes or 0, told.notice_minutes or 0
    free = early <= 60 or notice >= 14 * DAY or (notice >= 7 * DAY and early <= 120)
    assert found.amount_minor == (0 if free else rules.full_minor[found.band])
    assert ("choice8" in found.care) == (early > 60)


@given(any_facts(event="cancellation", **AT_FAULT), st.integers(-1, 30 * DAY), REGIMES)
@settings(max_examples=200)
def test_a_minute_of_notice_matters_only_at_seven_and_fourteen_days(
    told: RightsFacts, minute: int, regime: Regime
) -> None:
    assume(minute >= 0 and minute + 1 not in (7 * DAY, 14 * DAY))
    now, then = (told.model_copy(update={"notice_minutes": minute + more}) for more in (0, 1))
    assert assess(now, regime).amount_minor == assess(then, regime).amount_minor


@given(any_facts(event="cancellation", **NO_OFFER), st.integers(0, 20 * DAY), REGIMES)
def test_earlier_notice_never_pays_more(told: RightsFacts, more: int, regime: Regime) -> None:
    """Without an offer; with one the limits of seven days are the wider ones."""
    sooner = told.model_copy(update={"notice_minutes": (told.notice_minutes or 0) + more})
    assert assess(sooner, regime).amount_minor <= assess(told, regime).amount_minor


@given(any_facts(event="delay"), st.integers(0, 700), REGIMES)
@settings(max_examples=200)
def test_a_minute_of_waiting_matters_only_at_the_hours_of_article_6(
    told: RightsFacts, minute: int, regime: Regime
) -> None:
    assume(minute + 1 not in (120, 180, 240, 300))
    now, then = (told.model_copy(update={"departure_delay_minutes": minute + m}) for m in (0, 1))
    assert assess(now, regime).care == assess(then, regime).care
    assert assess(now, regime).amount_minor == assess(then, regime).amount_minor


@given(any_facts(), REGIMES)
def test_a_failed_re_routing_is_a_sum_of_its_own_and_never_a_smaller_one(
    told: RightsFacts, regime: Regime
) -> None:
    """C-832/18: the second sum is found as the first one is."""
    again = assess(told.model_copy(update={"rerouting_flight": True}), regime)
    once = assess(told, regime)
    assert (again.amount_minor, again.care) == (once.amount_minor, once.care)
    owed = told.event in ("delay", "cancellation", "advanced") and again.amount_minor > 0
    assert ("CO-19" in again.rules_hit) >= owed
    assert "CO-19" not in once.rules_hit


@given(any_facts(), st.sampled_from([date(2021, 1, 1), date(2023, 12, 13)]))
def test_both_uk_rulebooks_pay_the_same(told: RightsFacts, day: date) -> None:
    """SI 2023/1370 wrote into the text what the courts had said; it changed no sum."""
    first = assess(told.model_copy(update={"flight_date": day}), "uk")
    second = assess(told.model_copy(update={"flight_date": date(2023, 12, 14)}), "uk")
    assert (first.rulebook, second.rulebook) == ("V-UK-1", "V-UK-2")
    assert (first.scope, first.amount_minor, first.amount_max_minor, first.care) == (
        second.scope, second.amount_minor, second.amount_max_minor, second.care,
    )  # fmt: skip


@given(any_facts(), st.sampled_from(["eea", "swiss"]))
def test_a_finer_licence_is_a_community_licence_in_eu_law(told: RightsFacts, finer: str) -> None:
    coarse = told.model_copy(update={"operating_licence": "eu"})
    fine = told.model_copy(update={"operating_licence": finer})
    mine, theirs = assess(fine, "eu"), assess(coarse, "eu")
    assert (mine.scope, mine.amount_minor, mine.care, mine.certainty) == (
        theirs.scope, theirs.amount_minor, theirs.care, theirs.certainty,
    )  # fmt: skip


@given(any_facts(), st.sampled_from(sorted(_causes())), REGIMES)
def test_another_name_of_a_cause_changes_nothing(
    told: RightsFacts, alias: str, regime: Regime
) -> None:
    by_alias = assess(told.model_copy(update={"cause": alias.replace("_", " ").title()}), regime)
    by_code = assess(told.model_copy(update={"cause": _causes()[alias].code}), regime)
    assert by_alias == by_code


@given(any_facts(), st.sampled_from(["uk", "eu", "other"]), REGIMES)
def test_who_sold_the_seat_and_who_owns_the_aircraft_changes_no_sum(
    told: RightsFacts, licence: str, regime: Regime
) -> None:
    shared = told.model_copy(update={"marketing_licence": licence, "lessor_licence": licence})
    one, two = assess(shared, regime), assess(told, regime)
    assert (one.scope, one.amount_minor, one.care) == (two.scope, two.amount_minor, two.care)


@given(st.sampled_from(CASES), st.randoms(use_true_random=False), st.text(max_size=9))
def test_the_answer_knows_neither_the_name_of_a_row_nor_the_order_of_columns(
    case: dict[str, str], random: Any, name: str
) -> None:
    columns = list(case)
    random.shuffle(columns)
    renamed = {column: case[column] for column in columns} | {"id": name, "remark": name}
    lines = io.StringIO()
    writer = csv.DictWriter(lines, list(renamed))
    writer.writeheader()
    writer.writerow(renamed)
    [again] = csv.DictReader(io.StringIO(lines.getvalue()))
    assert row_of(assess(facts_of(again), regime_of(again))) == row_of(
        assess(facts_of(case), regime_of(case))
    )


@given(any_facts(event="delay", **AT_FAULT), ABOUT_THE_LIMITS, REGIMES)
def test_what_is_due_later_on_the_clock_is_what_will_be_owed(
    told: RightsFacts, minute: int, regime: Regime
) -> None:
    """The desk's clock and the assessment of the finished wait are one law."""
    told = told.model_copy(
        update={"departure_delay_minutes": minute, "arrival_delay_minutes": 0, "via_airports": ()}
    )
    found = assess(told, regime)
    due = {
        item
        for one in found.care_clock
        if one.after_minutes <= minute
        for item in one.care
        if told.overnight or item not in ("hotel", "transport")
    }
    if found.scope == "yes":
        assert set(found.care) == due
