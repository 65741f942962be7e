"""A flight board's answers as a page: by regime and licence, then flight by flight."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from domain.passenger_rights.assessment import REGIME_NAMES, major
from orchestration.assess.board import BoardFlight

REASONS = {
    "SC-01": "starts in the EU, EEA or Switzerland: any carrier",
    "SC-02": "ends there, on a carrier licensed there",
    "SC-03": "starts in the UK: any carrier",
    "SC-04": "ends in the UK, on a UK or EU carrier",
    "SC-05": "ends in the EU, on a UK carrier",
}
"""Why a regime covers, by the rule that said so."""


def page(found: Sequence[BoardFlight], airport: str, command: str) -> str:
    """Markdown: what the board says under both laws."""
    arrivals = [one for one in found if one.arriving]
    departures = [one for one in found if not one.arriving]
    return "\n".join(
        [
            f"# {airport} and Europe: what a flight board owes",
            "",
            "Each late (180 minutes and more) or cancelled passenger flight between the airport",
            "and the UK, the EU, Iceland, Norway or Switzerland, under the law of its day. A board",
            "knows no passengers, no causes and no notices: sums are for one seat at a public fare",
            "when nothing excuses the delay, and a range where the board lacks what decides.",
            "The licence of the operating carrier counts, not the code on the ticket (SC-12).",
            "",
            "Written by",
            "",
            "```",
            command,
            "```",
            "",
            "## Which regime, and why",
            "",
            *_grouped(found),
            "",
            f"## Late arrivals at {airport}",
            "",
            *_flights(one for one in arrivals if one.delay_minutes is not None),
            "",
            f"## Cancelled on the way to {airport}",
            "",
            *_needs(one for one in arrivals if one.delay_minutes is None),
            "",
            f"## Late or cancelled from {airport}",
            "",
            "The board ends at take-off, so the arrival that decides is asked for.",
            "",
            *_needs(departures),
            "",
            "## Where the code on the ticket would mislead",
            "",
            *_misled(found),
            "",
        ]
    )


def _grouped(found: Sequence[BoardFlight]) -> Iterator[str]:
    yield "| | regime | why | operator's licence | late | cancelled | per seat, all of them |"
    yield "| --- | --- | --- | --- | ---: | ---: | ---: |"
    groups: dict[tuple[str, str, str, str], list[BoardFlight]] = {}
    for one in found:
        key = ("arrivals" if one.arriving else "departures", _regime(one), _why(one), one.licence)
        groups.setdefault(key, []).append(one)
    for key, ones in sorted(groups.items()):
        cancelled = sum(one.delay_minutes is None for one in ones)
        yield f"| {' | '.join(key)} | {len(ones) - cancelled} | {cancelled} | {_spread(ones)} |"


def _flights(found: Iterable[BoardFlight]) -> Iterator[str]:
    yield "| day | flight | operated by | from | minutes late | under | per seat | open |"
    yield "| --- | --- | --- | --- | ---: | --- | ---: | --- |"
    for one in sorted(found, key=lambda one: (one.day, one.flight)):
        yield (
            f"| {one.day} | {one.flight} | {one.operator} | {'-'.join(one.route[:-1])}"
            f" | {one.delay_minutes} | {_regime(one)} | {_spread([one])}"
            f" | {', '.join(one.answer.flags)} |"
        )


def _needs(found: Iterable[BoardFlight]) -> Iterator[str]:
    yield "| under | why | operated by | flights | per seat, each | still needed for the sum |"
    yield "| --- | --- | --- | ---: | ---: | --- |"
    groups: Counter[tuple[str, ...]] = Counter()
    for one in found:
        needs = ", ".join(one.answer.needs) if one.answer.in_scope else ""
        groups[_regime(one), _why(one), one.operator, _spread([one]), needs] += 1
    for (regime, why, operator, spread, needs), count in sorted(groups.items()):
        yield f"| {regime} | {why} | {operator} | {count} | {spread} | {needs} |"


def _misled(found: Sequence[BoardFlight]) -> Iterator[str]:
    yield "| operated by | route | falls under | sold also by, of another answer | flights |"
    yield "| --- | --- | --- | --- | ---: |"
    groups: Counter[tuple[str, str, str, str]] = Counter()
    for one in found:
        if one.misled:
            groups[one.operator, "-".join(one.route), _regime(one), ", ".join(one.misled)] += 1
    for key, count in sorted(groups.items()):
        yield f"| {' | '.join(key)} | {count} |"


def _regime(one: BoardFlight) -> str:
    return REGIME_NAMES[one.answer.regime] if one.answer.in_scope else "neither"


def _why(one: BoardFlight) -> str:
    said = next((rule for rule in one.answer.rules_hit if rule in REASONS), None)
    if not one.answer.in_scope or said is None:
        return "starts outside, and the operator's licence is of elsewhere"
    return f"{REASONS[said]} ({said})"


def _spread(found: Sequence[BoardFlight]) -> str:
    """The sum over the flights by currency, as a range where facts are open."""
    least, most = Counter[str](), Counter[str]()
    for one in found:
        if one.answer.in_scope:
            least[one.answer.currency] += one.answer.amount_min_minor
            most[one.answer.currency] += one.answer.amount_max_minor
    told = [
        major(least[currency]) + (f" to {major(most[currency])}" if most != least else "")
        + f" {currency}"
        for currency in sorted(most)
    ]  # fmt: skip
    return ", ".join(told) or "0"
