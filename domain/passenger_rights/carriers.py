"""Which authority licensed an airline, by its designator: what Art 2(c) and 3(1)(b) ask for.

Brands hold several licences (SC-13), so this is where a question starts, not where it ends: a
schedule that names the licence of each flight goes before it. The table holds the airlines of one
airport's board, each under the state where it is based as commonly known in 2026; it was not held
against an authority's register. Whoever is not in it has a licence not known.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple, get_args

from domain.passenger_rights.errors import RulesBroken
from domain.passenger_rights.vocabulary import Licence


class Carrier(NamedTuple):
    """One airline: its two designators, its name, and who licensed it."""

    icao: str
    iata: str
    name: str
    licence: Licence
    state: str


def carrier(designator: str) -> Carrier | None:
    """By ICAO's three letters or IATA's two characters; None when it is not in the table."""
    return _table().get(designator)


@cache
def _table() -> dict[str, Carrier]:
    path = files("domain.passenger_rights").joinpath("data", "carriers.csv")
    found: dict[str, Carrier] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        one = Carrier(**row)  # type: ignore[arg-type]
        if one.licence not in get_args(Licence) or {one.icao, one.iata} & found.keys():
            raise RulesBroken(f"carriers.csv: {one.icao} is twice there or of no known licence")
        found |= {one.icao: one, one.iata: one}
    return found
