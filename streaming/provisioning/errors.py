"""Why a topic is not grown."""


class GrowthRefused(Exception):
    """It would lose data or order; the message says the way round. Nothing was done."""


class NotDrained(Exception):
    """Somebody has not read the topic to its end; it is as it was."""
