"""When does which care fall due? Minutes after scheduled departure, for the desk to act ahead."""

from typing import NamedTuple

from domain.passenger_rights.facts import RightsFacts
from domain.passenger_rights.rulebooks import Rulebook
from domain.passenger_rights.ruling import Ruling
from domain.passenger_rights.vocabulary import Care

WARNED_AHEAD_MINUTES = 30
"""How long before each trigger the desk is warned (CA-11)."""


class Due(NamedTuple):
    """Care that falls due once departure is so late; at 0 it is due at once."""

    after_minutes: int
    care: tuple[Care, ...]
    rule_id: str

    @property
    def warn_after_minutes(self) -> int:
        """When the desk is told that it comes."""
        return max(0, self.after_minutes - WARNED_AHEAD_MINUTES)


def care_clock(facts: RightsFacts, book: Rulebook | None, ruling: Ruling) -> tuple[Due, ...]:
    """What falls due in order, should the wait go on; empty where no care is owed at all.

    The hotel stands with the meals: it is due from then on, as soon as a night is needed.
    """
    if book is None or book.rules is None or ruling.band is None:
        return ()
    at_airport = facts.waiting_at_airport is not False
    if ruling.event in ("cancellation", "advanced", "denied_boarding"):
        at_once = [Due(0, ("notice", "choice8"), "RE-01")]
        return (*at_once, *_refreshed(0, "CA-04")) if at_airport else tuple(at_once)
    if ruling.event != "delay" or "CA-05" in {hit.rule_id for hit in ruling.hits}:
        return ()
    rules = book.rules
    due = [
        Due(rules.notice.departure_from, ("notice",), "NO-01"),
        Due(rules.refund.departure_from, ("refund",), "RE-02"),
    ]
    if at_airport:
        due += _refreshed(rules.care_from[ruling.band], "CA-01")
    return tuple(sorted(due, key=lambda one: one.after_minutes))


def _refreshed(after_minutes: int, rule_id: str) -> tuple[Due, Due]:
    meals = Due(after_minutes, ("meals", "comms"), rule_id)
    return meals, Due(after_minutes, ("hotel", "transport"), "CA-03")
