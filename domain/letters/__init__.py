"""Letters about one claim: the words of the law's answer and of the books, for who reads them."""

from domain.letters.auditor import Booking, Trail, auditor_report
from domain.letters.case import Case, Earlier, Flight, Letter, Money, Section
from domain.letters.passenger import passenger_letter

__all__ = [
    "Booking",
    "Case",
    "Earlier",
    "Flight",
    "Letter",
    "Money",
    "Section",
    "Trail",
    "auditor_report",
    "passenger_letter",
]
