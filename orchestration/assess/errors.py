"""What can be wrong with a whole file of cases; a single bad row is reported, not raised."""


class CasesUnreadable(Exception):
    """The input as a whole cannot be read; the message says why and what to do."""
