"""The letter to the passenger: what happened, what the law gives, why, and where the money is.

Each sentence is said by the facts, by a rule that spoke, or by the books: nothing is added that
could contradict them.
"""

from domain.letters.case import Case, Letter, Section
from domain.letters.words import BODIES, CARE, EVENTS, flown, law, place, standing, sum_of
from domain.passenger_rights.assessment import REGIME_NAMES, major


def passenger_letter(case: Case) -> Letter:
    """What one passenger is told of one obligation."""
    sections = [
        Section("What happened", _happened(case)),
        Section("What the law gives you", _given(case)),
        Section("Why", tuple(hit.words for hit in case.assessment.hits)),
        Section("Care and choices", _care(case)),
        Section("Where your money is", _money(case)),
        Section("What has changed since", _changed(case)),
        Section("If you see it otherwise", _otherwise(case)),
    ]
    return Letter(
        f"Your rights under {REGIME_NAMES[case.assessment.regime]}",
        f"Claim {case.obligation_key}" + (f", {case.name}" if case.name else ""),
        case.written_on,
        tuple(section for section in sections if section.paragraphs),
    )


def _happened(case: Case) -> tuple[str, ...]:
    facts = case.facts
    way = f"Your journey of {facts.flight_date:%-d %B %Y} was from {place(facts.departure_airport)}"
    way += f" to {place(facts.arrival_airport)}"
    if facts.via_airports:
        way += f" by way of {', '.join(map(place, facts.via_airports))}"
    told = [f"{way}.", *(flown(flight) for flight in case.flights)]
    if facts.arrival_delay_minutes is not None:
        late = facts.arrival_delay_minutes
        told.append(
            f"You arrived {late} minutes after the time booked." if late > 0
            else "You arrived by the time booked."
        )  # fmt: skip
    return tuple(told)


def _given(case: Case) -> tuple[str, ...]:
    answer = case.assessment
    if answer.scope == "no":
        return (f"{law(case)} does not cover this journey, and gives nothing.",)
    lines = [f"{law(case)} sees {EVENTS.get(answer.event, answer.event)}."]
    low, high = answer.amount_min_minor, answer.amount_max_minor
    if not answer.decided:
        upper = sum_of(high, answer.currency) if answer.bounded else "no upper end yet known"
        lines.append(
            f"It is not decided yet: between {sum_of(low, answer.currency)} and {upper}. "
            f"What is still needed: {', '.join(answer.needs)}."
        )
    elif answer.amount_minor:
        lines.append(
            f"It gives you {sum_of(answer.amount_minor, answer.currency)} ({answer.article})."
        )
    else:
        lines.append(f"It gives no sum of money here ({answer.article}).")
    if answer.decided and low != high:
        lines.append(
            f"It can be read in two ways, which give {sum_of(low, answer.currency)} and "
            f"{sum_of(high, answer.currency)}; a person decides, and until then we hold the higher."
        )
    other = answer.other_regime
    if other is not None:
        lines.append(
            f"Instead, and never besides, {REGIME_NAMES[other.regime]} would give "
            f"{major(other.amount_minor)} {other.currency}: you may claim under either, once."
        )
    lines += [f"A person has to look at this: {words}" for words in answer.for_a_person]
    return (*lines, f"It rests on: {'; '.join(answer.citations)}.")


def _care(case: Case) -> tuple[str, ...]:
    lines = [
        f"Owed to you: {words}." for code, words in CARE.items() if code in case.assessment.care
    ]
    if case.assessment.choices:
        lines.append("You may choose one of these, once:")
        lines += [f"- {choice.words} ({choice.rule_id})" for choice in case.assessment.choices]
    return tuple(lines)


def _money(case: Case) -> tuple[str, ...]:
    return tuple(line for money in case.money if (line := standing(money)))


def _changed(case: Case) -> tuple[str, ...]:
    return tuple(
        f"An earlier answer of {sum_of(one.amount_minor, one.currency)} ({one.rulebook}, by what "
        f"was known on {one.as_of:%-d %B %Y %H:%M} UTC) is replaced, since "
        + ("a rule was mended." if one.by_rules else "the facts are others.")
        for one in case.earlier
    )


def _otherwise(case: Case) -> tuple[str, ...]:
    return (BODIES[case.assessment.regime],) if case.assessment.scope != "no" else ()
