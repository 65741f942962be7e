"""What a letter is written from: the facts, the law's answer, the flights, and the books."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.claims import Claim
from domain.passenger_rights import Assessment, RightsFacts


class Flight(NamedTuple):
    """A leg as it was to go and as it went; times UTC, None where nobody told."""

    designator: str
    origin: str
    destination: str
    sobt: datetime | None
    sibt: datetime | None
    aobt: datetime | None = None
    aibt: datetime | None = None
    doors_open_at: datetime | None = None
    cancelled: bool = False
    diverted_to: str | None = None


class Earlier(NamedTuple):
    """An assessment that a later one replaced; `by_rules` where the facts were the same."""

    as_of: datetime
    rulebook: str
    amount_minor: int
    currency: str
    by_rules: bool


class Money(NamedTuple):
    """Where the obligation stands in one currency, minor units."""

    currency: str
    owed: int
    approved: int
    on_its_way: int
    paid: int
    asked_back: int
    let_go: int


class Case(NamedTuple):
    """Everything about one obligation that a letter may say; `name` only where it was opened."""

    obligation_key: UUID
    facts: RightsFacts
    assessment: Assessment
    flights: tuple[Flight, ...]
    earlier: tuple[Earlier, ...]
    money: tuple[Money, ...]
    claim: Claim
    written_on: datetime
    name: str | None = None


class Section(NamedTuple):
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


class Letter(NamedTuple):
    """A letter in words alone; a page or a terminal sets it."""

    title: str
    reference: str
    written_on: datetime
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """All of it as plain text, a blank line between paragraphs."""
        parts = [self.title, self.reference, f"{self.written_on:%-d %B %Y}"]
        for section in self.sections:
            parts += [f"{section.heading}\n{'-' * len(section.heading)}", *section.paragraphs]
        return "\n\n".join(parts) + "\n"
