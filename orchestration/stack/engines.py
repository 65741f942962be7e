"""The jars of Kafka and the schema registry: what the lock names, fetched once and verified.

A file counts only when its hash is the lock's; it is checked under a temporary name and then
renamed, so that a cut download never looks like an engine. Each file stands for itself: the next
attempt fetches only what is missing.
"""

import hashlib
import shutil
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.stack.errors import DownloadFailed, EnginesMissing, NotEnoughSpace
from orchestration.stack.maven import (
    RETRY,
    Coordinate,
    copy_with_maven,
    copy_without_maven,
    maven,
)

LOCK = Path(__file__).with_name("engines.lock")

FETCH_BYTES = 700_000_000
"""Free space wanted before fetching: the largest archive, its content, and room to work."""


@dataclass(frozen=True)
class Engine:
    """An engine as the lock names it; `unpack` is where its archive is laid out."""

    name: str
    version: str
    artifacts: tuple[tuple[Coordinate, str], ...]
    unpack: str | None

    def directory(self, engines_dir: Path) -> Path:
        return engines_dir / f"{self.name}-{self.version}"

    @property
    def stamp(self) -> str:
        """Changes with any coordinate or hash of the engine."""
        named = "\n".join(f"{coordinate} {digest}" for coordinate, digest in self.artifacts)
        return hashlib.sha256(named.encode()).hexdigest()

    def complete(self, engines_dir: Path) -> bool:
        """Whether everything of this lock was fetched and verified before."""
        stamp = self.directory(engines_dir) / ".complete"
        return stamp.is_file() and stamp.read_text() == self.stamp


@cache
def locked(lock: Path = LOCK) -> dict[str, Engine]:
    """The engines of a lock, engines.lock unless another is named, by name."""
    return {
        name: Engine(
            name,
            section["version"],
            tuple((Coordinate.parse(text), digest) for text, digest in section["artifacts"]),
            section.get("unpack"),
        )
        for name, section in tomllib.loads(lock.read_text()).items()
    }


def require(name: str, engines_dir: Path) -> Path:
    """The directory of a fetched engine."""
    engine = locked()[name]
    if not engine.complete(engines_dir):
        raise EnginesMissing(
            f"{engine.name} {engine.version} is not in {engines_dir}",
            "run `knockon engines fetch` (or `make setup`)",
        )
    return engine.directory(engines_dir)


def fetch(
    engines_dir: Path,
    *,
    names: Sequence[str] = (),
    repository: str | None = None,
    say: Callable[[str], None] = lambda line: None,
    lock: Path = LOCK,
) -> None:
    """Fetch the engines that are not complete; `say` hears one line per step."""
    for name, engine in locked(lock).items():
        if (names and name not in names) or engine.complete(engines_dir):
            continue
        _fetch_one(engine, engine.directory(engines_dir), repository, say)


def _fetch_one(
    engine: Engine, directory: Path, repository: str | None, say: Callable[[str], None]
) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    if free < FETCH_BYTES:
        raise NotEnoughSpace(
            f"{free // 10**6} MB are free for the engines, {FETCH_BYTES // 10**6} MB are needed",
            "free some space, or set KNOCKON_ENGINES_DIR to another disk",
        )
    missing = [
        (coordinate, digest)
        for coordinate, digest in engine.artifacts
        if not _is(directory / coordinate.file_name, digest)
    ]
    executable = None if repository else maven()
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=directory) as scratch:
        if missing and executable:
            say(f"{engine.name} {engine.version}: {len(missing)} files through Maven")
            try:
                copy_with_maven(executable, [one for one, _ in missing], Path(scratch))
            except DownloadFailed as error:
                say(f"{error.problem}; going on without Maven")
            missing = _take(missing, Path(scratch), directory)
        if missing:
            say(f"{engine.name} {engine.version}: {len(missing)} files")
            failure: DownloadFailed | None = None
            try:
                copy_without_maven([one for one, _ in missing], Path(scratch), repository)
            except DownloadFailed as error:
                failure = error
            missing = _take(missing, Path(scratch), directory)
            if missing:
                raise failure or DownloadFailed(
                    f"{missing[0][0]} is not the file that the lock names (other hash)",
                    RETRY,
                )
    if engine.unpack:
        _unpack(directory / engine.artifacts[0][0].file_name, directory, engine.unpack)
    (directory / ".complete").write_text(engine.stamp)
    say(f"{engine.name} {engine.version}: complete")


def _is(path: Path, digest: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def _take(
    wanted: list[tuple[Coordinate, str]], scratch: Path, directory: Path
) -> list[tuple[Coordinate, str]]:
    """Move what arrived whole; what did not is thrown away and returned."""
    missing = []
    for coordinate, digest in wanted:
        arrived = scratch / coordinate.file_name
        if _is(arrived, digest):
            arrived.replace(directory / coordinate.file_name)
        else:
            arrived.unlink(missing_ok=True)
            missing.append((coordinate, digest))
    return missing


def _unpack(archive: Path, directory: Path, name: str) -> None:
    """Lay a verified archive out as `name`, whole or not at all; then it has done its duty."""
    unfinished = directory / f".{name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    with tarfile.open(archive) as content:
        content.extractall(unfinished, filter="data")
    shutil.rmtree(directory / name, ignore_errors=True)
    unfinished.rename(directory / name)
    archive.unlink()
