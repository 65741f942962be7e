"""Made-up people for a scenario: seeded, so that the same day has the same passengers."""

# ruff: noqa: E501 (a table reads best with one row a line)

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from domain.events import PersonalData
from domain.identity import name_uuid
from streaming.keyring import Keyring
from streaming.simulator.scenarios.script import Travellers

GIVEN = ("Aldwyn", "Bronagh", "Calanthe", "Dervorgil", "Eluned", "Fearghal", "Gwenllian", "Hamnett",
         "Isambard", "Jocasta", "Kerensa", "Lysander", "Morwenna", "Nerissa", "Osgood", "Peregrin")  # fmt: skip
FAMILY = ("Ashgrove-Penn", "Bellwhistle", "Crumbleholme", "Dunderdale", "Entwhistleby", "Featherstonehay",
          "Gathercoal", "Higginbothame", "Inglesparrow", "Jellicoeur", "Kettlethorpe", "Larkspurre",
          "Micklethwaiter", "Netherclift", "Oglethorne", "Pennyfeathers", "Quartermayne", "Ravenscroften")  # fmt: skip
ASSISTANCE = ("WCHR", "WCHS", "BLND", "DEAF", "UMNR")


@dataclass(frozen=True, slots=True)
class Booked:
    """One passenger with a journey: who it is, only sealed."""

    group: Travellers
    passenger_ref: UUID
    journey_id: UUID
    sealed: bytes
    passenger_type: str


def manifest(groups: Sequence[Travellers], day: str, seed: int, keyring: Keyring) -> list[Booked]:
    """Invent the passengers of all groups and seal them, each under a key of their own."""
    random = Random(seed)  # noqa: S311 (a story, not a secret)
    people: dict[UUID, PersonalData] = {}
    found: list[tuple[Travellers, UUID, UUID, str]] = []
    for group in groups:
        for number in range(group.count):
            person = _person(random, len(found))
            locator = f"{group.name}/{number // 2}"  # they travel in pairs
            ref = keyring.passenger_ref(day, locator, str(person.document_number))
            people[ref] = person
            journey = name_uuid("journey", day, locator)
            found.append((group, ref, journey, "child" if random.random() < 0.08 else "adult"))
    sealed = keyring.seal(people)
    return [Booked(group, ref, journey, sealed[ref], kind) for group, ref, journey, kind in found]


def _person(random: Random, number: int) -> PersonalData:
    given, family = random.choice(GIVEN), random.choice(FAMILY)
    return PersonalData(
        given_name=given,
        family_name=family,
        email=f"{given}.{family}.{number}@passenger.example".lower(),
        phone=f"+44770090{number:04d}",
        document_number=f"KN{random.randrange(10**7):07d}",
        special_assistance=(random.choice(ASSISTANCE),) if random.random() < 0.03 else (),
    )
