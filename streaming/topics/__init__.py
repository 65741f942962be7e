"""The topics as data: what travels on each, how it is kept, whose it is; no Kafka client here."""

from streaming.topics.declared import LANDING, LARGEST_LETTER_BYTES, RELAYED, TOPICS
from streaming.topics.topic import Topic

__all__ = ["LANDING", "LARGEST_LETTER_BYTES", "RELAYED", "TOPICS", "Topic"]
