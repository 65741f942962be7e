"""The words for what the law's answer holds as codes."""

from datetime import datetime

from domain.letters.case import Case, Flight, Money
from domain.money import major
from domain.network.airports import find_airport
from domain.passenger_rights.assessment import REGIME_NAMES
from domain.passenger_rights.vocabulary import Care

EVENTS = {
    "delay": "a long delay",
    "cancellation": "a cancellation",
    "advanced": "a flight brought forward",
    "denied_boarding": "boarding that was refused",
    "volunteer": "a seat given up freely",
    "downgrade": "a seat in a lower class",
    "none": "nothing that the law gives a sum for",
}
CARE: dict[Care, str] = {
    "meals": "meals and refreshments in a reasonable relation to the waiting time (Art 9(1)(a))",
    "comms": "two calls, messages or e-mails (Art 9(2))",
    "hotel": "a hotel room (Art 9(1)(b))",
    "transport": "transport between airport and hotel (Art 9(1)(c))",
}
BODIES = {
    "uk": "You may turn to the alternative dispute resolution body of the airline eight weeks "
    "after you claimed, or as soon as you have its final reply; where there is none, to the "
    "Passenger Advice and Complaints Team of the Civil Aviation Authority. You may also go to "
    "court.",
    "eu": "You may turn to the national enforcement body of the member state where it happened "
    "(Art 16), and to an out-of-court body where that state has one. You may also go to court.",
}


def sum_of(minor: int, currency: str) -> str:
    """`250.00 EUR`."""
    return f"{major(minor, currency):,} {currency}"


def place(iata: str) -> str:
    """The airport as people call it, with its code."""
    found = find_airport(iata)
    return f"{found.name} ({iata})" if found else iata


def law(case: Case) -> str:
    """The law that leads, by its name and our rulebook's."""
    return f"{REGIME_NAMES[case.assessment.regime]} ({case.assessment.rulebook})"


def flown(flight: Flight) -> str:
    """What became of a flight, in one sentence; times are local to each airport."""
    here, there = flight.origin, flight.destination
    told = f"{flight.designator} from {place(here)} to {place(there)}"
    if flight.sobt is not None and flight.sibt is not None:
        told += f", to leave {local(flight.sobt, here)} and arrive {local(flight.sibt, there)}"
    if flight.cancelled:
        return f"{told}: cancelled."
    became = []
    if flight.aobt is not None:
        became.append(f"left {local(flight.aobt, here)}")
    arrived = flight.doors_open_at or flight.aibt
    if arrived is not None:
        what = "doors open" if flight.doors_open_at else "on blocks"
        became.append(f"{what} {local(arrived, flight.diverted_to or there)}")
    if flight.diverted_to is not None:
        became.append(f"diverted to {place(flight.diverted_to)}")
    return f"{told}: {', '.join(became)}." if became else f"{told}."


def local(time: datetime, iata: str) -> str:
    """A time on the clock of an airport; in UTC where its zone is not known."""
    found = find_airport(iata)
    if found is None:
        return f"{time:%-d %B %Y %H:%M} UTC"
    return f"{time.astimezone(found.zone):%-d %B %Y %H:%M}"


def standing(money: Money) -> str:
    """Where the money is, leaving out what is nothing."""
    parts = [
        f"{words} {sum_of(minor, money.currency)}"
        for words, minor in (
            ("owed and not yet approved", money.owed),
            ("approved for payment", money.approved),
            ("with the bank", money.on_its_way),
            ("paid", money.paid),
            ("paid and not owed, asked back", money.asked_back),
            ("let go", money.let_go),
        )
        if minor
    ]
    told = "; ".join(parts)
    return f"{told[:1].upper()}{told[1:]}." if told else ""
