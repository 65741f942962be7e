"""Laws of the assessment over generated facts: monotone, no hidden cliffs, ranges that hold."""

from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.identity import content_hash
from domain.passenger_rights import RightsFacts, assess
from domain.passenger_rights.rulebooks import rulebooks
from domain.passenger_rights.vocabulary import CERTAINTIES, Regime
from tests.domain.passenger_rights.facts import facts

AIRPORTS = [
    "LHR", "GLA", "AMS", "CDG", "ATH", "LPA", "PFO", "RUN", "OSL", "ZRH", "KEF", "JER", "GIB",
    "LGW", "SPU", "IST", "JFK", "SIN", "FAE", "CUR",
]  # fmt: skip
CAUSES = [
    "technical_routine", "bird_strike", "weather_unsafe", "unknown", "crew_illness",
    "no_such_cause", "airport_baggage_staff_shortage", "atc_slot_restriction_prior_rotation",
]  # fmt: skip
DAYS = [date(2019, 8, 10), date(2021, 6, 1), date(2026, 11, 20)]
REGIMES: st.SearchStrategy[Regime] = st.sampled_from(["eu", "uk"])
ABOUT_THE_LIMITS = st.one_of(
    st.sampled_from([119, 120, 121, 179, 180, 181, 239, 240, 241, 299, 300]), st.integers(0, 900)
)


@st.composite
def any_facts(draw: st.DrawFn, **fixed: Any) -> RightsFacts:
    """Complete facts of any event between any two airports of the list."""
    origin = draw(st.sampled_from(AIRPORTS))
    destination = draw(st.sampled_from([iata for iata in AIRPORTS if iata != origin]))
    offered = draw(st.booleans())
    made: dict[str, Any] = {
        "flight_date": draw(st.sampled_from(DAYS)),
        "operating_licence": draw(st.sampled_from(["uk", "eu", "eea", "swiss", "other"])),
        "departure_airport": origin,
        "arrival_airport": destination,
        "event": draw(
            st.sampled_from(["delay", "cancellation", "denied_boarding", "advanced", "downgrade"])
        ),
        "departure_delay_minutes": draw(ABOUT_THE_LIMITS),
        "arrival_delay_minutes": draw(ABOUT_THE_LIMITS),
        "overnight": draw(st.booleans()),
        "waiting_at_airport": draw(st.booleans()),
        "advanced_minutes": draw(st.integers(0, 300)),
        "notice_minutes": draw(st.sampled_from([0, 600, 10079, 10080, 20159, 20160, 50000])),
        "reroute_offered": offered,
        "reroute_dep_early_minutes": draw(st.integers(0, 200)) if offered else None,
        "reroute_arr_late_minutes": draw(ABOUT_THE_LIMITS) if offered else None,
        "cause": draw(st.sampled_from(CAUSES)),
        "reasonable_measures_proven": draw(st.sampled_from([True, False, None])),
        "checked_in": draw(st.booleans()),
        "fare_type": draw(st.sampled_from(["public", "staff_id", "frequent_flyer"])),
        "class_booked": "business",
        "class_flown": draw(st.sampled_from(["economy", "business"])),
        "leg_price_minor": draw(st.integers(0, 1_000_000)),
        "ticket_currency": "EUR",
    }
    return RightsFacts.model_validate(made | fixed)


@given(any_facts(), REGIMES)
@settings(max_examples=300)
def test_every_answer_is_whole(told: RightsFacts, regime: Regime) -> None:
    found = assess(told, regime)
    assert 0 <= found.amount_min_minor <= found.amount_minor <= found.amount_max_minor
    assert found.certainty in CERTAINTIES
    assert found.citations
    assert found.hits
    if found.scope == "no":
        assert (found.amount_minor, found.care, found.band) == (0, (), None)
    if told.event != "downgrade":
        sums = {0} | {
            minor
            for book in rulebooks()
            if book.rules and book.regime == regime
            for table in (book.rules.full_minor, book.rules.half_minor)
            for minor in table.values()
        }
        assert {found.amount_minor, found.amount_min_minor, found.amount_max_minor} <= sums


@given(any_facts(event="delay", cause="technical_routine"), ABOUT_THE_LIMITS, REGIMES)
@settings(max_examples=300)
def test_more_delay_never_pays_less(told: RightsFacts, more: int, regime: Regime) -> None:
    later = told.model_copy(
        update={"arrival_delay_minutes": (told.arrival_delay_minutes or 0) + more}
    )
    now, then = assess(told, regime), assess(later, regime)
    assert then.amount_minor >= now.amount_minor
    assert then.amount_max_minor >= now.amount_max_minor
    assert set(then.care) >= set(now.care)


@given(any_facts(event="delay"), REGIMES)
@settings(max_examples=150)
def test_one_more_minute_changes_the_sum_only_at_three_and_four_hours(
    told: RightsFacts, regime: Regime
) -> None:
    minute = told.arrival_delay_minutes or 0
    later = told.model_copy(update={"arrival_delay_minutes": minute + 1})
    if minute + 1 not in (180, 240):
        assert assess(told, regime).amount_minor == assess(later, regime).amount_minor


