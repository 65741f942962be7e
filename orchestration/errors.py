"""What commands cannot do, whichever they are."""


class ResultUnwritable(Exception):
    """The result cannot be written where it was asked for."""
