"""The master key: wraps data keys and derives the key of pseudonyms; comes from the environment."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from streaming.keyring.errors import KeyringError

KEY_BYTES = 32
NONCE_BYTES = 12


class MasterKey:
    """256 bits from which every other key follows, or under which it rests.

    `key_id` names the key without telling it, so that a rotated key is recognised.
    """

    def __init__(self, encoded: str) -> None:
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyringError(
                f"KNOCKON_MASTER_KEY is not {KEY_BYTES} bytes in base64:"
                " make one with `openssl rand -base64 32`, and keep it"
            )
        self._wrapping = AESGCM(_derive(key, b"knockon data key wrapping"))
        self._pseudonyms = _derive(key, b"knockon pseudonyms")
        self.key_id = hashlib.sha256(b"knockon key id" + key).hexdigest()[:16]

    def wrap(self, subject: UUID, data_key: bytes, nonce: bytes) -> bytes:
        """The data key sealed to its subject: nonce and AES-256-GCM ciphertext."""
        return nonce + self._wrapping.encrypt(nonce, data_key, subject.bytes)

    def unwrap(self, subject: UUID, wrapped: bytes) -> bytes:
        """Raises KeyringError when it was wrapped by another master key or for another subject."""
        nonce, ciphertext = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self._wrapping.decrypt(nonce, ciphertext, subject.bytes)
        except InvalidTag as error:
            raise KeyringError(
                f"the data key of {subject} was wrapped by another master key:"
                " set KNOCKON_MASTER_KEY to the one it was made with"
            ) from error

    def pseudonym(self, *identity: str) -> UUID:
        """The passenger_ref of a natural identity (booking reference, names ...).

        HMAC-SHA256 (RFC 2104) under a derived key, cut to a UUID: the same passenger has the same
        reference, and nobody without the key can test a guess.
        """
        message = b"".join(len(part).to_bytes(4) + part for part in (t.encode() for t in identity))
        digest = hmac.new(self._pseudonyms, message, "sha256").digest()
        return UUID(bytes=digest[:16], version=4)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(key)
