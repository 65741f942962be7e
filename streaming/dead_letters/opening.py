"""Gets at the bytes of dead letters; those of personal topics through the keyring's door."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from streaming.dead_letters.errors import Sealed
from streaming.headers import Headers, unpacked
from streaming.keyring import Destroyed, Keyring
from streaming.store.dead_letters import Contents


@dataclass(frozen=True, slots=True)
class Opened:
    """The record that a letter was made of."""

    dead_letter_id: UUID
    topic: str
    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Opening:
    """Opens as `actor` for `purpose`; what is not sealed needs no keyring."""

    def __init__(self, keyring: Keyring | None, *, actor: str, purpose: str) -> None:
        self._keyring = keyring
        self._actor = actor
        self._purpose = purpose

    def __call__(self, letters: Sequence[Contents]) -> list[Opened | Destroyed]:
        """The records in the order given; Destroyed where the letter's key is no more.

        Raises Sealed when there is something to open and no keyring.
        """
        sealed = [one for one in letters if one.payload_sealed]
        keys = self._open({one.dead_letter_id: one.record_key for one in sealed})
        values = self._open({one.dead_letter_id: one.payload for one in sealed})
        headers = self._open({one.dead_letter_id: one.headers for one in sealed})
        found: list[Opened | Destroyed] = []
        for one in letters:
            letter = one.dead_letter_id
            key = keys.get(letter) if one.payload_sealed else one.record_key
            value = values.get(letter) if one.payload_sealed else one.payload
            said = headers.get(letter) if one.payload_sealed else one.headers
            if isinstance(key, Destroyed) or isinstance(value, Destroyed):
                found.append(Destroyed(letter))
            elif isinstance(said, Destroyed):
                found.append(said)
            else:
                given = unpacked(said) if said else []
                found.append(Opened(letter, one.topic, one.partition, key, value, given))
        return found

    def _open(self, sealed: dict[UUID, bytes | None]) -> dict[UUID, bytes | Destroyed]:
        there = {letter: text for letter, text in sealed.items() if text is not None}
        if not there:
            return {}
        if self._keyring is None:
            raise Sealed(
                f"{len(there)} letters are sealed: set KNOCKON_MASTER_KEY, or run this beside the"
                " stack whose key it is"
            )
        return self._keyring.open_dead_letters(there, actor=self._actor, purpose=self._purpose)
