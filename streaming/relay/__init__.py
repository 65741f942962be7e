"""Publishes the outbox on Kafka, each entry once and in order, whatever kills the process."""

from streaming.relay.relay import SEQUENCE, Relay

__all__ = ["SEQUENCE", "Relay"]
