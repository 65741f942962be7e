"""More than 200 records that somebody could put on a topic and should not, each with a name.

What each must become is said beside it. All are made of right events by spoiling one thing, so that
nothing else can be the reason.
"""

from collections.abc import Mapping

from tests.streaming.landing.hostile.record import Hostile, Register
from tests.streaming.landing.hostile.schemas import foreign_schemas
from tests.streaming.landing.hostile.shapes import claims, cut, noise, wire
from tests.streaming.landing.hostile.values import facts, numbers, texts, times


def corpus(ids: Mapping[str, int], register: Register) -> list[Hostile]:
    """All of it; `ids` are the registry's of the topics' own schemas."""
    found = [
        one
        for kind in (wire, cut, claims, foreign_schemas, texts, numbers, times, facts, noise)
        for one in kind(ids, register)
    ]
    assert len({one.name for one in found}) == len(found)
    return found
