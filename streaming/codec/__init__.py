"""Events to bytes and back: Confluent's wire format, Avro, validated by the event models."""

from streaming.codec.codec import LARGEST_BYTES, Codec, Decoded, Rejected, Schemas

__all__ = ["LARGEST_BYTES", "Codec", "Decoded", "Rejected", "Schemas"]
