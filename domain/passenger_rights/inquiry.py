"""One question put to one rulebook: the facts, the readings taken, and every rule hit in order."""

from typing import NamedTuple

from domain.network.airports import Airport, airport
from domain.network.territories import Territory, When, territory_of
from domain.passenger_rights.errors import RulesBroken
from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.rulebooks import Rulebook, Rules
from domain.passenger_rights.rules import rule
from domain.passenger_rights.vocabulary import Certainty, Flag

Fork = str
"""A point at which the law, a source or a measurement can be read in two ways."""


class Hit(NamedTuple):
    """One rule that spoke: what it said in plain words, how firm, from which source."""

    rule_id: str
    words: str
    certainty: Certainty
    source: str


class Inquiry:
    """Collects what one run of the rules saw; `fork` answers by the readings it was given."""

    def __init__(
        self, facts: RightsFacts, book: Rulebook, when: When, other_way: frozenset[Fork]
    ) -> None:
        if book.rules is None:
            raise RulesBroken(f"{book.id} has no text to inquire of: answer reform_text_missing")
        self.facts = facts
        self.book = book
        self.rules: Rules = book.rules
        self.when = when
        self.other_way = other_way
        self.hits: list[Hit] = []
        self.flags: set[Flag] = set()
        self.forks: set[Fork] = set()
        self.origin: Airport = airport(facts.departure_airport)
        self.destination: Airport = airport(facts.arrival_airport)
        self.origin_territory = self._territory(self.origin)
        self.destination_territory = self._territory(self.destination)

    @property
    def is_uk(self) -> bool:
        """Whether the question is put to UK law."""
        return self.book.regime == "uk"

    @property
    def uk_is_member(self) -> bool:
        """Whether UK airports and licences still count as a Member State's on the day."""
        return territory_of(airport("LHR"), self.when).area == "member"

    def hit(
        self,
        rule_id: str,
        words: str,
        *,
        certainty: Certainty | None = None,
        source: str | None = None,
    ) -> None:
        """Write down that a rule spoke; certainty and source only where finer than the table's."""
        entry = rule(rule_id)
        firm = certainty or entry.certainty(self.book.regime)
        if self.is_uk and firm == "persuasive":
            self.flags.add("post_2020_cjeu_in_uk")
        self.hits.append(Hit(rule_id, words, firm, source or entry.cite(self.book.id)))

    def fork(self, fork: Fork) -> bool:
        """Whether this run takes the other way at the fork; remembers having stood there."""
        self.forks.add(fork)
        return fork in self.other_way

    def _territory(self, place: Airport) -> Territory:
        found = territory_of(place, self.when)
        if found.alternative is not None and self.fork("territory_review"):
            return found._replace(area=found.alternative, alternative=found.area)
        return found
