"""The archive of a state directory: a tar whose last member names every other with its SHA-256.

The manifest comes last, so that an archive that was cut off has none, and is no archive. Owners
are not kept: who owns what follows from the user that restores.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from orchestration.stack.errors import ArchiveRefused

MANIFEST = "knockon-backup.json"
FORMAT = 1
COMPRESSION = 1
"""Of nine: the files are mostly empty pages, on which the quickest level does nearly as well."""

MANIFEST_BYTES = 200_000_000
"""A longer manifest is none of ours; about a million files."""

Progress = Callable[[int], None]
"""Hears how many bytes of the files have been worked off."""


@dataclass(frozen=True)
class Entry:
    """One file, or directory (without size and hash), by its path in the state directory."""

    path: str
    mode: int
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What an archive holds, and the version of Knockon and PostgreSQL that its files are of."""

    version: str
    made_at: str
    postgres: str | None
    entries: tuple[Entry, ...]

    @property
    def bytes(self) -> int:
        return sum(entry.size or 0 for entry in self.entries)

    @property
    def files(self) -> int:
        return sum(entry.size is not None for entry in self.entries)


def write(
    file: IO[bytes],
    root: Path,
    paths: Iterable[Path],
    manifest: Callable[[tuple[Entry, ...]], Manifest],
    *,
    compressed: bool,
    progress: Progress,
) -> Manifest:
    """Write these files and directories of `root` (directories first), then the manifest."""
    level: dict[str, Any] = {"compresslevel": COMPRESSION} if compressed else {}
    entries: list[Entry] = []
    done = 0
    with tarfile.open(fileobj=file, mode="w:gz" if compressed else "w", **level) as tar:
        for path in paths:
            name, status = path.relative_to(root).as_posix(), path.stat()
            member = tarfile.TarInfo(name)
            member.mode, member.mtime = status.st_mode & 0o7777, int(status.st_mtime)
            if path.is_dir():
                member.type = tarfile.DIRTYPE
                tar.addfile(member)
                entries.append(Entry(name, member.mode))
                continue
            with path.open("rb") as content:
                member.size = os.fstat(content.fileno()).st_size
                hashed = _Hashed(content)
                tar.addfile(member, hashed)
            entries.append(Entry(name, member.mode, member.size, hashed.digest.hexdigest()))
            done += member.size
            progress(done)
        written = manifest(tuple(entries))
        text = json.dumps({"format": FORMAT, **asdict(written)}).encode()
        last = tarfile.TarInfo(MANIFEST)
        last.size, last.mode = len(text), 0o600
        tar.addfile(last, io.BytesIO(text))
    return written


def verify(file: Path, progress: Progress) -> Manifest:
    """Read the archive to its end. Raises ArchiveRefused unless all is as it was written."""
    found: dict[str, Entry] = {}
    manifest: Manifest | None = None
    done = 0
    try:
        with tarfile.open(file) as tar:
            for member in tar:
                if manifest is not None or member.name in found:
                    raise _refused(file, f"{member.name!r} is out of place")
                if member.name == MANIFEST:
                    manifest = _manifest(file, tar, member)
                    continue
                found[member.name] = _entry(file, tar, member)
                done += member.size
                progress(done)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise _refused(file, str(error)) from error
    if manifest is None:
        raise _refused(file, "its end is missing")
    if differing := {*manifest.entries} ^ {*found.values()}:
        raise _refused(file, f"{min(entry.path for entry in differing)!r} is not as it was written")
    return manifest


def extract(file: Path, manifest: Manifest, directory: Path, progress: Progress) -> None:
    """Lay the files of a verified archive out in `directory`, and see to it that they stay.

    Raises ArchiveRefused when it is not the archive any more that was verified.
    """
    wanted = {entry.path: entry for entry in manifest.entries}
    done = 0
    with tarfile.open(file) as tar:
        for member in tar:
            if member.name == MANIFEST:
                continue
            path = directory / member.name
            if wanted.get(member.name) != _entry(file, tar, member, path):
                raise _refused(file, f"{member.name!r} has changed")
            if member.isreg():
                os.utime(path, (member.mtime, member.mtime))
            done += member.size
            progress(done)
    # Deepest first, as a directory's mode may close what is in it.
    for entry in reversed(manifest.entries):
        (directory / entry.path).chmod(entry.mode)
    os.sync()


def _entry(
    file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, write_to: Path | None = None
) -> Entry:
    """What a member holds; only plain files and directories inside the archive are taken."""
    # Two slashes in front would be normal to normpath.
    leads_out = (
        member.name.startswith("/") or os.path.normpath(f"/{member.name}")[1:] != member.name
    )
    if leads_out or not (member.isreg() or member.isdir()):
        raise _refused(file, f"{member.name!r} leads out of it, or is neither file nor directory")
    if hasattr(tarfile, "data_filter"):  # not before Python 3.11.4
        tarfile.data_filter(member, "/nowhere")
    if member.isdir():
        if write_to is not None:
            write_to.mkdir(mode=0o700)
        return Entry(member.name, member.mode)
    content = tar.extractfile(member)
    assert content is not None
    hashed = _Hashed(content)
    if write_to is None:
        while hashed.read(1 << 20):
            pass
    else:
        with open(os.open(write_to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
            shutil.copyfileobj(hashed, copy, 1 << 20)
    return Entry(member.name, member.mode, member.size, hashed.digest.hexdigest())


def _manifest(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo) -> Manifest:
    content = tar.extractfile(member) if member.size <= MANIFEST_BYTES else None
    if content is None:
        raise _refused(file, "its manifest is none")
    try:
        told = json.loads(content.read())
        newer = told.pop("format") != FORMAT
        entries = tuple(Entry(**entry) for entry in told.pop("entries"))
        manifest = Manifest(**told, entries=entries)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused(file, f"its manifest cannot be read ({error})") from error
    if newer:
        raise ArchiveRefused(
            f"{file} has a form that this version does not know", f"use version {manifest.version}"
        )
    return manifest


def _refused(file: Path, why: str) -> ArchiveRefused:
    return ArchiveRefused(f"{file} is no whole backup ({why})", "use another copy of it")


class _Hashed:
    """Reads through, and knows the hash of what was read."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._content.read(size)
        self.digest.update(part)
        return part
