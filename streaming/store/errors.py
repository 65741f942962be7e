"""Broken worlds of the store."""


class StoreError(Exception):
    """PostgreSQL cannot be used as asked; the message says what to do."""


class UnknownLog(LookupError):
    """No log of that name is registered: nothing has been landed or derived there yet."""


class Refused(Exception):
    """PostgreSQL does not take a row for what is in it; the message quotes no value of the row."""


class LandedTwice(Exception):
    """A record that is to be landed is there already: the fence is broken, nobody may go on."""


class Lost(StoreError):
    """Somebody else owns this partition now (fence), or has moved its mark (compare-and-set)."""
