"""What errors of Kafka and of the schema registry mean."""

from confluent_kafka import KafkaError, KafkaException

from streaming.broker.errors import AuthenticationFailed, CertificateRefused, NotAuthorised

_CODES = {
    "timeout": (
        KafkaError._TIMED_OUT, KafkaError._MSG_TIMED_OUT, KafkaError._TIMED_OUT_QUEUE,
        KafkaError.REQUEST_TIMED_OUT,
    ),
    "authentication": (
        KafkaError._AUTHENTICATION, KafkaError._SSL, KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.UNSUPPORTED_SASL_MECHANISM, KafkaError.ILLEGAL_SASL_STATE,
    ),
    "authorisation": (
        KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    ),
    "exhaustion": (
        KafkaError._QUEUE_FULL, KafkaError.KAFKA_STORAGE_ERROR,
        KafkaError.THROTTLING_QUOTA_EXCEEDED,
    ),
    "validation": (
        KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_MSG, KafkaError.INVALID_MSG_SIZE,
        KafkaError.INVALID_RECORD, KafkaError.RECORD_LIST_TOO_LARGE,
    ),
    "network": (
        KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE,
        KafkaError.BROKER_NOT_AVAILABLE, KafkaError.NETWORK_EXCEPTION,
        KafkaError.LEADER_NOT_AVAILABLE, KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.COORDINATOR_NOT_AVAILABLE, KafkaError.NOT_COORDINATOR,
    ),
}  # fmt: skip
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes}
_STATUS = {
    401: "authentication", 403: "authorisation", 408: "timeout", 409: "validation",
    422: "validation", 429: "exhaustion", 504: "timeout", 507: "exhaustion",
}  # fmt: skip
SERVER_ERROR = 500


def kind_of(error: BaseException) -> str | None:
    """The type as streaming.failures names it; None when it is neither's error."""
    # Of the registry's client; to import its error here would bring in its HTTP library.
    status = getattr(error, "http_status_code", None)
    if isinstance(status, int):
        return _STATUS.get(status, "network" if status >= SERVER_ERROR else "processing")
    if isinstance(error, (AuthenticationFailed, CertificateRefused)):
        return "authentication"
    if isinstance(error, NotAuthorised):
        return "authorisation"
    if not isinstance(error, KafkaException):
        return None
    told = error.args[0]
    return _KINDS.get(told.code(), "network" if told.retriable() else "processing")
