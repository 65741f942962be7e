"""Settings: environment first, then what the stack wrote down; passwords are derived."""

import json
from pathlib import Path

import pytest

from streaming.errors import SettingsError
from streaming.settings import GivenSettings, Settings, role_password

PLAIN = ["DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL", "MLFLOW_TRACKING_URI"]


@pytest.fixture
def state_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in PLAIN:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"KNOCKON_{name}", raising=False)
    monkeypatch.setenv("KNOCKON_STATE_DIR", str(tmp_path))
    written = {
        "database_url": "postgresql://127.0.0.1:5001/knockon",
        "kafka_bootstrap_servers": "127.0.0.1:5002",
    }
    (tmp_path / "endpoints.json").write_text(json.dumps({"settings": written}))
    (tmp_path / "secrets.json").write_text(json.dumps({"settings": {"role_secret": "s3cret"}}))
    return tmp_path


def test_what_the_stack_wrote_is_found_without_any_environment(state_dir: Path) -> None:
    settings = Settings()
    assert settings.kafka_bootstrap_servers == "127.0.0.1:5002"
    password = role_password("s3cret", "knockon_lander")
    assert settings.database_url_for("knockon_lander") == (
        f"postgresql://knockon_lander:{password}@127.0.0.1:5001/knockon"
    )
    assert settings.owner_database_url().startswith("postgresql://knockon_owner:")


def test_the_environment_wins_over_what_was_written(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka.plain:9092")
    assert Settings().kafka_bootstrap_servers == "kafka.plain:9092"
    monkeypatch.setenv("KNOCKON_KAFKA_BOOTSTRAP_SERVERS", "kafka.prefixed:9092")
    assert Settings().kafka_bootstrap_servers == "kafka.prefixed:9092"


def test_given_settings_ignore_what_was_written(state_dir: Path) -> None:
    assert GivenSettings().kafka_bootstrap_servers is None
    assert GivenSettings().role_secret is None


def test_a_url_that_names_the_role_is_handed_on(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://knockon_lander:given@db:5432/knockon?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", url)
    assert Settings().database_url_for("knockon_lander") == url
    assert Settings().database_url_for("knockon_relay").endswith("@db:5432/knockon?sslmode=require")


def test_a_worker_opens_its_own_roles_only(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOCKON_READ_SECRETS", "false")
    monkeypatch.setenv("KNOCKON_ROLE_PASSWORDS", json.dumps({"knockon_keyring": "k/ey"}))
    assert ":k%2Fey@" in Settings().database_url_for("knockon_keyring")
    with pytest.raises(SettingsError, match="knockon_owner"):
        Settings().database_url_for("knockon_owner")


def test_secrets_are_not_shown(state_dir: Path) -> None:
    assert "s3cret" not in repr(Settings())


def test_a_broken_file_says_what_to_do(state_dir: Path) -> None:
    (state_dir / "endpoints.json").write_text("{")
    with pytest.raises(SettingsError, match="knockon down"):
        Settings()


def test_no_database_says_what_to_do(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (state_dir / "endpoints.json").unlink()
    with pytest.raises(SettingsError, match="knockon up"):
        Settings().database_url_for("knockon_lander")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"security_protocol": "SASL_SSL"}, "needs KNOCKON_KAFKA_SASL_MECHANISM"),
        ({"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN"}, "PLAIN needs KNOCKON_KAFKA"),
        (
            {"security_protocol": "SASL_SSL", "sasl_mechanism": "OAUTHBEARER"},
            "needs KNOCKON_KAFKA_OAUTH_TOKEN_URL",
        ),
        ({"sasl_password": "s3cret"}, "KNOCKON_KAFKA_SASL_PASSWORD needs .*=SASL_SSL"),
        (
            {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN", "tls_ca": "ca.pem"},
            "KNOCKON_KAFKA_TLS_CA needs .*=SSL",
        ),
        ({"security_protocol": "SSL", "tls_certificate": "c.pem"}, "TLS_KEY go together"),
    ],
)
def test_settings_of_kafka_that_do_not_agree_say_so(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], told: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"KNOCKON_KAFKA_{name.upper()}", value)
    with pytest.raises(SettingsError, match=told) as raised:
        Settings().cluster()
    assert "s3cret" not in str(raised.value)


def test_a_process_without_secrets_does_not_read_kafkas_password(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoints = state_dir / "endpoints.json"
    written = json.loads(endpoints.read_text())
    written["settings"] |= {
        "kafka_security_protocol": "SASL_SSL",
        "kafka_sasl_mechanism": "PLAIN",
        "kafka_sasl_username": "worker",
        "kafka_tls_ca": "/etc/ca.pem",
    }
    endpoints.write_text(json.dumps(written | {"secrets": {"kafka_sasl_password": "s3cret"}}))
    cluster = Settings().cluster()
    assert (cluster.protocol, cluster.mechanism) == ("SASL_SSL", "PLAIN")
    assert "s3cret" not in repr(cluster)

    monkeypatch.setenv("KNOCKON_READ_SECRETS", "false")
    with pytest.raises(SettingsError, match="KNOCKON_KAFKA_SASL_PASSWORD"):
        Settings().cluster()
