"""The settings by which Kafka and the schema registry are reached, and what they make together."""

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings

from streaming.cluster import (
    Cluster,
    Mechanism,
    OAuth,
    Password,
    PasswordMechanism,
    Protocol,
    RegistryAccess,
    Tls,
)
from streaming.errors import SettingsError


def plain(name: str) -> AliasChoices:
    """A setting that other tools know too: `KNOCKON_X` wins over the plain `X`."""
    return AliasChoices(f"KNOCKON_{name}", name)


class AccessSettings(BaseSettings):
    """Part of the settings: addresses, credentials and certificates of Kafka and the registry."""

    kafka_bootstrap_servers: str | None = Field(
        None,
        validation_alias=plain("KAFKA_BOOTSTRAP_SERVERS"),
        description="Kafka. When set in the environment, no embedded broker is started.",
    )
    kafka_security_protocol: Protocol = Field(
        "PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, as your listener's."
    )
    kafka_sasl_mechanism: Mechanism | None = Field(
        None, description="PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER, with SASL_*."
    )
    kafka_sasl_username: str | None = Field(None, description="With PLAIN and SCRAM.")
    kafka_sasl_password: SecretStr | None = Field(None, description="With PLAIN and SCRAM.")
    kafka_oauth_token_url: str | None = Field(
        None, description="With OAUTHBEARER: the identity provider's token endpoint."
    )
    kafka_oauth_client_id: str | None = Field(None, description="With OAUTHBEARER.")
    kafka_oauth_client_secret: SecretStr | None = Field(None, description="With OAUTHBEARER.")
    kafka_oauth_scope: str | None = Field(
        None, description="With OAUTHBEARER, where the provider asks for one."
    )
    kafka_tls_ca: Path | None = Field(
        None,
        description="With SSL and SASL_SSL: PEM file of the authorities that sign the brokers'"
        " certificates; the system's when left out.",
    )
    kafka_tls_certificate: Path | None = Field(
        None, description="PEM file of our own certificate, for mutual TLS."
    )
    kafka_tls_key: Path | None = Field(None, description="PEM file of its private key.")
    kafka_tls_key_password: SecretStr | None = Field(
        None, description="The password of that key, when it has one."
    )
    schema_registry_url: str | None = Field(
        None,
        validation_alias=plain("SCHEMA_REGISTRY_URL"),
        description="Confluent-compatible registry. When set, no embedded one is started.",
    )
    schema_registry_username: str | None = Field(
        None, description="When the registry asks for basic authentication."
    )
    schema_registry_password: SecretStr | None = Field(None, description="The same.")
    schema_registry_tls_ca: Path | None = Field(
        None, description="PEM file of the authority that signs its certificate, with https."
    )

    def cluster(self) -> Cluster:
        """The cluster. Raises SettingsError when none is known, or when settings do not agree."""
        if self.kafka_bootstrap_servers is None:
            raise SettingsError(
                "no Kafka is known: run `knockon up`, or set KAFKA_BOOTSTRAP_SERVERS"
            )
        return Cluster(self.kafka_bootstrap_servers, self._tls(), self._login())

    def registry_access(self) -> RegistryAccess:
        """What the registry asks of us. Raises SettingsError for half of a login."""
        if (self.schema_registry_username is None) != (self.schema_registry_password is None):
            raise SettingsError(
                "KNOCKON_SCHEMA_REGISTRY_USERNAME and KNOCKON_SCHEMA_REGISTRY_PASSWORD go together"
            )
        return RegistryAccess(
            self.schema_registry_username,
            self.schema_registry_password,
            self.schema_registry_tls_ca,
        )

    def _tls(self) -> Tls | None:
        files = ("kafka_tls_ca", "kafka_tls_certificate", "kafka_tls_key", "kafka_tls_key_password")
        if self.kafka_security_protocol not in ("SSL", "SASL_SSL"):
            self._refuse("needs KNOCKON_KAFKA_SECURITY_PROTOCOL=SSL or SASL_SSL", *files)
            return None
        if (self.kafka_tls_certificate is None) != (self.kafka_tls_key is None):
            raise SettingsError(
                "KNOCKON_KAFKA_TLS_CERTIFICATE and KNOCKON_KAFKA_TLS_KEY go together;"
                " one file may hold both"
            )
        return Tls(
            self.kafka_tls_ca,
            self.kafka_tls_certificate,
            self.kafka_tls_key,
            self.kafka_tls_key_password,
        )

    def _login(self) -> Password | OAuth | None:
        mechanism = self.kafka_sasl_mechanism
        if not self.kafka_security_protocol.startswith("SASL_"):
            # Else somebody believes to log in, and does not.
            self._refuse(
                "needs KNOCKON_KAFKA_SECURITY_PROTOCOL=SASL_SSL or SASL_PLAINTEXT",
                "kafka_sasl_mechanism", "kafka_sasl_username", "kafka_sasl_password",
                "kafka_oauth_token_url", "kafka_oauth_client_id", "kafka_oauth_client_secret",
            )  # fmt: skip
            return None
        if mechanism is None:
            raise SettingsError(
                f"KNOCKON_KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol} needs"
                f" KNOCKON_KAFKA_SASL_MECHANISM: {', '.join(get_args(Mechanism))}"
            )
        if mechanism == "OAUTHBEARER":
            url, client, secret = (
                self.kafka_oauth_token_url,
                self.kafka_oauth_client_id,
                self.kafka_oauth_client_secret,
            )
            if url is None or client is None or secret is None:
                raise SettingsError(
                    "OAUTHBEARER needs KNOCKON_KAFKA_OAUTH_TOKEN_URL,"
                    " KNOCKON_KAFKA_OAUTH_CLIENT_ID and KNOCKON_KAFKA_OAUTH_CLIENT_SECRET"
                )
            return OAuth(url, client, secret, self.kafka_oauth_scope)
        if self.kafka_sasl_username is None or self.kafka_sasl_password is None:
            raise SettingsError(
                f"{mechanism} needs KNOCKON_KAFKA_SASL_USERNAME and KNOCKON_KAFKA_SASL_PASSWORD"
            )
        by: PasswordMechanism = mechanism
        return Password(by, self.kafka_sasl_username, self.kafka_sasl_password)

    def _refuse(self, why: str, *names: str) -> None:
        for name in names:
            if getattr(self, name) is not None:
                raise SettingsError(f"{variable(name)} {why}")


def told(settings: BaseSettings, names: Iterable[str]) -> dict[str, str]:
    """Those of the settings that are set, as text; secrets in the clear."""
    found = {name: getattr(settings, name) for name in names}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in found.items()
        if value is not None
    }


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"KNOCKON_{name.upper()}"


SECRETS = tuple(
    name
    for name, field in AccessSettings.model_fields.items()
    if SecretStr in get_args(field.annotation)
)
"""Those that only a process that speaks with Kafka or the registry gets."""
