"""What is repaid for a lower class? Art 10: a percentage of the price of the affected leg."""

from fractions import Fraction
from itertools import pairwise
from math import floor

from domain.network.airports import airport, find_airport
from domain.network.great_circle import measure
from domain.passenger_rights.compensation import LETTER, Sum
from domain.passenger_rights.distance_band import Stretch
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.inquiry import Inquiry
from domain.passenger_rights.vocabulary import Band

_FRENCH_DEPARTMENTS = frozenset({"GF", "GP", "MQ", "RE", "YT"})


def downgrade(inquiry: Inquiry, stretch: Stretch) -> Sum:
    """The repayment in minor units of the ticket's currency; half a unit goes to the passenger.

    No excuse defence (DG-05); rounded per passenger and leg, in integers (MO-04).
    """
    band = _band(inquiry, stretch)
    percent = inquiry.rules.downgrade_percent[band]
    article = f"Art 10(2)({LETTER[band]})"
    inquiry.hit("DG-01", f"{percent} % of the price of the affected leg ({article}).")
    exact = _leg_price(inquiry) * percent / 100
    amount = floor(exact + Fraction(1, 2))
    if exact - floor(exact) == Fraction(1, 2):
        inquiry.hit("MO-04", "Half a minor unit is rounded in the passenger's favour.")
    return Sum(amount, article)


def priced(facts: RightsFacts) -> bool:
    """Whether the price of the affected leg is told, or can be had from the booking's fare."""
    way = facts.fare_airports
    legs = tuple(pairwise(way))
    told = facts.fare_minor is not None and all(find_airport(iata) for iata in way)
    leg = (facts.departure_airport, facts.arrival_airport)
    return facts.leg_price_minor is not None or (told and leg in legs)


def _leg_price(inquiry: Inquiry) -> Fraction:
    facts = inquiry.facts
    if facts.leg_price_minor is not None:
        return Fraction(facts.leg_price_minor)
    if facts.fare_minor is None or not priced(facts):
        return Fraction(0)
    legs = [
        Fraction(measure(airport(a), airport(b)).sphere_km)
        for a, b in pairwise(facts.fare_airports)
    ]
    own = Fraction(measure(inquiry.origin, inquiry.destination).sphere_km)
    inquiry.hit("DG-04", "The leg bears its share of the fare by distance: "
                f"{float(own):.1f} of {float(sum(legs)):.1f} km.")  # fmt: skip
    return facts.fare_minor * own / sum(legs)


def _band(inquiry: Inquiry, stretch: Stretch) -> Band:
    if stretch.capped_inside and _to_french_departments(inquiry):
        inquiry.hit("DG-02", "Between the mainland and a French overseas department: 75 %.")
        return "gt3500"
    areas = {inquiry.origin_territory.area, inquiry.destination_territory.area}
    if inquiry.is_uk and stretch.band == "gt3500" and areas <= {"uk", "member", "eea", "swiss"}:
        inquiry.hit("DG-03", "UK Art 10 on European routes over 3500 km was not seen; read like "
                    "UK Art 7.")  # fmt: skip
        if inquiry.fork("uk_art_10"):
            return "1500_3500_or_intra_eu"
    return stretch.band


def _to_french_departments(inquiry: Inquiry) -> bool:
    ends = (inquiry.origin.country in _FRENCH_DEPARTMENTS, inquiry.destination.country
            in _FRENCH_DEPARTMENTS)  # fmt: skip
    return ends[0] != ends[1]
