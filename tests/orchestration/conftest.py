"""A Dagster instance as the stack writes it, on PostgreSQL."""

from pathlib import Path

import pytest

from orchestration.stack.dagster import HOME, STORAGE_VARIABLE
from streaming.store.database import connect


@pytest.fixture
def dagster_home(tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DAGSTER_HOME of an instance in a schema of the test's own database."""
    with connect(migrated_url, "test", autocommit=True) as owner:
        owner.execute("create schema dagster")
    (tmp_path / "dagster.yaml").write_text(HOME)
    address = migrated_url.partition("://")[2]
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv(
        STORAGE_VARIABLE, f"postgresql+psycopg2://{address}?options=-csearch_path%3Ddagster"
    )
    return tmp_path
