"""The schema registry, Confluent's API: registering schemas and fetching them by id."""

import time
import warnings
from collections.abc import Callable
from typing import TypeVar

from httpx import HTTPError

with warnings.catch_warnings():
    # authlib, which the client imports, warns of a module that it will itself replace.
    from authlib.deprecate import AuthlibDeprecationWarning

    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError
    from confluent_kafka.schema_registry.schema_registry_client import (
        ConfigCompatibilityLevel,
        ServerConfig,
    )

from streaming.broker.errors import (
    AuthenticationFailed,
    BrokerError,
    CertificateRefused,
    NotAuthorised,
)
from streaming.cluster import RegistryAccess

UNAUTHENTICATED = 401
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
SERVER_ERROR = 500
ATTEMPTS = 6
PAUSE_SECONDS = 0.2

OPEN = RegistryAccess()

T = TypeVar("T")


class Registry:
    """The registry at `url` (its base for Confluent clients)."""

    def __init__(self, url: str, access: RegistryAccess = OPEN) -> None:
        self._url = url
        self._client = SchemaRegistryClient({"url": url, **_settings(access)})

    def register(self, subject: str, schema: str) -> int:
        """The id of this schema under the subject, made when new; FULL_TRANSITIVE from the first.

        Raises BrokerError when the change is incompatible (with the registry's list of
        differences) or the registry does not answer.
        """
        level = ServerConfig(compatibility=ConfigCompatibilityLevel.FULL_TRANSITIVE)
        try:
            # Before the schema: of two that register at the same time, the second is judged.
            _patiently(lambda: self._client.set_config(subject, level))
            registered = _patiently(
                lambda: self._client.register_schema_full_response(subject, Schema(schema, "AVRO"))
            )
        except (SchemaRegistryError, HTTPError, OSError) as error:
            raise _told(f"the registry at {self._url} refuses {subject}", error) from error
        if registered.schema_id is None:
            raise BrokerError(f"the registry gave no id for {subject}")
        return registered.schema_id

    def schema(self, schema_id: int) -> str | None:
        """The schema with this id; None when the registry has none.

        Raises BrokerError when the registry does not answer: that is no reason to give a record up.
        """
        try:
            return str(_patiently(lambda: self._client.get_schema(schema_id)).schema_str)
        except SchemaRegistryError as error:
            if error.http_status_code == NOT_FOUND:
                return None
            raise _told(f"the registry at {self._url}", error) from error
        except (HTTPError, OSError) as error:
            raise _told(f"the registry at {self._url} does not answer", error) from error


def _told(what: str, error: Exception) -> BrokerError:
    """The error that says what to mend, where it is known."""
    status = error.http_status_code if isinstance(error, SchemaRegistryError) else None
    if status == UNAUTHENTICATED:
        mend = "check KNOCKON_SCHEMA_REGISTRY_USERNAME and KNOCKON_SCHEMA_REGISTRY_PASSWORD"
        return AuthenticationFailed(f"{what} (401): {mend}")
    if status == FORBIDDEN:
        return NotAuthorised(f"{what} (403): give our user the right to it: {error}")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return CertificateRefused(f"{what}: {error}: check KNOCKON_SCHEMA_REGISTRY_TLS_CA")
    return BrokerError(f"{what}: {error}")


def _settings(access: RegistryAccess) -> dict[str, str]:
    said = {}
    if access.username is not None and access.password is not None:
        said["basic.auth.user.info"] = f"{access.username}:{access.password.get_secret_value()}"
    if access.ca is not None:
        said["ssl.ca.location"] = str(access.ca)
    return said


def _patiently(ask: Callable[[], T]) -> T:
    """Ask again while the registry fails inside: after a crash of its database every pooled
    connection of the registry fails once before it is replaced. Also when somebody else has just
    made what we asked for: of two that set a subject's level at the same time one hears of it."""
    for attempt in range(1, ATTEMPTS):
        try:
            return ask()
        except SchemaRegistryError as error:
            made = error.http_status_code == CONFLICT and "already exists" in str(error)
            if error.http_status_code < SERVER_ERROR and not made:
                raise
            time.sleep(PAUSE_SECONDS * attempt)
    return ask()
