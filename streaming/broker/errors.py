"""Broken worlds of Kafka."""


class BrokerError(Exception):
    """Kafka cannot be reached or refuses; the message says what to do."""


class DeliveryFailed(BrokerError):
    """A message was not acknowledged; it may or may not be in the topic."""


class RecordsGone(BrokerError):
    """Records were removed before they were read: retention was shorter than the outage."""