@given(any_facts(event="delay"), st.integers(0, 300), st.integers(0, 300), REGIMES)
@settings(max_examples=150)
def test_more_excused_minutes_never_pay_more(
    told: RightsFacts, first: int, more: int, regime: Regime
) -> None:
    few = told.model_copy(update={"excused_minutes": 1 + first})
    many = told.model_copy(update={"excused_minutes": 1 + first + more})
    assert assess(many, regime).amount_minor <= assess(few, regime).amount_minor


@given(any_facts(), REGIMES)
@settings(max_examples=200)
def test_an_excuse_never_touches_care_and_never_pays_more(
    told: RightsFacts, regime: Regime
) -> None:
    at_fault = told.model_copy(update={"cause": "technical_routine"})
    excused = told.model_copy(
        update={"cause": "weather_unsafe", "reasonable_measures_proven": True}
    )
    fault, excuse = assess(at_fault, regime), assess(excused, regime)
    assert excuse.care == fault.care
    if told.event in ("denied_boarding", "downgrade"):
        assert excuse.amount_minor == fault.amount_minor
    else:
        assert excuse.amount_minor in (0, fault.amount_minor)
        assert excuse.amount_max_minor == 0 or told.event == "advanced"


@given(any_facts(event="cancellation"), st.integers(0, 60), st.integers(0, 119), REGIMES)
@settings(max_examples=150)
def test_a_re_routing_in_time_never_raises_the_sum(
    told: RightsFacts, early: int, late: int, regime: Regime
) -> None:
    without = told.model_copy(
        update={
            "reroute_offered": False,
            "reroute_dep_early_minutes": None,
            "reroute_arr_late_minutes": None,
        }
    )
    offered = told.model_copy(
        update={
            "reroute_offered": True,
            "reroute_dep_early_minutes": early,
            "reroute_arr_late_minutes": late,
        }
    )
    assert assess(offered, regime).amount_max_minor == 0
    assert assess(without, regime).care == assess(offered, regime).care


@given(any_facts(event="cancellation"), st.integers(0, 300), REGIMES)
@settings(max_examples=150)
def test_an_offer_that_arrives_earlier_never_raises_the_sum(
    told: RightsFacts, sooner: int, regime: Regime
) -> None:
    assume(told.reroute_offered)
    better = told.model_copy(
        update={"reroute_arr_late_minutes": max(0, (told.reroute_arr_late_minutes or 0) - sooner)}
    )
    assert assess(better, regime).amount_minor <= assess(told, regime).amount_minor


@given(any_facts())
@settings(max_examples=200)
def test_the_books_never_carry_both_regimes(told: RightsFacts) -> None:
    found = assess(told)
    alone = [assess(told, regime) for regime in ("eu", "uk")]
    assert found.accrual_minor in {one.accrual_minor for one in alone if one.scope == found.scope}
    covering = {one.regime for one in alone if one.in_scope}
    if covering:
        assert found.regime in covering
    assert (found.other_regime is not None) == (len(covering - {found.regime}) == 1)


HIDEABLE = [
    "operating_licence", "arrival_delay_minutes", "notice_minutes", "advanced_minutes",
    "reroute_offered", "departure_delay_minutes", "waiting_at_airport", "overnight",
]  # fmt: skip


@given(any_facts(), st.sets(st.sampled_from(HIDEABLE), min_size=1, max_size=3), REGIMES)
@settings(max_examples=250, deadline=None)
def test_the_range_of_unknown_facts_holds_the_truth(
    told: RightsFacts, hidden: set[str], regime: Regime
) -> None:
    # No notice of a refused boarding is a fact (nobody refused it ahead), not an unknown one.
    assume(not (told.event == "denied_boarding" and "notice_minutes" in hidden))
    # Of a flight brought forward the new time is the offer; another one is for the carrier to tell.
    assume(not (told.event == "advanced" and "reroute_offered" in hidden))
    blank: dict[str, Any] = dict.fromkeys(hidden)
    if "operating_licence" in hidden:
        assume(told.operating_licence in ("uk", "eu", "other"))
        blank["operating_licence"] = "unknown"
    if "reroute_offered" in hidden:
        blank |= {"reroute_dep_early_minutes": None, "reroute_arr_late_minutes": None}
    guess, truth = assess(told.model_copy(update=blank), regime), assess(told, regime)
    assert guess.amount_min_minor <= truth.amount_minor <= guess.amount_max_minor
    assert set(guess.care) <= set(truth.care)
    if guess.scope != "unknown":
        assert guess.scope == truth.scope
    if guess.decided:
        assert guess.amount_minor == truth.amount_minor
    if not guess.needs:
        assert guess.care == truth.care


@given(any_facts())
def test_facts_survive_their_json_and_keep_their_hash(told: RightsFacts) -> None:
    again = RightsFacts.model_validate_json(told.model_dump_json())
    assert again == told
    assert content_hash(again) == content_hash(told)


def test_the_hash_sees_every_fact() -> None:
    base = facts()
    for name, value in (("arrival_delay_minutes", 201), ("cause", "bird_strike"),
                        ("reasonable_measures_proven", False), ("overnight", None)):  # fmt: skip
        assert content_hash(base.model_copy(update={name: value})) != content_hash(base)
