"""Events to bytes and back: Confluent's wire format, Avro, validated by the event models."""

from streaming.codec.codec import Codec, Decoded, Rejected, Schemas

__all__ = ["Codec", "Decoded", "Rejected", "Schemas"]
