"""The settings of the whole platform: environment first, then what `knockon up` wrote down.

Built only at entry points. `knockon up` leaves addresses in `<state_dir>/endpoints.json` and
secrets in `<state_dir>/secrets.json` (mode 0600), so that a command started beside the stack
needs no environment at all; a worker gets its addresses and its few passwords by environment.
"""

import hmac
import json
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from streaming.access import AccessSettings, plain
from streaming.errors import SettingsError

OWNER = "knockon_owner"
"""The database role that owns and migrates the platform's schemas."""


def role_password(role_secret: str, role: str) -> str:
    """The password of a database role: HMAC-SHA256 under the role secret, as 64 hex digits.

    Derived rather than stored, so that no table or file of passwords has to be kept in step.
    """
    return hmac.new(role_secret.encode(), role.encode(), "sha256").hexdigest()


def project_root() -> Path:
    """The checkout when the code runs from one, else the working directory."""
    checkout = Path(__file__).resolve().parents[1]
    return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()


class _StateDirectory(PydanticBaseSettingsSource):
    """Reads what the stack wrote into the state directory that the sources before name."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        named = self.current_state.get("state_dir")
        directory = absolute(named) if named else project_root() / ".knockon"
        endpoints = directory / "endpoints.json"
        found = _settings_in(endpoints)
        if str(self.current_state.get("read_secrets", "true")).lower() not in ("false", "0", "no"):
            found |= _settings_in(endpoints, "secrets") | _settings_in(directory / "secrets.json")
        return found


def _settings_in(path: Path, part: str = "settings") -> dict[str, Any]:
    try:
        written = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"cannot read {path} ({error}): run `knockon down`, delete it and run `knockon up`"
        ) from error
    return dict(written.get(part, {}))


def absolute(path: str | Path) -> Path:
    """A path of the settings; a relative one counts from the checkout."""
    return (project_root() / Path(path).expanduser()).absolute()


class Settings(AccessSettings):
    """Where the platform runs and what it may open; see docs/settings.md for the reference."""

    model_config = SettingsConfigDict(
        env_prefix="KNOCKON_",
        frozen=True,
        populate_by_name=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    state_dir: Path = Field(
        Path(".knockon"), description="Data, logs and secrets of one embedded stack."
    )
    engines_dir: Path = Field(
        Path(".engines"), description="Where the jars of Kafka and the registry are kept."
    )
    database_url: str | None = Field(
        None,
        validation_alias=plain("DATABASE_URL"),
        description="PostgreSQL. When set in the environment, no embedded server is started.",
    )
    mlflow_tracking_uri: str | None = Field(
        None, validation_alias=plain("MLFLOW_TRACKING_URI"), description="The MLflow server."
    )
    dagster_home: Path | None = Field(
        None, validation_alias=plain("DAGSTER_HOME"), description="Where dagster.yaml lies."
    )
    dagster_url: str | None = Field(None, description="Address of the Dagster web server.")
    master_key: SecretStr | None = Field(
        None, description="32 bytes in base64: wraps every passenger's data key."
    )
    role_secret: SecretStr | None = Field(
        None, description="The secret from which the passwords of the database roles are derived."
    )
    role_passwords: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="JSON, role to password: for a process that may open these roles only.",
    )
    read_secrets: bool = Field(
        True, description="Whether secrets in <state_dir> are read; workers are started without."
    )
    maven_repository: str | None = Field(
        None, description="A Maven repository or mirror to fetch the engines from."
    )
    ports: dict[str, int] = Field(
        default_factory=dict,
        description="JSON, component to port: pins a port that would else be chosen.",
    )
    heartbeat_file: Path | None = Field(
        None, description="A worker touches this file while it makes progress."
    )
    landers: int = Field(
        1, ge=1, le=64, description="How many lander processes share the partitions of each topic."
    )
    lander: int = Field(
        1, ge=1, le=64, description="Which of them this process is, from 1; the stack sets it."
    )
    landed_days: int | None = Field(
        None,
        ge=8,
        description="How many days of landed records stay attached to their tables; all without."
        " Older ones are detached into schema landed_days, never deleted.",
    )
    dead_letter_budget: Annotated[float, Field(gt=0, le=1)] | Literal["off"] = Field(
        0.5,
        description="Share of a topic's recent records that may become dead letters before it is"
        " not landed any further; or off.",
    )
    dead_letter_window: int = Field(
        1_000, ge=1, description="How many recent records of a topic that share is of, at least."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level of log lines that are written."
    )

    @field_validator(
        "state_dir", "engines_dir",
        "kafka_tls_ca", "kafka_tls_certificate", "kafka_tls_key", "schema_registry_tls_ca",
    )  # fmt: skip
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else absolute(value)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _StateDirectory(settings_cls)

    def database_url_for(self, role: str) -> str:
        """The database under `role`, password included.

        The password is the one given for this role, else derived from the role secret. The URL
        is handed on as it is when it already names the role together with a password.
        """
        if self.database_url is None:
            raise SettingsError(
                "no database is known: run `knockon up`, or set DATABASE_URL to your PostgreSQL"
            )
        scheme, _, rest = self.database_url.partition("://")
        userinfo, at, address = rest.rpartition("@")
        user, colon, _ = userinfo.partition(":")
        if at and colon and user == role:
            return self.database_url
        if role in self.role_passwords:
            password = self.role_passwords[role].get_secret_value()
        elif self.role_secret is not None:
            password = role_password(self.role_secret.get_secret_value(), role)
        else:
            raise SettingsError(
                f"this process has no password for the database role {role}:"
                " set KNOCKON_ROLE_SECRET, or KNOCKON_ROLE_PASSWORDS for this role alone"
            )
        return f"{scheme}://{role}:{quote(password, safe='')}@{address}"

    def owner_database_url(self) -> str:
        """The database under its owner: the given URL when it names a user, else knockon_owner."""
        if self.database_url is not None and "@" in self.database_url:
            return self.database_url
        return self.database_url_for(OWNER)


class GivenSettings(Settings):
    """The settings that arguments and environment give, without what an earlier start wrote."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings
