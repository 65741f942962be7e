"""What cannot be explained."""


class CannotExplain(Exception):
    """No letter was written; the message says why, and what to do."""
