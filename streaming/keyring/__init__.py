"""A data key per passenger, wrapped by a master key; the one door to personal plaintext."""

from streaming.keyring.errors import KeyringError
from streaming.keyring.keyring import Destroyed, Keyring
from streaming.keyring.master import MasterKey

__all__ = ["Destroyed", "Keyring", "KeyringError", "MasterKey"]
