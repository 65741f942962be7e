"""Broken worlds of Kafka."""


class BrokerError(Exception):
    """Kafka cannot be reached or refuses; the message says what to do."""


class DeliveryFailed(BrokerError):
    """A message was not acknowledged; it may or may not be in the topic."""


class RecordsGone(BrokerError):
    """Records were removed before they were read: retention was shorter than the outage."""


class AuthenticationFailed(BrokerError):
    """The cluster, or the identity provider before it, does not take our credentials."""


class NotAuthorised(BrokerError):
    """We are known, and lack a right; the message names operation and resource."""


class CertificateRefused(BrokerError):
    """We do not trust the broker's certificate, or it does not take ours."""
