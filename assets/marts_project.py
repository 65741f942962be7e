"""The dbt project: where it lies, what dbt needs to run it, its manifest and its documentation.

Everything that dbt writes goes to `<state_dir>/dbt`, so that a checkout stays as it is.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit

from streaming.settings import Settings, project_root

ROLE = "knockon_dbt"
PROJECT = project_root() / "dbt_project"
DBT = Path(sys.executable).with_name("dbt")
DOCS = "static_index.html"
_NOWHERE = {
    "KNOCKON_DBT_HOST": "127.0.0.1",
    "KNOCKON_DBT_PORT": "1",
    "KNOCKON_DBT_DBNAME": "none",
    "KNOCKON_DBT_PASSWORD": "",
}
"""Parsing connects to nothing, but the profile must be whole."""


class MartsError(Exception):
    """dbt did not succeed; the message ends with what it said."""


def target(settings: Settings) -> Path:
    """Where manifest, run results and documentation lie."""
    return settings.state_dir / "dbt" / "target"


def environment(settings: Settings) -> dict[str, str]:
    """The variables under which dbt runs on the stack that the settings name.

    Raises SettingsError when no database, or no password of role knockon_dbt, is known.
    """
    url = urlsplit(settings.database_url_for(ROLE))
    return _places(settings) | {
        "KNOCKON_DBT_HOST": url.hostname or "127.0.0.1",
        "KNOCKON_DBT_PORT": str(url.port or 5432),
        "KNOCKON_DBT_DBNAME": unquote(url.path.removeprefix("/")),
        "KNOCKON_DBT_PASSWORD": unquote(url.password or ""),
    }


def manifest(settings: Settings) -> Path:
    """The project's manifest, parsed anew when the project or dbt has changed."""
    path = target(settings) / "manifest.json"
    stamp = path.with_name("parsed.sha256")
    digest = _digest()
    if not (path.is_file() and stamp.is_file() and stamp.read_text() == digest):
        run(["parse"], _places(settings) | _NOWHERE)
        stamp.write_text(digest)
    return path


def write_docs(settings: Settings) -> Path:
    """The documentation as one static page, lineage graph included; returns its path."""
    run(["docs", "generate", "--static"], environment(settings))
    return target(settings) / DOCS


def run(arguments: Sequence[str], variables: Mapping[str, str]) -> str:
    """Run dbt and return what it said. Raises MartsError when it fails."""
    done = subprocess.run(
        [str(DBT), *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr)[-3000:].strip()
        raise MartsError(f"dbt {' '.join(arguments)} failed:\n{said}")
    return done.stdout


def _places(settings: Settings) -> dict[str, str]:
    return {
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_TARGET_PATH": str(target(settings)),
        "DBT_LOG_PATH": str(settings.state_dir / "dbt" / "logs"),
    }


def _digest() -> str:
    files = sorted(path for path in PROJECT.rglob("*") if path.suffix in (".sql", ".yml"))
    told = hashlib.sha256(version("dbt-core").encode())
    for path in files:
        told.update(str(path.relative_to(PROJECT)).encode() + b"\0" + path.read_bytes())
    return told.hexdigest()
