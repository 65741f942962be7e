"""A Kafka cluster and a schema registry as values: where each is, and how we prove who we are.

What a server's certificate is checked for cannot be left out: there is no setting that would.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

PasswordMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]
Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]


@dataclass(frozen=True, slots=True)
class Password:
    """A user known to the cluster."""

    mechanism: PasswordMechanism
    username: str
    password: SecretStr


@dataclass(frozen=True, slots=True)
class OAuth:
    """A client of an identity provider, whose tokens the cluster accepts (client credentials)."""

    token_url: str
    client_id: str
    client_secret: SecretStr
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Tls:
    """PEM files: whom we trust (the system's authorities when None), and who we are if asked."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    key_password: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster at `bootstrap_servers` (host:port, ...), and how we get in."""

    bootstrap_servers: str
    tls: Tls | None = None
    login: Password | OAuth | None = None

    @property
    def protocol(self) -> Protocol:
        """Kafka's name for the two together."""
        if self.login is None:
            return "PLAINTEXT" if self.tls is None else "SSL"
        return "SASL_PLAINTEXT" if self.tls is None else "SASL_SSL"

    @property
    def mechanism(self) -> Mechanism | None:
        """How we log in; None where we do not."""
        if self.login is None:
            return None
        return "OAUTHBEARER" if isinstance(self.login, OAuth) else self.login.mechanism


@dataclass(frozen=True, slots=True)
class RegistryAccess:
    """What a schema registry asks of us, and whom we trust; nothing unless it is said."""

    username: str | None = None
    password: SecretStr | None = None
    ca: Path | None = None
