"""Puts a backup back: verified before anything is touched, and put into place when it is whole."""

import os
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from packaging.version import Version

from orchestration.stack import archive, postgres
from orchestration.stack.errors import (
    AlreadyUp,
    ArchiveRefused,
    NotEmpty,
    NotEnoughSpace,
    NotPermitted,
    OtherVersion,
)
from orchestration.stack.orphans import end_orphans
from orchestration.stack.state import (
    IN_PASSING,
    REPLACED,
    START_BYTES,
    StateDirectory,
)
from orchestration.stack.supervision import Supervisor

FRESH = ".restoring"
ARRIVING = ".arriving"
REMOVED = ".removing"

Hear = Callable[[int, int], None]


def restore(
    state_dir: Path,
    file: Path,
    *,
    replace: bool = False,
    checking: Hear = lambda done, total: None,
    copying: Hear = lambda done, total: None,
) -> archive.Manifest:
    """Make a state directory what the backup holds; `replace` allows it to hold something now.

    What it held is moved aside and removed when the backup is in its place. `checking` and
    `copying` hear bytes done and their total (0 while unknown). Raises a StackError that says
    what to do; the state directory is as it was then.
    """
    state = StateDirectory(state_dir.absolute())
    if not file.is_file():
        raise ArchiveRefused(f"{file} does not exist", "name a file that `knockon backup` wrote")
    _require_rest(state)
    manifest = archive.verify(file, lambda done: checking(done, 0))
    _require_version(file, manifest)
    try:
        state.make()
    except OSError as error:
        raise NotPermitted(
            f"cannot write to {state.path} ({error.strerror})",
            "set KNOCKON_STATE_DIR to a directory of yours",
        ) from error
    with state.held():
        _require_rest(state)
        _roll_back(state.path)
        if state.kept() and not replace:
            raise NotEmpty(
                f"{state.path} holds {', '.join(state.kept())}",
                "set KNOCKON_STATE_DIR to a new directory, or give --replace to remove what is"
                " there once the backup is in its place",
            )
        _require_space(state.path, manifest.bytes)
        fresh = state.path / FRESH
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700)
            archive.extract(file, manifest, fresh, lambda done: copying(done, manifest.bytes))
            postgres.take_over(fresh / "postgres")
            _put_into_place(state.path)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _require_rest(state: StateDirectory) -> None:
    if not state.run.is_dir():
        return
    supervisor = Supervisor(state.run, state.logs)
    if supervisor.answers():
        raise AlreadyUp(f"the stack in {state.path} is up", "stop it with `knockon down`")
    end_orphans(supervisor.socket)


def _require_version(file: Path, manifest: archive.Manifest) -> None:
    current = version("knockon")
    if Version(manifest.version) > Version(current):
        raise OtherVersion(
            f"{file} was made by version {manifest.version}, this is {current}",
            f"use {manifest.version} or newer",
        )
    if manifest.postgres not in (None, postgres.MAJOR):
        raise OtherVersion(
            f"{file} holds data of PostgreSQL {manifest.postgres}, this version runs"
            f" {postgres.MAJOR}",
            f"restore it with version {manifest.version}, and carry the database over by pg_dump",
        )


def _require_space(directory: Path, needed: int) -> None:
    free = shutil.disk_usage(directory).free
    if free < needed + START_BYTES:
        raise NotEnoughSpace(
            f"{free // 10**6} MB are free for {directory},"
            f" {(needed + START_BYTES) // 10**6} are needed to restore and start",
            "free some space, or set KNOCKON_STATE_DIR to a directory on another disk",
        )


def _put_into_place(directory: Path) -> None:
    """Swap by renaming; a kill in between leaves `.replaced`, from which it can be undone."""
    aside, arriving, removed = (directory / name for name in (REPLACED, ARRIVING, REMOVED))
    shutil.rmtree(removed, ignore_errors=True)
    aside.mkdir(mode=0o700)
    try:
        for path in _held_in(directory):
            path.rename(aside / path.name)
        (directory / FRESH).rename(arriving)
        for path in sorted(arriving.iterdir()):
            path.rename(directory / path.name)
    except BaseException:
        _roll_back(directory)
        raise
    arriving.rmdir()
    os.sync()
    aside.rename(removed)
    shutil.rmtree(removed, ignore_errors=True)


def _roll_back(directory: Path) -> None:
    """Undo a swap that was cut off: what was there is there again, and nothing of the backup."""
    aside, arriving = directory / REPLACED, directory / ARRIVING
    if not aside.is_dir():
        return
    if arriving.is_dir():  # everything had been moved aside
        for path in _held_in(directory):
            path.rename(arriving / path.name)
    for path in sorted(aside.iterdir()):
        path.rename(directory / path.name)
    shutil.rmtree(arriving, ignore_errors=True)
    aside.rmdir()


def _held_in(directory: Path) -> list[Path]:
    """What a swap is about."""
    ours = {*IN_PASSING, REPLACED, FRESH, ARRIVING, REMOVED}
    return sorted(path for path in directory.iterdir() if path.name not in ours)
