"""The one door to Kafka: topics, reading at offsets, producing, transactions; no meaning here."""

from streaming.broker.admin import Broker, TopicIdentity
from streaming.broker.consuming import Reader, last_header, read_to_end
from streaming.broker.errors import (
    AuthenticationFailed,
    BrokerError,
    CertificateRefused,
    DeliveryFailed,
    NotAuthorised,
    RecordsGone,
)
from streaming.broker.fetched import Columns, Record
from streaming.broker.messages import METADATA_SECONDS, Message
from streaming.broker.producing import Publisher
from streaming.broker.topic_admin import LARGEST, SEALED, Existing, TopicAdmin
from streaming.broker.transactional import LARGEST_BYTES, TransactionalPublisher

__all__ = [
    "LARGEST",
    "LARGEST_BYTES",
    "METADATA_SECONDS",
    "SEALED",
    "AuthenticationFailed",
    "Broker",
    "BrokerError",
    "CertificateRefused",
    "Columns",
    "DeliveryFailed",
    "Existing",
    "Message",
    "NotAuthorised",
    "Publisher",
    "Reader",
    "Record",
    "RecordsGone",
    "TopicAdmin",
    "TopicIdentity",
    "TransactionalPublisher",
    "last_header",
    "read_to_end",
]
