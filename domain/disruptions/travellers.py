"""Who travels on a leg: what they were told, and on which other legs their journeys go on.

A disruption changes for its passengers when a missed onward flight leaves, when they are
rebooked, or when what they were rebooked onto arrives, though none of its own legs moved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from domain.disruptions.legs import Leg


@dataclass(frozen=True, slots=True)
class Travellers:
    """Passengers whose journey goes, or was moved, over one leg.

    `records` counts the passenger events of their journeys by kind; `companions` are the legs of
    these journeys, this one included or not.
    """

    records: Mapping[str, int]
    companions: tuple[Leg, ...]


NOBODY: Mapping[UUID, Travellers] = MappingProxyType({})


def together(
    legs: Iterable[Leg], travellers: Mapping[UUID, Travellers]
) -> tuple[dict[str, int], list[Leg]]:
    """Records by kind over all the legs, and the companions that are none of them, by id.

    A journey over two of the legs counts twice: the figures tell that something changed, no more.
    """
    own = {leg.leg_id for leg in legs}
    records: dict[str, int] = {}
    companions: dict[UUID, Leg] = {}
    for leg_id in own & travellers.keys():
        for kind, count in travellers[leg_id].records.items():
            records[kind] = records.get(kind, 0) + count
        for companion in travellers[leg_id].companions:
            if companion.leg_id not in own:
                companions[companion.leg_id] = companion
    return records, [companions[leg_id] for leg_id in sorted(companions)]
