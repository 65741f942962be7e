"""Joins irregular legs over active knock-on links into trees, each with one root leg."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.disruptions.legs import Leg


@dataclass(frozen=True, slots=True)
class Link:
    """The last word of the detector on one pair of legs: does `from` make `to` late?

    Event time orders findings, then `sequence`, since a restatement adds to the past; of several
    active links to one leg the last one holds, since an aircraft comes from one leg only.
    """

    finding_id: UUID
    sequence: int
    from_leg_id: UUID
    to_leg_id: UUID
    active: bool
    knock_on_minutes: int
    detected_at: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class Tree:
    """One root, then the legs it knocks on by departure; `links` are those inside the tree."""

    legs: tuple[Leg, ...]
    links: tuple[Link, ...]

    @property
    def root(self) -> Leg:
        return self.legs[0]


def correlate(legs: Mapping[UUID, Leg], links: Iterable[Link]) -> list[Tree]:
    """The trees of all irregular legs, ordered by root leg id.

    An irregular leg always belongs to a tree. A leg that is not (yet) irregular belongs to one
    only while it can still be hit: not departed, and actively linked from a member. A link whose
    first leg is no member makes no chain, nor does one that runs against the schedule.
    """
    inbound: dict[UUID, Link] = {}
    for link in sorted(links, key=lambda one: (one.detected_at, one.sequence)):
        if link.active and _forward(legs, link):
            inbound[link.to_leg_id] = link
    roots = {leg_id: _root(leg_id, legs, inbound) for leg_id in sorted(legs)}
    members: dict[UUID, list[UUID]] = {}
    for leg_id, root in roots.items():
        if root is not None:
            members.setdefault(root, []).append(leg_id)
    return [_tree(root, found, legs, inbound) for root, found in sorted(members.items())]


def _forward(legs: Mapping[UUID, Leg], link: Link) -> bool:
    first, second = legs.get(link.from_leg_id), legs.get(link.to_leg_id)
    if first is None or second is None or first.sobt is None or second.sobt is None:
        return False
    return first.sobt < second.sobt


def _root(leg_id: UUID, legs: Mapping[UUID, Leg], inbound: Mapping[UUID, Link]) -> UUID | None:
    """The first leg of the chain that ends here; None if the leg belongs to no tree.

    Links run forward in time, so the walk ends.
    """
    leg, root = legs[leg_id], leg_id if legs[leg_id].irregularity else None
    while leg.irregularity or not leg.departed:
        link = inbound.get(leg.leg_id)
        if link is None:
            break
        leg = legs[link.from_leg_id]
        if leg.irregularity:
            root = leg.leg_id
    return root


def _tree(
    root: UUID, found: list[UUID], legs: Mapping[UUID, Leg], inbound: Mapping[UUID, Link]
) -> Tree:
    rest = sorted((legs[i] for i in found if i != root), key=lambda leg: (leg.sobt, leg.leg_id))
    inside = set(found)
    links = (inbound[leg.leg_id] for leg in rest if leg.leg_id in inbound)
    return Tree(
        legs=(legs[root], *rest),
        links=tuple(link for link in links if link.from_leg_id in inside),
    )
