"""Expected troubles with dead letters; each message says what to do."""


class DeadLetterError(Exception):
    """What was asked cannot be done."""


class Sealed(DeadLetterError):
    """The bytes are sealed, and there is no key at hand to open them."""
