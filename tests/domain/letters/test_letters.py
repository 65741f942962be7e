"""A letter says what the law's answer and the books say: all of it, and no other sum."""

import re
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.claims import Claim
from domain.letters import Case, Earlier, Money, passenger_letter
from domain.letters.words import sum_of
from domain.passenger_rights import RightsFacts, assess
from domain.passenger_rights.assessment import FOR_A_PERSON
from tests.domain.passenger_rights.facts import facts
from tests.domain.passenger_rights.test_laws import any_facts

KEY = UUID(int=1)
WRITTEN = datetime(2026, 11, 27, 12, tzinfo=UTC)
SUM = re.compile(r"[\d,]+\.\d\d [A-Z]{3}")


def case(told: RightsFacts, *money: Money, earlier: tuple[Earlier, ...] = ()) -> Case:
    return Case(KEY, told, assess(told), (), earlier, money, Claim(KEY), WRITTEN)


MONEY = st.builds(Money, st.just("EUR"), *(st.sampled_from([0, 12_500, 25_000]) for _ in range(6)))


@settings(max_examples=150, deadline=None)
@given(any_facts(), MONEY)
def test_a_letter_names_every_sum_reason_and_question_and_no_other_sum(
    told: RightsFacts, money: Money
) -> None:
    written = case(told, money)
    answer, text = written.assessment, passenger_letter(written).text
    if answer.scope != "no":
        assert all(citation in text for citation in answer.citations)
        assert all(FOR_A_PERSON[flag] in text for flag in answer.flags if flag in FOR_A_PERSON)
        assert all(need in text for need in answer.needs)
        assert answer.article in text or not answer.decided
        if answer.decided and answer.amount_minor:
            assert f"It gives you {sum_of(answer.amount_minor, answer.currency)}" in text
    assert all(hit.words in text for hit in answer.hits)
    may = {
        sum_of(minor, answer.currency)
        for minor in (answer.amount_minor, answer.amount_min_minor, answer.amount_max_minor)
    }
    may |= {sum_of(minor, money.currency) for minor in money[1:]}
    if answer.other_regime is not None:
        may.add(sum_of(answer.other_regime.amount_minor, answer.other_regime.currency))
    said = passenger_letter(written)
    for section in said.sections:
        if section.heading != "Why":  # rules speak of the sums of the law
            assert set(SUM.findall("\n".join(section.paragraphs))) <= may


def test_an_earlier_answer_is_named_with_why_it_went() -> None:
    def earlier(by_rules: bool) -> Earlier:
        return Earlier(WRITTEN, "V-UK-2", 22_000, "GBP", by_rules)

    told = facts(arrival_delay_minutes=200)
    letters = [passenger_letter(case(told, earlier=(earlier(rules),))).text for rules in (1, 0)]
    assert "220.00 GBP (V-UK-2" in letters[0]
    assert "since a rule was mended." in letters[0]
    assert "since the facts are others." in letters[1]


def test_what_is_missing_is_asked_and_both_readings_are_named() -> None:
    unknown = passenger_letter(case(facts(arrival_delay_minutes=None))).text
    assert "It is not decided yet: between" in unknown
    assert "What is still needed: " in unknown
    edge = facts(
        departure_airport="CDG", arrival_airport="JFK", operating_licence="eu",
        arrival_delay_minutes=240,
    )  # fmt: skip
    answer = assess(edge)
    assert answer.amount_min_minor != answer.amount_max_minor
    assert "It can be read in two ways" in passenger_letter(case(edge)).text


def test_a_journey_outside_the_law_gets_no_promise() -> None:
    outside = facts(
        departure_airport="JFK", arrival_airport="SIN", operating_licence="other",
        arrival_delay_minutes=500,
    )  # fmt: skip
    text = passenger_letter(case(outside)).text
    assert "does not cover this journey" in text
    assert "If you see it otherwise" not in text


def test_nothing_is_said_of_money_that_is_nowhere() -> None:
    letter = passenger_letter(case(facts(), Money("EUR", 0, 0, 0, 25_000, 0, 0)))
    [money] = [one for one in letter.sections if one.heading == "Where your money is"]
    assert money.paragraphs == ("Paid 250.00 EUR.",)
