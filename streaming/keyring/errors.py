"""Broken worlds of the keyring; messages never hold plaintext or keys."""


class KeyringError(Exception):
    """A key cannot be had or does not fit; the message says what to do."""
