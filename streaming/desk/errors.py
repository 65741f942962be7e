"""What the desk refuses; each says what to do."""


class DeskError(Exception):
    """Nothing was written."""


class UnknownClaim(DeskError):
    """No obligation, or several, are named so."""

    def __init__(self, key: object) -> None:
        super().__init__(f"no single obligation is {key}: `knockon claims list` shows some")


class Behind(DeskError):
    """The books have not read the newest assessment of the claim."""

    def __init__(self, key: object) -> None:
        super().__init__(
            f"the newest assessment of {key} is not booked yet: try again in a few seconds"
        )


class RefusedByBooks(DeskError):
    """The books do not have what the event would move."""


class BadFile(DeskError):
    """A file that is neither a pain.002 nor a camt.054, or no details of an account."""


class StillWaiting(DeskError):
    """A period cannot be closed while something of it may still be on its way."""

    def __init__(self, name: str, what: list[str]) -> None:
        super().__init__(
            f"period {name} stays open: {', '.join(what)}; it is worked off by itself, "
            "see `knockon status`, then close again"
        )
