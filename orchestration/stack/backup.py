"""Backs up what the embedded stack keeps: one cold copy, for which a running stack is paused.

Cold, because rows and their offsets must be of one moment in PostgreSQL and in Kafka's log.
"""

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from packaging.version import Version

from orchestration.stack import archive
from orchestration.stack.errors import NotBackedUp, NotEnoughSpace, NotUp, Unhealthy
from orchestration.stack.lifecycle import Progress, silent
from orchestration.stack.orphans import end_orphans
from orchestration.stack.running import attach
from orchestration.stack.state import IN_PASSING, StateDirectory
from orchestration.stack.supervision import Supervisor
from streaming.settings import GivenSettings, Settings

LEFT_OUT = {
    *IN_PASSING, "endpoints.json", "dbt", "dagster/logs",
    "postgres/data/postmaster.pid", "postgres/data/postmaster.opts", "kafka/data/.lock",
    "postgres/unfinished", "postgres/password",
}  # fmt: skip
"""Logs, locks, what every start writes anew, and what can be built again (dbt's target)."""

YOURS = {
    "database_url": (
        "PostgreSQL is yours (DATABASE_URL) and not in the backup: stop the stack, then"
        ' pg_dump --format=custom --file=knockon.dump "$DATABASE_URL", and keep both together'
    ),
    "kafka_bootstrap_servers": (
        "Kafka is yours (KAFKA_BOOTSTRAP_SERVERS) and not in the backup: its log must be kept by"
        " the cluster's own means until all of it is landed"
    ),
    "schema_registry_url": (
        "the schema registry is yours (SCHEMA_REGISTRY_URL) and not in the backup: export its"
        " subjects, without their ids the records on Kafka cannot be read"
    ),
    "master_key": (
        "the master key is yours (KNOCKON_MASTER_KEY) and not in the backup: keep it as safe,"
        " without it personal data cannot be opened"
    ),
    "role_secret": (
        "the role secret is yours (KNOCKON_ROLE_SECRET) and not in the backup: keep it,"
        " without it nobody can log in to the database"
    ),
}
"""By setting: what is not ours to copy, and what to do about it."""


@dataclass(frozen=True)
class Backup:
    """What was written where, and what is not in it."""

    file: Path
    bytes: int
    manifest: archive.Manifest
    not_included: list[str]


def back_up(
    state_dir: Path,
    target: Path,
    *,
    compressed: bool = True,
    pausing: Progress = silent,
    resuming: Progress = silent,
    copying: Callable[[int, int], None] = lambda done, total: None,
) -> Backup:
    """Write the backup of a state directory to `target`; its stack ends as it was, up or down.

    `copying` hears the bytes done and their total. Raises a StackError that says what to do; there
    is no file then.
    """
    state, target = StateDirectory(state_dir.absolute()), target.absolute()
    if not state.kept():
        raise NotBackedUp(f"{state.path} keeps nothing", "set KNOCKON_STATE_DIR, or `knockon up`")
    _require_place(state, target)
    with state.held(), _at_rest(state, pausing, resuming) as given:
        paths = contents(state.path)
        total = sum(path.stat().st_size for path in paths if path.is_file())

        def manifest(entries: tuple[archive.Entry, ...]) -> archive.Manifest:
            stamp = state.path / "postgres" / "data" / "PG_VERSION"
            return archive.Manifest(
                version=max(version("knockon"), state.version() or "0", key=Version),
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                postgres=stamp.read_text().strip() if stamp.is_file() else None,
                entries=entries,
            )

        with _whole_or_not_at_all(target) as file:
            written = archive.write(
                file,
                state.path,
                paths,
                manifest,
                compressed=compressed,
                progress=lambda done: copying(done, total),
            )
    missing = [why for setting, why in YOURS.items() if getattr(given, setting) is not None]
    return Backup(target, target.stat().st_size, written, missing)


def contents(root: Path) -> list[Path]:
    """What a backup holds, each directory before what is in it."""
    found: list[Path] = []
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if _left_out(relative):
            continue
        if path.is_symlink():
            raise NotBackedUp(
                f"{path} is a symbolic link, which no backup follows",
                "move what it leads to into its place",
            )
        kind = path.stat().st_mode
        if stat.S_ISREG(kind) or stat.S_ISDIR(kind):
            found.append(path)
    return found


def _left_out(relative: Path) -> bool:
    if relative.parts[0].startswith("."):
        return True
    if relative.parts[0] == "dagster" and "compute_logs" in relative.parts:
        return True
    return any(one.as_posix() in LEFT_OUT for one in (relative, *relative.parents))


def _require_place(state: StateDirectory, target: Path) -> None:
    """Everything that can be known before the stack is stopped for it."""
    if target.exists():
        raise NotBackedUp(f"{target} exists", "choose another name, or remove it")
    if not (target.parent.is_dir() and os.access(target.parent, os.W_OK | os.X_OK)):
        raise NotBackedUp(f"cannot write to {target.parent}", "choose a directory of yours")
    if target.parent.resolve().is_relative_to(state.path.resolve()):
        raise NotBackedUp(f"{target} lies in the state directory", "keep it somewhere else")
    needed, free = size(state.path), shutil.disk_usage(target.parent).free
    if free < needed:
        raise NotEnoughSpace(
            f"{free // 10**6} MB are free for {target}, up to {needed // 10**6} are needed",
            "free some space, or write to another disk",
        )


def size(directory: Path) -> int:
    """Bytes in a directory, which somebody may be changing."""
    total = 0
    for place, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except FileNotFoundError:
                continue
    return total


@contextmanager
def _at_rest(state: StateDirectory, pausing: Progress, resuming: Progress) -> Iterator[Settings]:
    """Nothing of the stack runs meanwhile; what ran runs again afterwards. Yields what is yours."""
    supervisor = Supervisor(state.run, state.logs)
    if not supervisor.answers():
        end_orphans(supervisor.socket)
        yield GivenSettings(state_dir=state.path)
        return
    stack = attach(state.path)
    for part in stack.components.values():
        if (trouble := part.trouble()) is not None:
            raise Unhealthy(
                f"{part.name} is not healthy ({trouble})",
                "mend it (`knockon status`), or `knockon down` and back up the stopped stack",
            )
    try:
        stack.pause(pausing)
        if not supervisor.answers():
            end_orphans(supervisor.socket)
        yield stack.site.given
    finally:
        if not supervisor.answers():
            raise NotUp("the stack was stopped meanwhile", "start it with `knockon up`")
        stack.resume(resuming)


@contextmanager
def _whole_or_not_at_all(target: Path) -> Iterator[IO[bytes]]:
    """A file for its user's eyes only, which gets its name when all of it is on the disk."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
        directory = os.open(target.parent, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NotEnoughSpace(
            f"{target.parent} is full", "free some space, or write to another disk"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
