"""Broken worlds of the store."""


class StoreError(Exception):
    """PostgreSQL cannot be used as asked; the message says what to do."""


class UnknownLog(LookupError):
    """No log of that name is registered: nothing has been landed or derived there yet."""


class Lost(StoreError):
    """Somebody else owns this partition now (fence), or has moved its mark (compare-and-set)."""
