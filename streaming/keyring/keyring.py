"""Sealing for everybody, opening through one door that writes down who asked and why."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.events import PersonalData
from domain.events.passenger import SEALED_FORMAT
from streaming.keyring.errors import KeyringError
from streaming.keyring.master import KEY_BYTES, NONCE_BYTES, MasterKey
from streaming.store import keyring as stored
from streaming.store.database import Connection


@dataclass(frozen=True, slots=True)
class Destroyed:
    """The key is gone, and with it what was sealed: the subject was erased."""

    subject: UUID


class Keyring:
    """Opens a short session of role knockon_keyring for each call, committed before it returns.

    So a key is kept before anything sealed with it can be: an unused key does no harm, a sealed
    record without its key would be lost.
    """

    def __init__(self, connect: Callable[[], Connection], master: MasterKey) -> None:
        self._connect = connect
        self._master = master

    def passenger_ref(self, *identity: str) -> UUID:
        """The keyed pseudonym of a passenger."""
        return self._master.pseudonym(*identity)

    def seal(self, people: Mapping[UUID, PersonalData]) -> dict[UUID, bytes]:
        """Seal each person's data under that passenger's key, making missing keys first.

        Raises KeyringError for an erased passenger: nothing may be sealed for them again.
        """
        plain = {ref: person.model_dump_json().encode() for ref, person in people.items()}
        return self._seal("passenger", plain)

    def seal_dead_letters(self, payloads: Mapping[UUID, bytes]) -> dict[UUID, bytes]:
        """Seal unreadable records, each under a key of its own: nobody knows whose they are."""
        return self._seal("dead_letter", payloads)

    def seal_more(self, said: Sequence[tuple[UUID, bytes]]) -> list[bytes | None]:
        """Seal more of what is said of passengers, each under that passenger's key.

        None in the place of what is said of an erased passenger: it must not be kept.
        """
        if not said:
            return []
        keys = self._keys("passenger", list({ref for ref, _ in said}), but_erased=True)
        return [_encrypt(keys[ref], ref, text) if ref in keys else None for ref, text in said]

    def open_more(
        self, sealed: Sequence[tuple[UUID, bytes]], *, actor: str, purpose: str
    ) -> list[bytes | Destroyed]:
        """The same door for what `seal_more` sealed, in its order; somebody may be there twice."""
        keys = self._grant([ref for ref, _ in sealed], actor, purpose)
        return [_opened(keys.get(ref), ref, one) for ref, one in sealed]

    def open(
        self, sealed: Mapping[UUID, bytes], *, actor: str, purpose: str
    ) -> dict[UUID, PersonalData | Destroyed]:
        """The door: plaintext per passenger. Every passenger asked for is written down first."""
        return {
            ref: plain if isinstance(plain, Destroyed) else PersonalData.model_validate_json(plain)
            for ref, plain in self._open(sealed, actor, purpose).items()
        }

    def open_dead_letters(
        self, sealed: Mapping[UUID, bytes], *, actor: str, purpose: str
    ) -> dict[UUID, bytes | Destroyed]:
        """The same door for payloads or record keys of dead letters, by dead letter id."""
        return self._open(sealed, actor, purpose)

    def destroy(self, subject: UUID) -> bool:
        """Erase a subject by destroying its key; all copies become unreadable at once."""
        with self._connect() as connection:
            return stored.destroy_key(connection, subject)

    def _open(
        self, sealed: Mapping[UUID, bytes], actor: str, purpose: str
    ) -> dict[UUID, bytes | Destroyed]:
        keys = self._grant(list(sealed), actor, purpose)
        return {ref: _opened(keys.get(ref), ref, one) for ref, one in sealed.items()}

    def _grant(self, refs: Sequence[UUID], actor: str, purpose: str) -> dict[UUID, bytes]:
        """The keys that are there; that they were asked for is written down, granted or not."""
        if not actor or not purpose:
            raise KeyringError("say who asks (actor) and why (purpose)")
        with self._connect() as connection:
            found = stored.keys(connection, list(dict.fromkeys(refs)))
            wrapped = {ref: key for ref, (_, key) in found.items() if key is not None}
            stored.record_accesses(
                connection, [(ref, ref in wrapped) for ref in refs], actor, purpose
            )
        return {ref: self._master.unwrap(ref, key) for ref, key in wrapped.items()}

    def _seal(self, kind: str, plain: Mapping[UUID, bytes]) -> dict[UUID, bytes]:
        if not plain:
            return {}
        keys = self._keys(kind, list(plain))
        return {subject: _encrypt(keys[subject], subject, text) for subject, text in plain.items()}

    def _keys(
        self, kind: str, subjects: Sequence[UUID], *, but_erased: bool = False
    ) -> dict[UUID, bytes]:
        with self._connect() as connection:
            found = stored.keys(connection, subjects)
            missing = [subject for subject in subjects if subject not in found]
            if missing:
                stored.add_keys(
                    connection,
                    kind,
                    self._master.key_id,
                    {subject: self._new_key(subject) for subject in missing},
                )
                connection.commit()
                # Read back: another process may have been first, and its key is the one to use.
                found |= stored.keys(connection, missing)
        keys = {}
        for subject, (_, wrapped_key) in found.items():
            if wrapped_key is None:
                if but_erased:
                    continue
                raise KeyringError(f"{subject} was erased: nothing can be sealed for it again")
            keys[subject] = self._master.unwrap(subject, wrapped_key)
        return keys

    def _new_key(self, subject: UUID) -> bytes:
        data_key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        return self._master.wrap(subject, data_key, nonce)


def _opened(key: bytes | None, subject: UUID, sealed: bytes) -> bytes | Destroyed:
    return Destroyed(subject) if key is None else _decrypt(key, subject, sealed)


def _encrypt(key: bytes, subject: UUID, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return SEALED_FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, subject.bytes)


def _decrypt(key: bytes, subject: UUID, sealed: bytes) -> bytes:
    if sealed[:1] != SEALED_FORMAT:
        raise KeyringError(f"what is sealed for {subject} has an unknown format")
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, subject.bytes)
    except InvalidTag as error:
        raise KeyringError(f"what is sealed for {subject} was changed, or is not theirs") from error
